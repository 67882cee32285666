"""trainyard.Regressor: a network that predicts numbers, as an estimator of scikit-learn."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import Tags

from trainyard.data.prepared import Prepared
from trainyard.data.target import Target
from trainyard.estimators.base import Estimator
from trainyard.estimators.targets import read_numbers, regression


class Regressor(RegressorMixin, Estimator):  # type: ignore[misc]  # scikit-learn has no types
    """A network that predicts one number or several; targets are standardised inside.

    Parameters are those of the config by their last word (docs/estimators.md); one that is None has the default of the
    network or the optimizer. With `tracking` a fit leaves a run, whose folder is run_. After fit there are
    n_features_in_, n_iter_, loss_curve_, validation_scores_, best_loss_, stop_reason_, layers_, left_out_,
    matched_weights_, run_ and model_, which predicts from raw rows as `trainyard.load` does.
    """

    model: ClassVar[str] = "regressor"

    def __init__(
        self,
        network: Any = "mlp",
        *,
        hidden: Any = None,
        activation: str | None = None,
        dropout: float | None = None,
        normalization: str | None = None,
        widths: Any = None,
        layers: Mapping[str, Any] | None = None,
        loss: Any = "mse",
        huber_delta: float = 1.0,
        quantiles: Sequence[float] = (0.05, 0.5, 0.95),
        target_transform: str = "none",
        optimizer: Any = "adam",
        lr: float | None = None,
        weight_decay: float | None = None,
        momentum: float | None = None,
        schedule: Any = "constant",
        warmup_steps: int = 0,
        batch_size: int | None = 64,
        max_epochs: int | None = 20,
        max_steps: int | None = None,
        max_time: str | None = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        monitor: str = "val/loss",
        patience: int | None = 10,
        min_delta: float = 0.0,
        restore_best: bool = True,
        accumulate: int = 1,
        clip_norm: float | None = None,
        average_decay: float | None = None,
        augment: Mapping[str, Any] | None = None,
        extra_metrics: Mapping[str, Any] | None = None,
        compile: bool = False,
        precision: str = "32",
        threads: int | str = "auto",
        device: str = "auto",
        random_state: Any = None,
        warm_start: bool = False,
        initial_weights: Any = None,
        callbacks: Sequence[Any] | None = None,
        verbose: bool = False,
        tracking: Any = None,
        dataset: Mapping[str, Any] | None = None,
        training: Mapping[str, Any] | None = None,
        run: Mapping[str, Any] | None = None,
    ):
        self.network = network
        self.hidden = hidden
        self.activation = activation
        self.dropout = dropout
        self.normalization = normalization
        self.widths = widths
        self.layers = layers
        self.loss = loss
        self.huber_delta = huber_delta
        self.quantiles = quantiles
        self.target_transform = target_transform
        self.optimizer = optimizer
        self.lr = lr
        self.weight_decay = weight_decay
        self.momentum = momentum
        self.schedule = schedule
        self.warmup_steps = warmup_steps
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.max_steps = max_steps
        self.max_time = max_time
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.monitor = monitor
        self.patience = patience
        self.min_delta = min_delta
        self.restore_best = restore_best
        self.accumulate = accumulate
        self.clip_norm = clip_norm
        self.average_decay = average_decay
        self.augment = augment
        self.extra_metrics = extra_metrics
        self.compile = compile
        self.precision = precision
        self.threads = threads
        self.device = device
        self.random_state = random_state
        self.warm_start = warm_start
        self.initial_weights = initial_weights
        self.callbacks = callbacks
        self.verbose = verbose
        self.tracking = tracking
        self.dataset = dataset
        self.training = training
        self.run = run

    def predict_quantiles(self, X: Any) -> np.ndarray:
        """Return the quantiles (N, Q), or (N, T, Q) of several targets, of one that was trained by loss="quantile"."""
        outputs = self._outputs(X)
        return self.model_.quantiles_of(outputs)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Go over X and y once more, from where the last call ended.

        Columns, targets and their scales are those of the first call; the learning rate stays constant.
        """
        return self._partial_fit(X, y, sample_weight)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _labels(self, outputs: np.ndarray) -> np.ndarray:
        numbers = self.model_.original_units(outputs)
        return numbers if self._several else numbers[:, 0]

    def _read_target(self, y: Any, known: Any) -> np.ndarray:
        numbers, self._several = read_numbers(self, y)
        if known is not None and numbers.shape[1] != known:
            raise ValueError(f"y has {numbers.shape[1]} targets, but {known} are known.")
        self._targets = int(numbers.shape[1])
        return numbers

    def _known(self) -> int:
        return self._targets

    def _know_target(self, prepared: Prepared) -> None:
        self._targets = len(prepared.targets)
        self._several = self._targets > 1

    def _target(self, y: np.ndarray) -> Target:
        return regression(y)
