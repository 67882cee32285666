"""Text tables: CSV and its kin, plain or gzipped, by pyarrow; the slower exact scan runs only to say what is wrong."""

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as pacsv

from trainyard.data.decode import utf8_bytes
from trainyard.data.files import ending_of
from trainyard.data.padded import is_padded, may_hold_padded
from trainyard.data.records import records, unclosed_quote
from trainyard.errors import DataError

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "space": " "}
BLOCK = 1 << 22  # bytes that one thread converts at once


def read_text(
    path: Path, delimiter: str | None, encoding: str, decimal: str, missing_values: Sequence[str]
) -> pa.Table:
    """The table in a text file: names stripped of blanks, types inferred over all rows.

    A column is, in this order, the first of these that all its fields are: null, int64, boolean, date, time,
    timestamp, float64, string; whole numbers of which one has leading zeros are strings. Blank lines are skipped.
    Raises DataError.
    """
    separator = separator_of(path, delimiter)
    text = utf8_bytes(path, encoding)
    header = next(records(text, separator), None)
    if header is None:
        raise DataError(f"{path.name} is empty: it holds only blank lines ({path}).")
    names = [name.strip() for name in header.fields]
    check_delimiter(path, names, separator)
    table, ragged = parse(path, text, separator, decimal, missing_values)
    if quotes(text) % 2:
        check_quotes(path, text, separator)
    if ragged:
        raise DataError(ragged_rows(path, text, separator, len(names), ragged, table.num_rows + ragged))
    whole = [place for place, kind in enumerate(table.schema.types) if pa.types.is_integer(kind)]
    if whole and may_hold_padded(text, separator):
        texts = {table.column_names[place]: pa.string() for place in whole}
        as_texts, _ = parse(path, text, separator, decimal, missing_values, types=texts)
        for place in whole:
            if is_padded(as_texts.column(place)):
                table = table.set_column(place, table.column_names[place], as_texts.column(place))
    return table.rename_columns(names)


def separator_of(path: Path, delimiter: str | None) -> str:
    """The one character between fields."""
    if delimiter is None:
        return "\t" if ending_of(path).startswith(".tsv") else ","
    separator = DELIMITERS.get(delimiter, delimiter)
    if len(separator) != 1 or not separator.isascii() or separator in '"\r\n':
        raise DataError(f"dataset.delimiter={delimiter} is not one character between fields. Give one ASCII character "
                        f"or one of {', '.join(name for name in DELIMITERS if name.isalpha())}.")  # fmt: skip
    return separator


def check_delimiter(path: Path, names: Sequence[str], separator: str) -> None:
    """A header of one column that holds another delimiter was cut at the wrong character."""
    if len(names) > 1:
        return
    for name, other in DELIMITERS.items():
        if name.isalpha() and name != "space" and other in names[0]:
            used = next((word for word, mark in DELIMITERS.items() if mark == separator), separator)
            raise DataError(f"{path.name} has one column when cut at each {used}, and its header holds a {name}. "
                            f"Set dataset.delimiter={name}.")  # fmt: skip


def parse(
    path: Path, text: pa.Buffer, separator: str, decimal: str, missing_values: Sequence[str], block: int = BLOCK,
    types: Mapping[str, pa.DataType] | None = None,
) -> tuple[pa.Table, int]:  # fmt: skip
    """The rows with as many fields as the header, and the number of the others; `types` are not inferred."""
    ragged = []

    def skip(row: pacsv.InvalidRow) -> str:
        ragged.append(row.actual_columns)
        return "skip"

    try:
        table = pacsv.read_csv(
            pa.BufferReader(text),
            read_options=pacsv.ReadOptions(block_size=block),
            parse_options=pacsv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=skip),
            convert_options=pacsv.ConvertOptions(
                null_values=["", *missing_values], strings_can_be_null=True, decimal_point=decimal, column_types=types
            ),
        )
    except pa.ArrowInvalid as error:
        check_quotes(path, text, separator)
        if block < text.size:  # a row longer than a block
            return parse(path, text, separator, decimal, missing_values, min(text.size + 1, 2**31 - 1), types)
        raise DataError(f"{path.name} cannot be read as a text table: {error} ({path}).") from None
    return table, len(ragged)


def quotes(text: pa.Buffer) -> int:
    """The number of quotes; an odd one tells that one may be open."""
    codes = np.frombuffer(text, np.uint8)
    return sum(int(np.count_nonzero(codes[start : start + BLOCK] == ord('"'))) for start in range(0, len(codes), BLOCK))


def check_quotes(path: Path, text: pa.Buffer, separator: str) -> None:
    """A quote that is never closed takes in all rows after it, without any other sign."""
    line = unclosed_quote(text, separator)
    if line is not None:
        raise DataError(f"{path.name}: the quote that opens in the row of line {line} is never closed. Close it, or "
                        f"double it if it is part of the text ({path}).")  # fmt: skip


def ragged_rows(path: Path, text: pa.Buffer, separator: str, width: int, ragged: int, rows: int) -> str:
    """The fault for rows with another number of fields than the header: how many, and the first of them."""
    odd = (row for row in islice(records(text, separator), 1, None) if len(row.fields) != width)
    first = next(odd, None)
    verb = "does" if ragged == 1 else "do"
    message = f"{path.name}: {ragged} of {rows} rows {verb} not have the {width} fields of the header"
    if first is None:
        return f"{message}."
    count = len(first.fields)
    advice = "A text that holds the delimiter needs quotes." if count > width else "Complete or remove such rows."
    return f"{message}, first line {first.line} with {count}. {advice}"


def row_lines(path: Path, delimiter: str | None, encoding: str) -> np.ndarray:
    """(rows,) int64, the 1-based line on which each row begins."""
    rows = islice(records(utf8_bytes(path, encoding), separator_of(path, delimiter)), 1, None)
    return np.fromiter((row.line for row in rows), dtype=np.int64)
