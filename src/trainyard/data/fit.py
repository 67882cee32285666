"""Fit the encoder of each column on the training rows."""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from trainyard.data.columns import Feature
from trainyard.data.dates import expand, read_moments
from trainyard.data.encoders import BooleanEncoder, CategoryEncoder, ColumnEncoder, DatetimeEncoder, NumericEncoder
from trainyard.data.kinds import Counts
from trainyard.data.missingness import missing_tells
from trainyard.data.target import Target
from trainyard.data.transforms import FITS, Identity, quantiles
from trainyard.data.values import decoded, is_number, read_flags, read_numbers, read_texts

RISING = ("year", "elapsed")  # parts of a date that leave the range of training when time goes on


@dataclass(frozen=True)
class Fit:
    """What the encoders are fitted on: rows `train` (n,) of the target, their weights (n,) or None, and a limit."""

    target: Target
    train: np.ndarray
    weight: np.ndarray | None
    one_hot_limit: int

    def column(self, feature: Feature, column: pa.ChunkedArray) -> ColumnEncoder | str:
        """The encoder of a column, given its training values; or why it is of no use."""
        match feature.kind:
            case "numeric":
                return self.numeric(feature, read_numbers(column))
            case "boolean":
                absent = np.isnan(read_flags(column))
                return BooleanEncoder(feature.name, raw_type(column), self.tells(absent))
            case "datetime":
                return self.datetime(feature, read_moments(column, feature.written), raw_type(column))
        return self.category(feature, read_texts(column), raw_type(column))

    def tells(self, absent: np.ndarray) -> bool:
        return missing_tells(absent, self.target, self.train)

    def weight_of(self, present: np.ndarray) -> np.ndarray | None:
        """The weights of some of the rows; None where they are all 0."""
        weight = None if self.weight is None else self.weight[present]
        return weight if weight is not None and weight.any() else None

    def numeric(self, feature: Feature, values: np.ndarray) -> ColumnEncoder:
        absent = np.isnan(values)
        known, weight = values[~absent], self.weight_of(~absent)
        fill = float(quantiles(known, np.array([0.5]), weight)[0])
        transform = FITS[feature.transform](known, weight)
        return NumericEncoder(feature.name, "double", fill, transform, self.tells(absent))

    def category(self, feature: Feature, texts: pa.ChunkedArray, type_: str) -> ColumnEncoder | str:
        """Embedded categories that stand there once share the bucket of the unseen, so that it is trained as well."""
        counts = Counts.of(texts)
        embedded = feature.encoding == "embedding"
        if feature.encoding == "auto":
            embedded = len(counts.texts) > self.one_hot_limit
        least = 2 if embedded else 1
        categories = sorted(counts.texts.filter(pa.array(counts.rows >= least)).to_pylist(), key=natural)
        if not categories:
            return "has no value twice in the training part"
        if type_ == "long" and texts.null_count:
            type_ = "double"
        return CategoryEncoder(feature.name, type_, tuple(categories), texts.null_count >= least, embedded)

    def datetime(self, feature: Feature, moments: np.ndarray, type_: str) -> ColumnEncoder | str:
        absent = np.isnat(moments)
        known, weight = moments[~absent], self.weight_of(~absent)
        expanded = {part: values for part, values in expand(known).items() if np.ptp(values) > 0}
        parts = {part: FITS[feature.transform](values, weight) if part in RISING else Identity()
                 for part, values in expanded.items() if feature.rising or part not in RISING}  # fmt: skip
        if not parts:
            return "has no parts that differ in the training part, besides the elapsed time"
        middle = known.astype(np.int64)[np.argsort(known)[(len(known) - 1) // 2]]
        return DatetimeEncoder(feature.name, type_, feature.written, int(middle), parts, self.tells(absent))


def natural(text: str) -> tuple[tuple[int, float, str], ...]:
    """Sorts texts with their numbers by value: a2 before a10."""
    return tuple((0, float(piece), "") if piece.isdecimal() else (1, 0.0, piece)
                 for piece in re.split(r"(\d+)", text) if piece)  # fmt: skip


def raw_type(column: pa.ChunkedArray) -> str:
    """What raw values are, in MLflow's words."""
    kind = decoded(column).type
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "long"
    if is_number(kind):
        return "double"
    return "datetime" if pa.types.is_temporal(kind) and not pa.types.is_duration(kind) else "string"
