"""Rows as CSV that gives the same table back, to the bit and with its types, on every machine.

Numbers are written with the fewest digits that give them (Steele and White, 1990), floats always with a point or an
exponent; a missing value is an empty field and an empty text a quoted one; lines end in a line feed.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv as pacsv

from trainyard.config.nearest import did_you_mean, listed
from trainyard.data.read import read
from trainyard.data.source import Source, SourceFile
from trainyard.data.strays import first_stray
from trainyard.errors import DataError

PIECE = 1 << 16  # rows that are written at once
SPECIAL = re.compile(r'[,"\r\n]|^$|^\s|\s$')
WORDS = {"int64": "a whole number", "double": "a number", "string": "a text", "bool": "true or false"}


def export_csv(source: Source) -> bytes:
    """The rows of a source, of two columns or more, as CSV with a header; what `dvc add` would see of them."""
    return b"".join(csv_pieces(source.table))


def csv_pieces(table: pa.Table) -> Iterator[bytes]:
    """The bytes of a table's CSV in order, some rows at a time."""
    yield (",".join(map(quoted, table.column_names)) + "\n").encode()
    for start in range(0, table.num_rows, PIECE):
        columns = [fields_of(column) for column in table.slice(start, PIECE).columns]
        yield "".join(",".join(row) + "\n" for row in zip(*columns, strict=True)).encode()


def fields_of(column: pa.ChunkedArray) -> list[str]:
    """The values of a column as they stand in the file."""
    if pa.types.is_floating(column.type):
        return ["" if value is None else repr(value) for value in column.to_pylist()]
    if pa.types.is_boolean(column.type):
        return ["" if value is None else str(value).lower() for value in column.to_pylist()]
    texts: list[Any] = column.cast(pa.string()).to_pylist()
    return ["" if text is None else quoted(text) for text in texts]


def quoted(text: str) -> str:
    """A text as a field: in quotes where it would be taken for something else."""
    return '"' + text.replace('"', '""') + '"' if SPECIAL.search(text) else text


def read_exported(path: Path, schema: pa.Schema, *, key: str = "path") -> tuple[pa.Table, SourceFile]:
    """The table of a file that `export_csv` wrote, with the columns and types of `schema`.

    Raises DataError for a file that holds others, with the first value that does not fit.
    """
    reading = read(path, delimiter=None, encoding="utf-8", decimal=".", missing_values=(), key=key)
    file = SourceFile(path, reading.table.num_rows, reading.find_lines)
    check_columns(path, reading.table.column_names, schema.names)
    options = pacsv.ConvertOptions(column_types=schema, null_values=[""], strings_can_be_null=True,
                                   quoted_strings_can_be_null=False)  # fmt: skip
    try:
        parsing = pacsv.ParseOptions(newlines_in_values=True)
        return pacsv.read_csv(path, parse_options=parsing, convert_options=options), file
    except pa.ArrowInvalid as error:
        faults = [fault for field in schema if (fault := misfit(field, reading.table[field.name], file))]
        raise DataError(faults or f"{path.name} is not what was exported: {error} ({path}).") from None


def check_columns(path: Path, given: list[str], expected: list[str]) -> None:
    """Raise DataError unless the columns are the expected ones in their order."""
    missing = [name for name in expected if name not in given]
    strange = [name for name in given if name not in expected]
    if missing:
        near = did_you_mean(missing[0], strange) or "."
        raise DataError(f"{path.name} has no column {missing[0]}, which was exported{near} Export it again, or take "
                        "dataset=csv for a table of your own.")  # fmt: skip
    if strange:
        raise DataError(f"{path.name} has the columns {listed(strange)} besides those that were exported. Export it "
                        "again, or take dataset=csv for a table of your own.")  # fmt: skip
    if given != expected:
        raise DataError(f"{path.name} has its columns in another order than was exported: {listed(given[:3])} come "
                        f"first instead of {listed(expected[:3])}. Export it again.")  # fmt: skip


def misfit(field: pa.Field, column: pa.ChunkedArray, file: SourceFile) -> str | None:
    """The fault for a column of another type than was exported, with the first value that makes it so."""
    if column.type == field.type or pa.types.is_null(column.type) or pa.types.is_string(field.type):
        return None
    if pa.types.is_integer(column.type) and pa.types.is_floating(field.type):
        return None
    row, value = first_other(field, column)
    return (f"Column {field.name} holds {value!r} ({file.place(row)}), which is not {WORDS[str(field.type)]} as it was "
            "exported. Export it again.")  # fmt: skip


def first_other(field: pa.Field, column: pa.ChunkedArray) -> tuple[int, Any]:
    """Row and value of the first that is not of a field's type."""
    stray = first_stray(column, at_most=1.0)
    if stray and not pa.types.is_boolean(field.type):
        return stray.row, stray.value
    for row, value in enumerate(column.to_pylist()):
        whole = isinstance(value, float) and value.is_integer() and pa.types.is_integer(field.type)
        flag = str(value).lower() in ("true", "false", "1", "0") and pa.types.is_boolean(field.type)
        if value is not None and not whole and not flag:
            return row, value
    return 0, column[0].as_py()
