"""Ways to divide rows among train, val and test, by their places alone."""

from dataclasses import dataclass

import numpy as np

from trainyard.errors import DataError

TRAIN, VAL, TEST = range(3)


@dataclass(frozen=True)
class Shares:
    """The parts of all rows that go to val and to test; a test of 0 asks for none."""

    val: float
    test: float

    def counts(self, rows: int) -> tuple[int, int]:
        """Rows of val and of test, one at least where there is a share. Raises DataError when train would have none."""
        val, test = (max(1, round(share * rows)) if share else 0 for share in (self.val, self.test))
        if rows - val - test < 1:
            held = f"{val} to val and {test} to test" if self.test else f"{val} to val"
            raise DataError(f"Of {rows} rows the split would give {held}, and none to train. Add rows, or lower "
                            "dataset.val_fraction and dataset.test_fraction.")  # fmt: skip
        return val, test


def randomly(rows: int, shares: Shares, rng: np.random.Generator) -> np.ndarray:
    """(rows,) int8, the part of each row."""
    val, test = shares.counts(rows)
    order = rng.permutation(rows)
    parts = np.full(rows, TRAIN, np.int8)
    parts[order[:test]] = TEST
    parts[order[test : test + val]] = VAL
    return parts


def stratified(y: np.ndarray, shares: Shares, rng: np.random.Generator) -> np.ndarray:
    """(N,) int8, the part of each row; classes y (N,) keep their shares, and each class has a row in train."""
    rows = len(y)
    val, test = shares.counts(rows)
    sizes = np.bincount(y)
    val, test = within(int(np.maximum(sizes - 1, 0).sum()), val, test)
    lots = rng.permutation(len(sizes))  # who comes first among classes with an equal claim
    to_test = apportion(sizes * (test / rows), test, np.maximum(sizes - 1, 0), lots)
    to_val = apportion(sizes * (val / rows), val, np.maximum(sizes - 1 - to_test, 0), lots)
    order = rng.permutation(rows)
    order = order[np.argsort(y[order], kind="stable")]  # by class, shuffled within
    place = np.arange(rows) - np.repeat(np.cumsum(sizes) - sizes, sizes)  # within the class
    parts = np.full(rows, TRAIN, np.int8)
    ordered = y[order]
    parts[order[place < to_test[ordered]]] = TEST
    parts[order[(place >= to_test[ordered]) & (place < (to_test + to_val)[ordered])]] = VAL
    return parts


def within(spare: int, val: int, test: int) -> tuple[int, int]:
    """Rows of val and of test when `spare` rows are left beside one of each class for train; test yields first."""
    parts = 2 if test else 1
    if spare < parts:
        raise DataError("The classes have so few rows that none is left for val or test beside one of each class to "
                        "train on. Add rows.")  # fmt: skip
    test = min(test, max(1, spare - val)) if test else 0
    return min(val, spare - test), test


def apportion(claims: np.ndarray, total: int, most: np.ndarray, lots: np.ndarray) -> np.ndarray:
    """Whole numbers near claims that add up to the total, or to all that `most` allows; largest remainders first."""
    given: np.ndarray = np.minimum(np.floor(claims).astype(np.int64), most)
    while (left := total - int(given.sum())) > 0 and np.any(given < most):
        may_grow = given < most
        remainder = np.where(may_grow, claims - given, -np.inf)
        first = np.lexsort((lots, -remainder))[: min(left, int(np.count_nonzero(may_grow)))]
        given[first] += 1
    return given


def by_group(groups: np.ndarray, shares: Shares, rng: np.random.Generator) -> np.ndarray:
    """(N,) int8, the part of each row; rows of one group (N,) stay together.

    Groups go, the largest first and equal ones in random order, to the part that lacks most of its share.
    """
    groups = np.unique(groups, return_inverse=True)[1]
    sizes = np.bincount(groups)
    parts = [part for part, share in ((TRAIN, 1.0), (TEST, shares.test), (VAL, shares.val)) if share]
    if len(sizes) < len(parts):
        raise DataError(f"The rows have {len(sizes)} groups, but {len(parts)} parts need one each. Choose another "
                        "dataset.group, or none.")  # fmt: skip
    val, test = shares.counts(len(groups))
    wanted = {TRAIN: len(groups) - val - test, VAL: val, TEST: test}
    lacking = dict.fromkeys(parts, 1.0)
    order = rng.permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    of_group = np.empty(len(sizes), np.int8)
    for group, size in zip(order.tolist(), sizes[order].tolist(), strict=True):
        part = max(lacking, key=lacking.__getitem__)
        of_group[group] = part
        lacking[part] -= size / wanted[part]
    parts_of_rows: np.ndarray = of_group[groups]
    return parts_of_rows


def by_time(times: np.ndarray, shares: Shares) -> np.ndarray:
    """(N,) int8, the part of each row; test is later than val, and val than train. Rows of one time stay together."""
    rows = len(times)
    val, test = shares.counts(rows)
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    edges = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    if len(edges) < (2 if test else 1):
        raise DataError(f"The rows have {len(edges) + 1} different times, but each part needs one. Choose another "
                        "dataset.time, or none.")  # fmt: skip
    end = rows
    parts = np.full(rows, TRAIN, np.int8)
    if test:
        later = edges[1:]
        end = int(later[np.argmin(np.abs(later - (rows - test)))])
        parts[order[end:]] = TEST
        edges = edges[edges < end]
    start = int(edges[np.argmin(np.abs(edges - (rows - test - val)))])
    parts[order[start:end]] = VAL
    return parts
