"""Rows that stand in train and again in val or test, and columns that give the target away."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainyard.data.columns import Feature
from trainyard.data.dates import read_moments
from trainyard.data.split import Split
from trainyard.data.target import Target
from trainyard.data.values import read_flags, read_numbers, read_texts

FEW = 50  # different values; a column with more is compared with the target as an amount only
SAMPLE = 1000  # rows that are looked at first
EQUAL = 1 - 1e-6  # squared correlation of columns that are the same up to offset, scale and rounding


def count_duplicates(table: pa.Table, features: Sequence[Feature], split: Split) -> dict[str, int]:
    """Rows of val and of test whose features a row of train has, by 64-bit hashes."""
    hashes = np.zeros(table.num_rows, np.uint64)
    for feature in features:
        hashes = mix(hashes + np.uint64(0x9E3779B97F4A7C15) + bits(feature, table[feature.name]))
    train = np.sort(hashes[split.train])
    return {name: count_within(hashes[rows], train) for name, rows in (("val", split.val), ("test", split.test))}


def count_within(values: np.ndarray, ordered: np.ndarray) -> int:
    """How many values (n,) are among others (m,) in order; much faster than numpy's isin on millions."""
    values = np.sort(values)
    places = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return int(np.count_nonzero(ordered[places] == values))


def bits(feature: Feature, column: pa.ChunkedArray) -> np.ndarray:
    """(N,) uint64, equal for equal values of a column."""
    if feature.kind == "datetime":
        return read_moments(column, feature.written).view(np.uint64)
    if feature.kind == "category":
        return codes_of(column).astype(np.uint64)
    values = read_numbers(column) if feature.kind == "numeric" else read_flags(column)
    return np.where(np.isnan(values), np.nan, values + 0.0).view(np.uint64)


def codes_of(column: pa.ChunkedArray) -> np.ndarray:
    """(N,) int64, a number for each different text, -1 where missing."""
    texts = read_texts(column)
    places = pc.fill_null(pc.index_in(texts, pc.unique(texts.drop_null())), -1)
    return np.asarray(places.to_numpy(), dtype=np.int64)


def codes_of_numbers(column: pa.ChunkedArray) -> np.ndarray:
    """(N,) int32, a number for each different number; missing is one of them."""
    values = pa.array(read_numbers(column) + 0.0)  # no zero below zero
    return np.asarray(values.dictionary_encode().indices.to_numpy())


def mix(values: np.ndarray) -> np.ndarray:
    """(N,) uint64 with every bit spread over all (splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: np.ndarray = values ^ (values >> np.uint64(31))
    return mixed


def find_leaks(table: pa.Table, features: Sequence[Feature], target: Target, train: np.ndarray) -> list[str]:
    """A note for each column whose training values tell the target exactly."""
    rows = pa.array(train)
    y = target.y[train]
    notes = []
    for feature in features:
        column = table[feature.name].take(rows)
        if target.classes is not None and decides(feature, column, y):
            notes.append(f"{feature.name} tells the class in every training row. If it is not known before the target, "
                         f"leave it out: dataset.ignore=[{feature.name}].")  # fmt: skip
        elif target.classes is None and feature.kind == "numeric" and equals(read_numbers(column), y):
            notes.append(f"{feature.name} is the target up to offset, scale and rounding. If it is not known before "
                         f"the target, leave it out: dataset.ignore=[{feature.name}].")  # fmt: skip
    return notes


def decides(feature: Feature, column: pa.ChunkedArray, y: np.ndarray) -> bool:
    """Whether each value of a column with few different ones stands with one class only."""
    if feature.kind == "datetime" or len(pc.unique(column[:SAMPLE])) > FEW:
        return False
    codes = codes_of_numbers(column) if feature.kind == "numeric" else codes_of(column) + 1
    different = count_different(codes)
    if different > FEW or different * 5 > len(y) or different < count_different(y):
        return False
    return count_different(codes * (int(y.max()) + 1) + y) == different


def count_different(numbers: np.ndarray) -> int:
    """How many of the whole numbers (n,) from 0 on there are; faster than numpy's unique where none is large."""
    return int(np.count_nonzero(np.bincount(numbers)))


def equals(values: np.ndarray, y: np.ndarray) -> bool:
    """Whether values (n,) are one of the targets y (n, T) up to offset and scale; missing ones apart."""
    present = ~np.isnan(values)
    known = values[present]
    if len(known) < 5 or known.min() == known.max():
        return False
    return any(squared_correlation(known, y[present, place]) > EQUAL for place in range(y.shape[1]))


def squared_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """0 where one of them has no deviation."""
    one, other = (values / (np.abs(values).max() or 1.0) for values in (one, other))
    one, other = one - one.mean(), other - other.mean()
    spread = float(one @ one) * float(other @ other)
    return float(one @ other) ** 2 / spread if spread else 0.0
