"""Raw rows in whatever form they come, as a table."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from trainyard.config.nearest import did_you_mean
from trainyard.data.buffers import plain_array
from trainyard.errors import DataError

FORMS = "a pandas DataFrame, a pyarrow Table, a dict of columns, a list of dicts or a 2-D numpy array"


def table_from(rows: Any, names: Sequence[str]) -> pa.Table:
    """A table of raw rows: a pyarrow Table, a DataFrame, a dict of columns (or of one row), a list of dicts, or an
    array (N, len(names)) with the columns `names` in this order.

    Values of mixed kinds in a column become texts, which the encoder reads as what it expects. Raises DataError.
    """
    if isinstance(rows, pa.RecordBatch):
        rows = pa.Table.from_batches([rows])
    if isinstance(rows, pa.Table):
        return rows
    if isinstance(rows, np.ndarray):
        return from_array(rows, names)
    if isinstance(rows, Mapping):
        return from_mapping(rows)
    if hasattr(rows, "columns") and hasattr(rows, "iloc"):  # a pandas DataFrame, without importing pandas
        columns = [make_column(rows.iloc[:, place]) for place in range(len(rows.columns))]
        return pa.table(columns, names=[str(name) for name in rows.columns])
    if hasattr(rows, "__arrow_c_stream__"):  # a polars DataFrame, and whoever else speaks Arrow
        return pa.table(rows)
    if isinstance(rows, Iterable) and not isinstance(rows, str | bytes):
        return from_dicts(list(rows), names)
    raise DataError(f"Rows come as {FORMS}, but these are of type {type(rows).__name__}.")


def from_array(array: np.ndarray, names: Sequence[str]) -> pa.Table:
    if array.ndim != 2 or array.shape[1] != len(names):
        raise DataError(f"An array of rows has the shape (rows, {len(names)}), with {', '.join(names)}; this one has "
                        f"the shape {array.shape}.")  # fmt: skip
    return make_table({name: array[:, place] for place, name in enumerate(names)})


def from_mapping(columns: Mapping[Any, Any]) -> pa.Table:
    """A dict of columns; one of single values is a row."""
    values = {str(name): column for name, column in columns.items()}
    if values and all(is_single(value) for value in values.values()):
        return make_table({name: [value] for name, value in values.items()})
    lengths = [1 if is_single(value) else len(value) for value in values.values()]
    if len(set(lengths)) > 1 or any(is_single(value) for value in values.values()):
        has = ", ".join(f"{name} has {length}" for name, length in zip(values, lengths, strict=True))
        raise DataError(f"The columns of a dict are lists of as many values each: {has}.")
    return make_table(values)


def from_dicts(rows: Sequence[Any], names: Sequence[str]) -> pa.Table:
    """A list of rows; what a row does not have is missing."""
    if not rows:
        return make_table({name: [] for name in names})
    odd = next((row for row in rows if not isinstance(row, Mapping)), None)
    if odd is not None:
        raise DataError(f"Rows come as {FORMS}, but this list holds {odd!r}.")
    given = dict.fromkeys(name for row in rows for name in row)
    return make_table({str(name): [row.get(name) for row in rows] for name in given})


def is_single(value: Any) -> bool:
    return isinstance(value, str | bytes) or not hasattr(value, "__len__")


def make_table(columns: Mapping[str, Any]) -> pa.Table:
    return pa.table([make_column(values) for values in columns.values()], names=list(columns))


def make_column(values: Any) -> pa.ChunkedArray:
    """A column of values; those that have no kind in common become texts."""
    if isinstance(values, pa.ChunkedArray):
        return values
    try:
        plain = plain_array(values)
        return pa.chunked_array([pa.array(values, from_pandas=True) if plain is None else plain])
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return pa.chunked_array([pa.array([text_of(value) for value in values], pa.string())])


def text_of(value: Any) -> str | None:
    """A value as a text; None, NaN and pandas' NA are missing."""
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    return None if missing or type(value).__name__ in ("NAType", "NaTType") else str(value)


def missing_columns(needed: Sequence[str], given: Sequence[str]) -> list[str]:
    """A fault for each column that is not given, or given twice."""
    strange = [name for name in given if name not in needed]
    twice = [f"There are {given.count(name)} columns {name}; rename all but one." for name in needed
             if given.count(name) > 1]  # fmt: skip
    return twice + [f"There is no column {name}, which the model was trained on{did_you_mean(name, strange) or '.'}"
                    for name in needed if name not in given]  # fmt: skip
