"""Rows by the value of a column."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainyard.config.nearest import did_you_mean
from trainyard.data.values import WrongValueError, decoded, floats, is_number, missing, read_texts
from trainyard.errors import DataError

MOST_GROUPS = 50
FEW = 12  # different numbers up to which each is a group; of more, the quarters are
MISSING = "(missing)"


def group_rows(table: pa.Table, name: str) -> dict[str, np.ndarray]:
    """Return the rows (n,) int64 of each value of a column, in the order of the values; missing ones come last.

    Numbers of many different values are cut at their quartiles. Raises DataError for a column that is not there or
    has too many values.
    """
    if name not in table.column_names:
        raise DataError(f"There is no column {name} to group rows by{did_you_mean(name, table.column_names) or '.'}")
    column = decoded(table[name])
    if is_number(column.type) and len(pc.unique(column.drop_null())) > FEW:
        return _quarters(floats(column))
    try:
        texts = read_texts(column)
    except WrongValueError:
        raise DataError(f"Column {name} holds values of type {column.type}, which are no groups.") from None
    values = pc.unique(texts.drop_null())
    if len(values) > MOST_GROUPS:
        raise DataError(f"Column {name} has {len(values):,} different values; rows are grouped by at most "
                        f"{MOST_GROUPS}.")  # fmt: skip
    ordered = sorted(values.to_pylist(), key=_natural if is_number(column.type) else str)
    places = pc.fill_null(pc.index_in(texts, pa.array(ordered, pa.string())), len(ordered)).to_numpy()
    groups = {value: np.flatnonzero(places == place) for place, value in enumerate(ordered)}
    return groups | _of_missing(missing(texts))


def _natural(text: str) -> float:
    return float(text)


def _quarters(values: np.ndarray) -> dict[str, np.ndarray]:
    absent = np.isnan(values)
    edges = np.unique(np.quantile(values[~absent], (0.25, 0.5, 0.75), method="inverted_cdf"))
    places = np.searchsorted(edges, values, side="left")
    shown = [f"{edge:.6g}" for edge in edges]
    names = [f"up to {shown[0]}", *(f"{low} to {high}" for low, high in pairwise(shown)),
             f"above {shown[-1]}"]  # fmt: skip
    groups = {name: np.flatnonzero((places == place) & ~absent) for place, name in enumerate(names)}
    return {name: rows for name, rows in groups.items() if len(rows)} | _of_missing(absent)


def _of_missing(absent: np.ndarray) -> dict[str, np.ndarray]:
    return {MISSING: np.flatnonzero(absent)} if absent.any() else {}
