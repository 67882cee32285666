"""A text table in pieces: rows that do not have the fields of the header are told of, each with its line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as pacsv

from trainyard.data.read_text import names_of, parse, separator_of
from trainyard.data.records import Record, records, unclosed_quote
from trainyard.data.text_pieces import TextPieces, cut_header
from trainyard.errors import DataError

PIECE = 1 << 20  # bytes


@dataclass(frozen=True)
class TextPiece:
    """Some rows: those with as many fields as the header in `table`, what is wrong with others in `broken`.

    `kept` has the columns that are kept as they are written.

    `rows` (N,) int64 tells for each row of the table which of the `count` it is. `text` begins after `line` lines.
    """

    table: pa.Table
    kept: pa.Table
    rows: np.ndarray
    count: int
    broken: Mapping[int, str]
    text: bytes
    line: int
    separator: str

    @property
    def bytes(self) -> int:
        return len(self.text)

    def place(self, row: int) -> str:
        """Return where a row is: "line 7", counted from 1."""
        return f"line {self.line + _records(self.text, self.separator)[row].line}"


class TextRows:
    """A text table that is read once, from its beginning. Raises DataError for what is no text table."""

    def __init__(
        self, path: Path, delimiter: str | None, encoding: str, decimal: str, missing_values: Sequence[str],
        size: int = PIECE,
    ):  # fmt: skip
        self.path, self.decimal, self.missing_values = path, decimal, missing_values
        self.separator = separator_of(path, None if ".tsv" in path.suffixes else delimiter)
        self._pieces = TextPieces(path, encoding, self.separator, size)
        self._texts = self._told(self._pieces)
        self._first = next(self._texts, b"")
        while not self._first.strip(b"\r\n") and (more := next(self._texts, b"")):
            self._first += more
        self.names = names_of(path, self._first, self.separator)

    def pieces(self, columns: Sequence[int], texts: Sequence[int], keep: Sequence[int]) -> Iterator[TextPiece]:
        """Yield some columns by their places, in their order: `texts` as texts, others by what the piece holds; and
        those to `keep` as they are written."""
        options = self._options(columns, [place for place in texts if place in columns])
        kept = self._options(keep, keep) if keep else None
        _, rest = cut_header(self._first, self.separator)
        line = _lines(self._first[: len(self._first) - len(rest)])
        for text in chain([rest], self._texts):
            if text.strip(b"\r\n"):
                yield self._piece(text, line, options, kept)
            line += _lines(text)

    def _options(self, columns: Sequence[int], texts: Sequence[int]) -> pacsv.ConvertOptions:
        return pacsv.ConvertOptions(
            include_columns=[str(place) for place in columns], strings_can_be_null=True,
            column_types={str(place): pa.string() for place in texts}, null_values=["", *self.missing_values],
            decimal_point=self.decimal,
        )  # fmt: skip

    def _piece(
        self, text: bytes, line: int, options: pacsv.ConvertOptions, keep: pacsv.ConvertOptions | None
    ) -> TextPiece:
        doubtful = text.count(b'"') % 2 or self._pieces.stray
        opened = unclosed_quote(pa.py_buffer(text), self.separator) if doubtful else None
        if opened is not None:
            raise DataError(f"{self.path.name}: the quote that opens in the row of line {line + opened} is never "
                            "closed. Close it, or double it if it is part of the text.")  # fmt: skip
        width = len(self.names)
        try:
            table, ragged = parse(text, self.separator, width, options)
            kept = table.select([]) if keep is None else parse(text, self.separator, width, keep)[0]
        except pa.ArrowInvalid as error:
            raise DataError(f"{self.path.name} cannot be read as a text table: {error}.") from None
        broken = {}
        if ragged:
            broken = {
                row: f"it has {len(record.fields)} fields, but the header has {width}."
                for row, record in enumerate(_records(text, self.separator)) if len(record.fields) != width
            }  # fmt: skip
        count = table.num_rows + ragged
        rows = np.setdiff1d(np.arange(count), np.fromiter(broken, np.int64))
        return TextPiece(table, kept, rows, count, broken, text, line, self.separator)

    def _told(self, pieces: TextPieces) -> Iterator[bytes]:
        """Yield the pieces; what keeps one from being read is told in a sentence."""
        try:
            yield from pieces
        except (UnicodeError, EOFError):
            raise DataError(f"{self.path.name} is not {pieces.encoding}, as the training data were.") from None


def _lines(text: bytes) -> int:
    return text.count(b"\n") or text.count(b"\r")


def _records(text: bytes, separator: str) -> list[Record]:
    return list(records(pa.py_buffer(text), separator))
