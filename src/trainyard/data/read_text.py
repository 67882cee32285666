"""Text tables: CSV and its kin, plain or gzipped, by pyarrow; the slower exact scan runs only to say what is wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as pacsv

from trainyard.data.decode import utf8_bytes
from trainyard.data.files import ending_of
from trainyard.data.padded import keep_zeros, may_hold_padded
from trainyard.data.records import records, unclosed_quote
from trainyard.data.text_kinds import unify
from trainyard.data.text_pieces import TextPieces, cut_header
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
    convert = pacsv.ConvertOptions(null_values=["", *missing_values], strings_can_be_null=True, decimal_point=decimal)
    try:
        names, columns, ragged = read_pieces(path, encoding, separator, convert)
    except pa.ArrowInvalid as error:
        check_quotes(path, utf8_bytes(path, encoding), separator)
        raise DataError(f"{path.name} cannot be read as a text table: {error} ({path}).") from None
    if ragged:
        rows = len(columns[0]) + ragged
        raise DataError(ragged_rows(path, utf8_bytes(path, encoding), separator, len(names), ragged, rows))
    return pa.table(columns, names=names)


def read_pieces(
    path: Path, encoding: str, separator: str, convert: pacsv.ConvertOptions
) -> tuple[list[str], list[pa.ChunkedArray], int]:
    """Names, columns, and rows with another number of fields than there are names; read a piece at a time."""
    pieces = TextPieces(path, encoding, separator)
    begun = iter(pieces)
    first = next(begun, b"")
    names = names_of(path, first, separator)

    def read(texts: Iterable[bytes], options: pacsv.ConvertOptions) -> tuple[list[list[pa.ChunkedArray]], int]:
        parsed = [parse(text, separator, len(names), options) for text in without_header(texts, separator)]
        return [table.columns for table, _ in parsed], sum(ragged for _, ragged in parsed)

    def reread(kinds: Mapping[int, pa.DataType]) -> list[list[pa.ChunkedArray]] | None:
        try:
            return read(pieces, as_kinds(convert, kinds))[0]
        except pa.ArrowInvalid:
            return None

    may_be_padded = False

    def watched(texts: Iterable[bytes]) -> Iterator[bytes]:
        nonlocal may_be_padded
        for text in texts:
            may_be_padded = may_be_padded or may_hold_padded(text, separator)
            yield text

    def as_texts(places: Sequence[int]) -> Iterator[list[pa.ChunkedArray]]:
        options = as_kinds(convert, dict.fromkeys(places, pa.string()))
        for text in without_header(pieces, separator):
            yield parse(text, separator, len(names), options)[0].columns

    columns, ragged = read(watched(chain([first], begun)), convert)
    if pieces.quotes % 2 or pieces.stray:
        check_quotes(path, utf8_bytes(path, encoding), separator)
    if not columns:
        return names, [pa.chunked_array([], pa.null()) for _ in names], ragged
    unified = unify(columns, reread)
    return names, keep_zeros(unified, as_texts) if may_be_padded else unified, ragged


def without_header(pieces: Iterable[bytes], separator: str) -> Iterator[bytes]:
    """The pieces but for the first record, and for those that are blank lines only."""
    header = True
    for piece in pieces:
        rest = cut_header(piece, separator)[1] if header else piece
        header = False
        if rest.strip(b"\r\n"):
            yield rest


def as_kinds(convert: pacsv.ConvertOptions, kinds: Mapping[int, pa.DataType]) -> pacsv.ConvertOptions:
    """Options that read some columns alone, by their place, as given kinds."""
    types = {str(place): kind for place, kind in kinds.items()}
    return pacsv.ConvertOptions(
        column_types=types, include_columns=list(types), null_values=convert.null_values, strings_can_be_null=True,
        decimal_point=convert.decimal_point,
    )  # fmt: skip


def names_of(path: Path, text: bytes | pa.Buffer, separator: str) -> list[str]:
    """The fields of the first record, without blanks around them. Raises DataError."""
    header = next(records(pa.py_buffer(text), separator), None)
    if header is None:
        raise DataError(f"{path.name} is empty: it holds only blank lines ({path}).")
    names = [name.strip() for name in header.fields]
    check_delimiter(path, names, separator)
    return names


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
    text: bytes, separator: str, width: int, convert: pacsv.ConvertOptions, block: int = BLOCK
) -> tuple[pa.Table, int]:
    """The rows of a text without its header that have `width` fields as the header does, and the number of the others.

    The columns are called "0", "1", ... Raises pa.ArrowInvalid for what is no table, or does not fit the kinds that are
    asked for.
    """
    ragged = []

    def skip(row: pacsv.InvalidRow) -> str:
        ragged.append(row.actual_columns)
        return "skip"

    names = [str(place) for place in range(width)]
    try:
        table = pacsv.read_csv(
            pa.BufferReader(text),
            read_options=pacsv.ReadOptions(block_size=block, column_names=names),
            parse_options=pacsv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=skip),
            convert_options=convert,
        )
    except pa.ArrowInvalid:
        if block < len(text):  # perhaps a row longer than a block
            return parse(text, separator, width, convert, min(len(text) + 1, 2**31 - 1))
        raise
    return table, len(ragged)


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
