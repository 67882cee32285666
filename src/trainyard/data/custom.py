"""Rows from a function of one's own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from trainyard.config.schema.dataset import CustomDataset
from trainyard.config.trusted import resolve_target
from trainyard.data.array_rows import ArrayRows, source_of_arrays
from trainyard.data.origin import check_at_hand, origin_of
from trainyard.data.read import plain
from trainyard.data.source import Source
from trainyard.data.table import table_from
from trainyard.data.table_digest import arrays_md5, table_md5
from trainyard.errors import DataError

KEY = "dataset._target_"


def load_custom(dataset: CustomDataset, trusted: tuple[str, ...]) -> Source:
    """What the function that the dataset names returns: a DataFrame, a dict of columns, arrays x and y as a tuple
    (x, y) or (x, y, weight), or as a dict {"x": ..., "y": ...} where x has two dimensions or more.

    Raises ConfigError where its package is not trusted or cannot be imported, DataError for what it raises and for
    what it returns.
    """
    check_at_hand(dataset)
    made = call(dataset, trusted)
    rows = arrays_of(made)
    if rows is None:
        table = table_of(made, dataset._target_)
        return Source(table=table, digest=table_md5(table), origin=origin_of(dataset))
    names = {"x": dataset._target_, "y": dataset._target_}
    source = source_of_arrays({"train": rows}, dataset, names=names, digest="", origin=origin_of(dataset))
    return replace(source, digest=arrays_md5([each for each in vars(rows).values() if each is not None]))


def call(dataset: CustomDataset, trusted: tuple[str, ...]) -> Any:
    """What the function returns. Raises ConfigError and DataError."""
    function = resolve_target(dataset._target_, trusted, KEY)
    try:
        return function(**dataset.arguments)
    except Exception as error:
        raise DataError(f"{KEY}={dataset._target_} raised {type(error).__name__}: {error}") from error


def arrays_of(made: Any) -> ArrayRows | None:
    """The arrays among what was returned; None where it is a table."""
    if isinstance(made, tuple) and len(made) in (2, 3) and all(hasattr(each, "__array__") for each in made):
        return ArrayRows(*(np.asarray(each) for each in made))
    if isinstance(made, Mapping) and {"x", "y"} <= set(made) <= {"x", "y", "weight"} and np.ndim(made["x"]) > 1:
        weight = made.get("weight")
        x, y = np.asarray(made["x"]), np.asarray(made["y"])
        return ArrayRows(x, y, None if weight is None else np.asarray(weight))
    return None


def table_of(made: Any, target: str) -> pa.Table:
    """What was returned, as a table with plain columns. Raises DataError where it is none."""
    if isinstance(made, np.ndarray):
        raise DataError(f"{KEY}={target} returned one array of the shape {made.shape}. Return a tuple (x, y).")
    try:
        table = table_from(made, [])
    except DataError as error:
        raise DataError(f"{KEY}={target} returned {type(made).__name__}. {' '.join(error.faults)}") from None
    names = table.column_names
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{KEY}={target} returned {names.count(twice)} columns {twice}; rename all but one.")
    if table.num_rows == 0 or not names:
        raise DataError(f"{KEY}={target} returned a table without rows.")
    return pa.table([plain(column) for column in table.columns], names=names)
