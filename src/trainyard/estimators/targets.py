"""y as scikit-learn's users have it, as the target that Trainyard prepares."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_y, column_or_1d

from trainyard.config.nearest import listed
from trainyard.data.target import Target


def read_labels(estimator: BaseEstimator, y: Any, classes: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the place (N,) int64 of each label in the classes (C,), and these: those given, else all that y holds.

    Raises ValueError for what are no labels, and for labels that are none of the `classes` given.
    """
    labels = _checked(estimator, y)
    try:
        check_classification_targets(labels)
        found, codes = np.unique(labels, return_inverse=True)
    except TypeError:
        kinds = listed(sorted({type(label).__name__ for label in labels.tolist()}))
        raise ValueError(f"y holds labels of several kinds ({kinds}), which have no order. Leave out the rows without "
                         "a label, and make the others of one kind.") from None  # fmt: skip
    if classes is None:
        return codes.astype(np.int64), found
    strange = np.setdiff1d(found, classes).tolist()
    if strange:
        known = classes.tolist()
        raise ValueError(f"y holds {strange[0]!r}, which is none of the classes that are known: {known}.")
    return np.searchsorted(classes, labels).astype(np.int64), classes


def read_numbers(estimator: BaseEstimator, y: Any) -> tuple[np.ndarray, bool]:
    """Return the targets (N, T) float64 and whether y has more than one dimension. Raises ValueError."""
    numbers = _checked(estimator, y, multi_output=True, y_numeric=True)
    if numbers.ndim == 2 and numbers.shape[1] == 1:
        numbers = column_or_1d(numbers, warn=True)
    numbers = np.asarray(numbers, dtype=np.float64)
    return numbers.reshape(len(numbers), -1), numbers.ndim > 1


def classification(codes: np.ndarray, classes: np.ndarray) -> Target:
    """Return the target of classes."""
    labels = tuple(label.item() if isinstance(label, np.generic) else label for label in classes)
    return Target("classification", "a classifier was asked for", codes, labels)


def regression(numbers: np.ndarray) -> Target:
    """Return the target of numbers (N, T)."""
    return Target("regression", "a regressor was asked for", numbers, None)


def target_names(y: Any, count: int, columns: Sequence[str]) -> tuple[str, ...]:
    """Return a name for each target, the ones that y has, else y or y_0, y_1, ...; none of them that of a column."""
    names = [str(name) for name in getattr(y, "columns", [])]
    if count == 1 and getattr(y, "name", None) is not None:
        names = [str(y.name)]
    if len(set(names)) != count:
        names = ["y"] if count == 1 else [f"y_{place}" for place in range(count)]
    while set(names) & set(columns):
        names = [f"{name}_" for name in names]
    return tuple(names)


def _checked(estimator: BaseEstimator, y: Any, **how: bool) -> np.ndarray:
    if y is None:
        raise ValueError(f"{type(estimator).__name__} requires y to be passed, but the target y is None.")
    checked: np.ndarray = _check_y(y, estimator=estimator, **how)
    return checked
