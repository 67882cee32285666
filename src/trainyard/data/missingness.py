"""Whether it tells something about the target that a value is missing; judged on training rows."""

import numpy as np

from trainyard.data.target import Target

FEWEST = 5  # rows with and without the value, below which nothing can be said
ONE_SIDED, TWO_SIDED = 1.645, 1.960  # what a standard normal value, and the size of one, exceeds by a chance of 5 %


def missing_tells(absent: np.ndarray, target: Target, train: np.ndarray) -> bool:
    """Whether rows where a value is `absent` (n,) differ in their target from the others, beyond chance.

    For classes a chi-squared test, for numbers the difference of the means against its standard error for any of the
    targets, both at 5 %: a column that says nothing costs little. `train` (n,) are the rows that `absent` speaks of.
    """
    count = int(np.count_nonzero(absent))
    if min(count, len(absent) - count) < FEWEST:
        return False
    y = target.y[train]
    if target.classes is not None:
        return classes_differ(absent, y, len(target.classes))
    return any(means_differ(y[absent, place], y[~absent, place]) for place in range(y.shape[1]))


def classes_differ(absent: np.ndarray, y: np.ndarray, classes: int) -> bool:
    """Chi-squared test of the table of absent against class; its limit by Wilson and Hilferty (1931)."""
    observed = np.stack([np.bincount(y[absent], minlength=classes), np.bincount(y[~absent], minlength=classes)])
    observed = observed[:, observed.sum(axis=0) > 0]
    expected = observed.sum(axis=0) * (observed.sum(axis=1, keepdims=True) / len(y))
    freedom = observed.shape[1] - 1
    if freedom < 1:
        return False
    spread = 2 / (9 * freedom)
    limit = freedom * (1 - spread + ONE_SIDED * spread**0.5) ** 3
    return bool(np.sum((observed - expected) ** 2 / expected) > limit)


def means_differ(some: np.ndarray, others: np.ndarray) -> bool:
    """Welch's statistic of two samples beyond its limit, for large samples."""
    scale = max(np.abs(some).max(), np.abs(others).max())
    if scale == 0:
        return False
    some, others = some / scale, others / scale
    error = np.sqrt(some.var(ddof=1) / len(some) + others.var(ddof=1) / len(others))
    return bool(abs(some.mean() - others.mean()) > TWO_SIDED * error)
