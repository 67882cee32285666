"""Read a table of any supported kind, chosen by the ending of its name, with one sentence for what is wrong with it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainyard.config.schema.dataset_keys import MISSING_VALUES
from trainyard.data.files import PARQUET_ENDINGS, TEXT_ENDINGS, check_file, listed
from trainyard.data.read_columnar import read_feather, read_parquet
from trainyard.data.read_text import read_text, row_lines
from trainyard.errors import DataError


@dataclass(frozen=True)
class Reading:
    """A table as read: plain columns with nulls for what is missing, and a sentence per thing that was decided."""

    table: pa.Table
    notes: tuple[str, ...]
    find_lines: Callable[[], np.ndarray] | None  # -> (rows,) int64, the line of each row; None for binary kinds


def read_table(
    path: Path,
    *,
    delimiter: str | None = None,
    encoding: str = "utf-8",
    decimal: str = ".",
    missing_values: Sequence[str] = MISSING_VALUES,
) -> pa.Table:
    """The table in a file. Raises DataError with one fault that names the file, and the line where there is one."""
    return read(path, delimiter=delimiter, encoding=encoding, decimal=decimal, missing_values=missing_values).table


def read(
    path: Path, *, delimiter: str | None, encoding: str, decimal: str, missing_values: Sequence[str], key: str = "path"
) -> Reading:
    """Like `read_table`, with the notes. `key` is the key of the dataset that named the file, for messages."""
    ending = check_file(path, key)
    find_lines = None
    try:
        if ending in TEXT_ENDINGS:
            table = read_text(path, delimiter, encoding, decimal, missing_values)
            find_lines = lambda: row_lines(path, delimiter, encoding)  # noqa: E731  # a method cannot know the options
        elif ending in PARQUET_ENDINGS:
            table = read_parquet(path)
        else:
            table = read_feather(path)
    except PermissionError:
        raise DataError(f"{path} may not be read by this user. Change its permissions.") from None
    names, notes = check_names(path, table.column_names)
    if table.num_rows == 0:
        raise DataError(f"{path.name} has a header with {len(names)} columns but no rows ({path}).")
    columns = [plain(column) for column in table.columns]
    return Reading(pa.table(columns, names=names), tuple(notes), find_lines)


def check_names(path: Path, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names of the columns, the nameless ones called by their position, and a note on those."""
    named = [name or f"unnamed_{place}" for place, name in enumerate(names, start=1)]
    nameless = [new for new, name in zip(named, names, strict=True) if not name]
    notes = [f"{path.name}: columns without a name are called {listed(nameless)}, by their place."] if nameless else []
    repeated = [name for name, count in Counter(named).items() if count > 1]
    if repeated:
        name = repeated[0]
        places = listed([str(place) for place, other in enumerate(named, start=1) if other == name])
        others = f"; so it is with {listed(repeated[1:4])}" if len(repeated) > 1 else ""
        raise DataError(f"{path.name} has {named.count(name)} columns called {name} (columns {places}){others}. "
                        "Rename all but one.")  # fmt: skip
    return named, notes


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column without the kinds that only save space: dictionaries decoded, large strings and decimals plain, NaN
    made null."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        column = column.cast(pa.float64())
    if pa.types.is_floating(column.type) and pc.any(pc.is_nan(column)).as_py():
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    return column
