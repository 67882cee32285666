"""Ways to deal rows out to the folds of a cross-validation, by their places alone: each row is in one fold."""

import numpy as np

from trainyard.errors import DataError


def fold_randomly(rows: int, folds: int, rng: np.random.Generator) -> np.ndarray:
    """(rows,) int64, the fold of each row; sizes differ by one row at most. Raises DataError for too few rows."""
    check_rows(rows, folds)
    return dealt(rng.permutation(rows), folds)


def fold_stratified(y: np.ndarray, folds: int, rng: np.random.Generator) -> np.ndarray:
    """(N,) int64, the fold of each row; of each class y (N,), and of all rows, folds get equally many but for one row.

    Raises DataError for a class of a single row: the fold that tests it would have none to train on.
    """
    check_rows(len(y), folds)
    rare = int(np.count_nonzero(np.bincount(y) == 1))
    if rare:
        have = "1 class has" if rare == 1 else f"{rare} classes have"
        raise DataError(f"{have} a single row, which is either tested or trained on. Leave such rows out, or take "
                        "fewer classes.")  # fmt: skip
    order = rng.permutation(len(y))
    return dealt(order[np.argsort(y[order], kind="stable")], folds)


def fold_by_group(groups: np.ndarray, folds: int, rng: np.random.Generator) -> np.ndarray:
    """(N,) int64, the fold of each row; rows of one group (N,) stay together.

    Groups go, the largest first and equal ones in random order, to the fold with the fewest rows. Raises DataError for
    fewer groups than folds, or when one fold would leave a single group to train and to validate on.
    """
    groups = np.unique(groups, return_inverse=True)[1]
    sizes = np.bincount(groups)
    if len(sizes) < max(folds, 3):
        raise DataError(f"The rows have {len(sizes)} groups, too few for {folds} folds that leave two groups to train "
                        "and validate on. Lower dataset.folds, or choose another dataset.group.")  # fmt: skip
    order = rng.permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    filled = np.zeros(folds, np.int64)
    of_group = np.empty(len(sizes), np.int64)
    for group, size in zip(order.tolist(), sizes[order].tolist(), strict=True):
        fold = int(np.argmin(filled))
        of_group[group] = fold
        filled[fold] += size
    fold_of_rows: np.ndarray = of_group[groups]
    return fold_of_rows


def check_rows(rows: int, folds: int) -> None:
    """Raise for rows that would give folds of a single row."""
    if rows < 2 * folds:
        raise DataError(f"{rows} rows are too few for {folds} folds, which need two rows each. Lower dataset.folds.")


def dealt(order: np.ndarray, folds: int) -> np.ndarray:
    """(N,) int64, the fold of each row when rows are dealt out one by one in `order` (N,)."""
    fold = np.empty(len(order), np.int64)
    fold[order] = np.arange(len(order)) % folds
    return fold
