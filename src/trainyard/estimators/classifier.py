"""trainyard.Classifier: a network that tells classes, as an estimator of scikit-learn."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.class_weight import compute_sample_weight

from trainyard.data.prepared import Prepared
from trainyard.data.target import Target
from trainyard.estimators.base import Estimator
from trainyard.estimators.targets import classification, read_labels


class Classifier(ClassifierMixin, Estimator):  # type: ignore[misc]  # scikit-learn has no types
    """A network that tells classes.

    Parameters are those of the config by their last word (docs/estimators.md); one that is None has the default of the
    network or the optimizer. With `tracking` a fit leaves a run, whose folder is run_. After fit there are classes_,
    n_features_in_, n_iter_, loss_curve_, validation_scores_, best_loss_, stop_reason_, layers_, left_out_,
    matched_weights_, run_ and model_, which predicts from raw rows as `trainyard.load` does.
    """

    model: ClassVar[str] = "classifier"

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
        loss: Any = "cross_entropy",
        label_smoothing: float = 0.0,
        focal_gamma: float = 2.0,
        calibrate: bool = False,
        class_weight: Any = None,
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
        self.label_smoothing = label_smoothing
        self.focal_gamma = focal_gamma
        self.calibrate = calibrate
        self.class_weight = class_weight
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

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability (N, C) float64 of each class for X (N, F), in the order of classes_."""
        outputs = self._outputs(X)
        return self.model_.probability(outputs)

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Go over X and y once more, from where the last call ended. The first call may name all `classes` (C,).

        Columns and their scales are those of the first call; the learning rate stays constant.
        """
        known = None if classes is None else np.unique(classes)
        if known is not None and hasattr(self, "_state") and not np.array_equal(known, self.classes_):
            first = self.classes_.tolist()
            raise ValueError(f"classes={known.tolist()}: the first call knew of {first}; leave it out.")
        return self._partial_fit(X, y, sample_weight, known)

    def _labels(self, outputs: np.ndarray) -> np.ndarray:
        labels: np.ndarray = self.classes_[outputs.argmax(axis=1)]
        return labels

    def _read_target(self, y: Any, known: np.ndarray | None) -> np.ndarray:
        codes, self.classes_ = read_labels(self, y, known)
        return codes

    def _known(self) -> np.ndarray | None:
        return self.classes_

    def _know_target(self, prepared: Prepared) -> None:
        self.classes_ = np.array(prepared.classes)

    def _target(self, y: np.ndarray) -> Target:
        return classification(y, self.classes_)

    def _weights(self, y: np.ndarray, weight: np.ndarray | None) -> np.ndarray | None:
        if not isinstance(self.class_weight, Mapping):
            return weight
        labels = self.classes_.tolist()
        strange = [label for label in self.class_weight if label not in labels]
        if strange and not set(labels) <= set(self.class_weight):
            raise ValueError(f"class_weight: has {strange[0]!r}, which is none of the classes of y: {labels}.")
        given = {place: self.class_weight.get(label, 1.0) for place, label in enumerate(labels)}
        factors: np.ndarray = compute_sample_weight(given, y)
        return factors if weight is None else weight * factors
