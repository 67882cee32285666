"""From raw rows to a network's input, by what was fitted on the training rows; the same when preparing and predicting.

Uses numpy and pyarrow only. Every value is computed for itself, so that a row gives the same bytes alone and among
others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from trainyard.data.encoders import BooleanEncoder, CategoryEncoder, ColumnEncoder, DatetimeEncoder, NumericEncoder
from trainyard.data.table import missing_columns, table_from
from trainyard.data.transforms import transform_from_dict
from trainyard.data.values import WrongValueError, shortened, wrong_value, wrong_values
from trainyard.errors import DataError

VERSION = 1


@dataclass(frozen=True)
class Encoder:
    """The column schema with its fitted transforms. `dtype` is that of x: float32 or float64."""

    columns: tuple[ColumnEncoder, ...]
    dtype: str

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The raw columns it needs, in the order of the training table."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The columns of x, F."""
        return tuple(feature for column in self.columns for feature in column.features)

    @cached_property
    def embedded(self) -> tuple[str, ...]:
        """The columns of codes, C."""
        return tuple(column.name for column in self.columns if column.codes)

    @cached_property
    def category_sizes(self) -> tuple[int, ...]:
        """The number of codes of each embedded column, bucket 0 included."""
        return tuple(column.codes for column in self.columns if column.codes)

    def encode(
        self, raw: Any, *, rows: np.ndarray | None = None, where: Callable[[int], str] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """x (N, F) and codes (N, C) int32 of raw rows with these columns in any order, and perhaps others.

        They come in any of the forms of data.table.table_from. `rows` (N,) picks and orders rows of a table, all of
        them by default. `where` says where a row of the table, counted from 0, comes from. Raises DataError with a
        fault for each column that is missing or holds what it cannot.
        """
        table = table_from(raw, self.names)
        faults = missing_columns(self.names, table.column_names)
        count = table.num_rows if rows is None else len(rows)
        x = np.empty((count, len(self.features)), self.dtype)
        codes = np.empty((count, len(self.embedded)), np.int32)
        x_end = codes_end = 0
        for encoder in self.columns:
            if encoder.codes:
                codes_end += 1
                out = codes[:, codes_end - 1 : codes_end]
            else:
                x_end += len(encoder.features)
                out = x[:, x_end - len(encoder.features) : x_end]
            if table.column_names.count(encoder.name) != 1:
                continue
            column = table[encoder.name]
            try:
                encoder.write(column if rows is None else column.take(pa.array(rows)), out)
            except WrongValueError as wrong:
                row = wrong.row if rows is None else int(rows[wrong.row])
                faults.append(wrong_value(encoder.name, wrong, where(row) if where else f"row {row + 1}"))
        if faults:
            raise DataError(faults)
        return x, codes

    def wrong_rows(self, table: pa.Table) -> dict[int, list[str]]:
        """What is wrong with each row that `encode` refuses, by its number from 0; the table has all of the columns."""
        found: dict[int, list[str]] = {}
        for encoder in self.columns:

            def read(column: pa.ChunkedArray, encoder: ColumnEncoder = encoder) -> None:
                width = max(1, len(encoder.features))
                encoder.write(column, np.empty((len(column), width), np.int32 if encoder.codes else self.dtype))

            for row, value, expected in wrong_values(table[encoder.name], read):
                fault = f"Column {encoder.name} holds {shortened(value)}, which is not {expected}."
                found.setdefault(row, []).append(fault)
        return found

    def to_dict(self) -> dict[str, Any]:
        """JSON values from which `from_dict` makes an equal encoder; floats keep every bit."""
        return {
            "version": VERSION, "dtype": self.dtype, "features": list(self.features), "embedded": list(self.embedded),
            "columns": [column.to_dict() for column in self.columns],
        }  # fmt: skip

    @classmethod
    def from_dict(cls, preprocessing: Mapping[str, Any]) -> "Encoder":
        """The encoder that `to_dict` described. Raises DataError for one that a later version wrote."""
        if preprocessing["version"] != VERSION:
            raise DataError(f"The preprocessing is of version {preprocessing['version']}, but this trainyard reads "
                            f"version {VERSION}. Install the one that wrote it.")  # fmt: skip
        return cls(tuple(encoder_from_dict(column) for column in preprocessing["columns"]), preprocessing["dtype"])


def encoder_from_dict(values: Mapping[str, Any]) -> ColumnEncoder:
    """The encoder of a column, from its `to_dict`, which may have been through JSON."""
    given = {key: value for key, value in values.items() if key != "kind"}
    match values["kind"]:
        case "numeric":
            return NumericEncoder(**{**given, "transform": transform_from_dict(given["transform"])})
        case "boolean":
            return BooleanEncoder(**given)
        case "category":
            return CategoryEncoder(**{**given, "categories": tuple(given["categories"])})
        case "datetime":
            parts = {part: transform_from_dict(transform) for part, transform in given["parts"].items()}
            return DatetimeEncoder(**{**given, "parts": parts})
    raise ValueError(f"{values['kind']!r} is no kind of column that this version knows")
