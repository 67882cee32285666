"""What classifier and regressor share: from X and y to a fitted network, as scikit-learn's estimators do it."""

import warnings
from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import Tags
from sklearn.utils.validation import _check_sample_weight, check_consistent_length, check_is_fitted

from trainyard.config.root import project_root
from trainyard.config.schema.run import Config
from trainyard.config.trusted import given
from trainyard.data.in_memory import prepare_alike, prepare_given, prepare_in_memory, without_rows
from trainyard.data.prepared import Prepared
from trainyard.data.target import Target
from trainyard.estimators.configured import Configured
from trainyard.estimators.faults import as_value_errors
from trainyard.estimators.fitting import Training, train
from trainyard.estimators.given_rows import Given, hold_out, rows_md5
from trainyard.estimators.going_on import check_same, further
from trainyard.estimators.own_code import OwnCode
from trainyard.estimators.predicting import predictor, weights_of, write_package
from trainyard.estimators.rows import Form, column_kinds, read_rows
from trainyard.estimators.settings import ParameterError, choices_of, is_tracked
from trainyard.estimators.targets import target_names
from trainyard.estimators.tracked import asked_by, begun_from
from trainyard.estimators.watching import on_epoch, release, watched
from trainyard.inference.model import Model
from trainyard.training.run import target_transform_of, task_of
from trainyard.training.state import State

NONE = np.empty(0, np.int64)  # rows


class Estimator(Configured, ABC):
    """An estimator of scikit-learn over the config of a run."""

    _state: State  # to go on from, once it is fitted
    _last: Config  # that it was fitted by
    _prepared: Prepared  # what columns and targets became, without the rows

    def fit(
        self, X: Any = None, y: Any = None, sample_weight: Any = None, *, X_val: Any = None, y_val: Any = None
    ) -> Self:
        """Train on X (N, F) and y (N,), rows weighed by `sample_weight` (N,), and return the estimator.

        X is an array of numbers, of images (N, ...), or a DataFrame. With early_stopping a part is held out for
        validation, or X_val and y_val are. Without X it trains on the rows of the config it was made from. Raises
        ValueError.
        """
        if X is None and "source" in (self.dataset or {}):
            return self._train(OwnCode(), self._seed(), None, None)
        if X is None:
            raise ValueError("fit needs X and y. Without them it trains on the dataset of a config: see from_config.")
        going_on = self.warm_start and hasattr(self, "_state")
        rows = self._read(X, y, sample_weight, X_val, y_val, going_on)
        return self._fit_rows(rows, going_on)

    def predict(self, X: Any) -> np.ndarray:
        """Return what is predicted for X (N, F): labels (N,), or numbers (N,) or (N, T) in original units."""
        return self._labels(self._outputs(X))

    @abstractmethod
    def _labels(self, outputs: np.ndarray) -> np.ndarray:
        """Return what raw outputs (N, outputs) predict."""

    @abstractmethod
    def _read_target(self, y: Any, known: Any) -> np.ndarray:
        """Return y as the numbers that are trained on, and take note of what it is; `known` as `_known` gave it."""

    @abstractmethod
    def _known(self) -> Any:
        """Return what is known of the target from the rows before."""

    @abstractmethod
    def _know_target(self, prepared: Prepared) -> None:
        """Take note of the target of a dataset that the config named."""

    @abstractmethod
    def _target(self, y: np.ndarray) -> Target:
        """Return the target that these numbers are."""

    def _weights(self, y: np.ndarray, weight: np.ndarray | None) -> np.ndarray | None:
        """Return the weight (N,) of each row in the loss."""
        del y
        return weight

    def raw_rows(self, X: Any) -> Any:
        """Return X as model_ and a loaded package take it: with its columns named, or images."""
        check_is_fitted(self)
        return read_rows(self, X, self._form).raw()

    def save(self, folder: Path | str) -> None:
        """Write weights and card to a folder that `trainyard.load` reads; nothing of it is pickled."""
        check_is_fitted(self)
        with given(self._code.objects):
            write_package(self.model_, self._prepared, self._last.trusted, Path(folder))

    def _read(
        self, X: Any, y: Any, sample_weight: Any, X_val: Any, y_val: Any, going_on: bool, known: Any = None
    ) -> Given:
        rows = read_rows(self, X, self._form if going_on else None)
        self._form: Form = rows.form
        numbers = self._read_target(y, self._known() if going_on else known)
        check_consistent_length(X, numbers)
        weight = None if sample_weight is None else _check_sample_weight(sample_weight, X, ensure_non_negative=True)
        names = target_names(y, 1 if numbers.ndim == 1 else numbers.shape[1], rows.form.names)
        given_rows = Given(rows, numbers, self._weights(numbers, weight), names)
        if X_val is None:
            return given_rows
        more, truth = read_rows(self, X_val, rows.form), self._read_target(y_val, self._known())
        check_consistent_length(X_val, truth)
        alike = self._weights(truth, None)
        return given_rows.with_validation(more, truth, np.ones(len(truth)) if alike is None else alike)

    def _fit_rows(self, rows: Given, going_on: bool, *, partial: bool = False) -> Self:
        code, seed = OwnCode(), self._seed()
        config = self._config(code, seed, rows, partial=partial)
        if going_on:
            with as_value_errors():
                check_same(config, self._last)
            config = further(config, self._state)
        else:
            self._forget()
        held_out = rows.held_out
        if self.early_stopping and held_out is None and not partial:
            held_out = hold_out(rows, self.validation_fraction, seed, stratified=self.model == "classifier")
        with as_value_errors():
            prepared = self._prepare(rows, config, NONE if held_out is None else held_out, going_on)
        return self._train(code, seed, prepared, config, going_on)

    def _prepare(self, rows: Given, config: Config, held_out: np.ndarray, going_on: bool) -> Prepared:
        target = self._target(rows.y)
        digest = rows_md5(rows, target) if is_tracked(self.tracking) else ""
        if going_on:
            return prepare_alike(
                self._prepared, rows.x.raw(), target, weight=rows.weight, held_out=held_out, digest=digest
            )
        source = replace(rows.x.source(), digest=digest)
        return prepare_given(
            source, column_kinds(rows.x, config.dataset), target, weight=rows.weight, held_out=held_out,
            double=config.accelerator.precision == "64", target_transform=target_transform_of(config),
        )  # fmt: skip

    def _train(
        self, code: OwnCode, seed: int, prepared: Prepared | None, config: Config | None, going_on: bool = False
    ) -> Self:
        config = watched(config or self._config(code, seed), self.callbacks, code)
        with as_value_errors(), given(code.objects):
            if prepared is None:
                prepared = prepare_in_memory(
                    config.dataset, task=task_of(config), double=config.accelerator.precision == "64",
                    target_transform=target_transform_of(config), trusted=config.trusted,
                )  # fmt: skip
                self._know_dataset(prepared)
            before, asked = self._state if going_on else None, None
            if is_tracked(self.tracking):
                name, choices = type(self).__name__, choices_of(self.get_params(deep=False), self._defaults())
                asked = asked_by(name, choices, project_root(), config.experiment_name)
                run = (self.run_ or "a fit that left no run") if going_on else None
                config = begun_from(config, run, self.initial_weights)
            try:
                training = train(
                    config, prepared, self._on_epoch, going_on=before, weights=weights_of(self.initial_weights),
                    tracked_as=asked,
                )  # fmt: skip
            finally:
                release(self.callbacks)
            self.model_: Model = predictor(training)
        self._code, self._last, self._state = code, config, training.state
        self._prepared = without_rows(training.plan.prepared)
        self._note(training)
        return self

    def _know_dataset(self, prepared: Prepared) -> None:
        """Take note of the columns and the target of a dataset that the config named."""
        self._forget()
        self._form = Form("images" if prepared.image_shape else "table", ())
        if prepared.image_shape is None:
            names = [str(column["name"]) for column in prepared.preprocessing["columns"]]
            self._form = Form("table", tuple(names))
            self.feature_names_in_ = np.array(names, dtype=object)
            self.n_features_in_ = len(names)
        self._know_target(prepared)

    def _forget(self) -> None:
        self.loss_curve_: list[float] = []
        self.validation_scores_: list[float] = []

    def _note(self, training: Training) -> None:
        member, reason = training.fitted.member, training.fitted.reason
        self.n_iter_ = len(self.loss_curve_)
        self.t_ = member.step
        self.best_loss_ = min(self.loss_curve_, default=np.nan)
        self.matched_weights_, self.layers_ = training.matched, training.plan.layers
        self.stop_reason_, self.run_ = reason, training.run
        self.left_out_ = {left.column: left.reason for left in training.plan.prepared.summary.left_out}
        if reason == "diverged":
            warnings.warn("The loss is no finite number any more; take a smaller lr.", ConvergenceWarning, stacklevel=4)

    def _on_epoch(self, metrics: dict[str, float]) -> bool:
        self.loss_curve_.append(metrics["train/loss"])
        if self.monitor in metrics:
            self.validation_scores_.append(metrics[self.monitor])
        if self.verbose:
            shown = "  ".join(f"{name} {value:.4g}" for name, value in metrics.items())
            print(f"epoch {len(self.loss_curve_)}  {shown}")
        stops = [callback(self, metrics) for callback in on_epoch(self.callbacks)]
        return any(stops)

    def _outputs(self, X: Any) -> np.ndarray:
        """Return the raw outputs (N, outputs) float64 for X."""
        rows = self.raw_rows(X)
        with as_value_errors():
            return self.model_.outputs(rows)

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any, known: Any = None) -> Self:
        if is_tracked(self.tracking):
            raise ParameterError(f"tracking={self.tracking!r}: partial_fit goes over rows once and leaves no run. "
                                 "Leave it out, or take fit, which goes on with warm_start=True.")  # fmt: skip
        going_on = hasattr(self, "_state")
        rows = self._read(X, y, sample_weight, None, None, going_on, known)
        return self._fit_rows(rows, going_on, partial=True)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        return tags
