"""From the raw values of one column to its share of a network's input, as fitted on the training rows."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, ClassVar, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainyard.data.buffers import text_array, unpacked
from trainyard.data.transforms import Transform, transform_to_dict
from trainyard.data.values import missing, read_flags, read_numbers, read_texts

UNSEEN = 0  # code of a category that training rows do not have, or have once


class ColumnEncoder(Protocol):
    """One column. `type` is what its raw values are, in MLflow's words: double, long, boolean, string, datetime.

    `features` names its columns of x; `codes` is the number of its codes where it is embedded, else 0.
    """

    kind: ClassVar[str]

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def features(self) -> tuple[str, ...]: ...
    @property
    def codes(self) -> int: ...

    def write(self, column: pa.ChunkedArray, out: np.ndarray) -> None:
        """Fill the column's share (N, len(features)) of x; where embedded, (N, 1) of codes. Raises WrongValueError."""

    def to_dict(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class NumericEncoder:
    """A number: `fill` where missing, transformed; and 1 where it is missing, if that tells something."""

    name: str
    type: str
    fill: float
    transform: Transform
    indicator: bool
    kind: ClassVar[str] = "numeric"
    codes: ClassVar[int] = 0

    @property
    def features(self) -> tuple[str, ...]:
        return (self.name, *missing_feature(self.name, self.indicator))

    def write(self, column: pa.ChunkedArray, out: np.ndarray) -> None:
        values = read_numbers(column)
        absent = np.isnan(values)
        put(out, 0, self.transform(np.where(absent, self.fill, values)))
        if self.indicator:
            out[:, 1] = absent

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, **vars_of(self), "transform": transform_to_dict(self.transform)}


@dataclass(frozen=True)
class BooleanEncoder:
    """A flag: 1 for true, -1 for false, 0 where missing; and 1 where it is missing, if that tells something."""

    name: str
    type: str
    indicator: bool
    kind: ClassVar[str] = "boolean"
    codes: ClassVar[int] = 0

    @property
    def features(self) -> tuple[str, ...]:
        return (self.name, *missing_feature(self.name, self.indicator))

    def write(self, column: pa.ChunkedArray, out: np.ndarray) -> None:
        flags = read_flags(column)
        absent = np.isnan(flags)
        out[:, 0] = np.where(absent, 0.0, 2 * flags - 1)
        if self.indicator:
            out[:, 1] = absent

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, **vars_of(self)}


@dataclass(frozen=True)
class CategoryEncoder:
    """A category, as one column per category (all 0 for one never seen) or as a code for an embedding.

    Codes are 0 for a category never seen, then the categories in order, then missing where `missing` says so; missing
    values without a code of their own count as never seen.
    """

    name: str
    type: str
    categories: tuple[str, ...]
    missing: bool
    embedded: bool
    kind: ClassVar[str] = "category"

    @property
    def features(self) -> tuple[str, ...]:
        if self.embedded:
            return ()
        return (*(f"{self.name}={category}" for category in self.categories), *missing_feature(self.name, self.missing))

    @property
    def codes(self) -> int:
        return 1 + len(self.categories) + self.missing if self.embedded else 0

    @cached_property
    def known(self) -> pa.Array:
        return text_array(self.categories)

    def write(self, column: pa.ChunkedArray, out: np.ndarray) -> None:
        codes = self.read_codes(column)
        if self.embedded:
            out[:, 0] = codes
            return
        out[:] = 0
        rows = np.flatnonzero(codes != UNSEEN)
        out[rows, codes[rows] - 1] = 1

    def read_codes(self, column: pa.ChunkedArray) -> np.ndarray:
        """(N,) int32."""
        texts = read_texts(column)
        codes = unpacked(pc.index_in(texts, self.known), np.int32, UNSEEN - 1) + np.int32(1)
        return np.where(missing(texts), np.int32(len(self.categories) + 1), codes) if self.missing else codes

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, **vars_of(self), "categories": list(self.categories)}


@dataclass(frozen=True)
class DatetimeEncoder:
    """A moment as the parts that differ between training rows; `fill`, in microseconds since 1970, where missing.

    `written` is how texts have it, a key of dates.FORMATS. `parts` names columns of dates.expand, with transforms.
    """

    name: str
    type: str
    written: str
    fill: int
    parts: Mapping[str, Transform]
    indicator: bool
    kind: ClassVar[str] = "datetime"
    codes: ClassVar[int] = 0

    @property
    def features(self) -> tuple[str, ...]:
        return (*(f"{self.name}: {part}" for part in self.parts), *missing_feature(self.name, self.indicator))

    def write(self, column: pa.ChunkedArray, out: np.ndarray) -> None:
        from trainyard.data.dates import expand, read_moments

        moments = read_moments(column, self.written)
        absent = np.isnat(moments)
        expanded = expand(np.where(absent, np.datetime64(self.fill, "us"), moments))
        for place, (part, transform) in enumerate(self.parts.items()):
            put(out, place, transform(np.ascontiguousarray(expanded[part])))
        if self.indicator:
            out[:, len(self.parts)] = absent

    def to_dict(self) -> dict[str, Any]:
        parts = {part: transform_to_dict(transform) for part, transform in self.parts.items()}
        return {"kind": self.kind, **vars_of(self), "parts": parts}


def vars_of(encoder: Any) -> dict[str, Any]:
    """The declared fields of an encoder."""
    return {field.name: getattr(encoder, field.name) for field in fields(encoder)}


def missing_feature(name: str, present: bool) -> tuple[str, ...]:
    return (f"{name} is missing",) if present else ()


def put(out: np.ndarray, place: int, values: np.ndarray) -> None:
    """Write values (N,) into a column of x, held within what its floats can hold."""
    limit = float(np.finfo(out.dtype).max)
    out[:, place] = np.clip(values, -limit, limit)
