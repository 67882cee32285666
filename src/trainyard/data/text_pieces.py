"""A text file in pieces of whole records, so that a large one is never in memory as a whole."""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa

from trainyard.data.decode import UTF8, check_text, codec_name, utf8_bytes

PIECE = 1 << 26  # bytes of a piece, and what one record more may take
LINE_FEED, RETURN, QUOTE = ord("\n"), ord("\r"), ord('"')


class TextPieces:
    """The records of a text file as UTF-8 without a byte order mark, some whole ones at a time.

    `quotes` counts its quotes; `stray` says whether some stand within fields, where they are a letter like any other.
    Raises DataError for what is no text of this encoding.
    """

    def __init__(self, path: Path, encoding: str, separator: str, size: int | None = None):
        self.path, self.encoding, self.size = path, encoding, size or PIECE
        self.before_quotes = np.frombuffer(f'{separator}\n\r"'.encode(), np.uint8)
        self.quoted = quoted_fields(separator)
        self.quotes, self.stray = 0, False

    def __iter__(self) -> Iterator[bytes]:
        self.quotes, self.stray = 0, False
        rest = b""
        for text in self._texts():
            text = rest + text
            end = self._end_of_records(text)
            rest = text[end:]
            if end:
                yield self._counted(text[:end])
        if rest:
            yield self._counted(rest)

    def _texts(self) -> Iterator[bytes]:
        """Yield the file as UTF-8, checked; the sentence for what is wrong is told by reading it as a whole."""
        name = codec_name(self.encoding)
        decoder = codecs.getincrementaldecoder(name)()
        pending = first = True
        try:
            with self._open() as file:
                while pending:
                    raw = file.read(self.size)
                    pending = len(raw) > 0
                    if first:
                        check_text(self.path, pa.py_buffer(raw))
                    plain = name in UTF8 and raw.isascii() and not decoder.getstate()[0]
                    text = raw if plain else decoder.decode(raw, final=not pending)
                    if not plain and name not in UTF8:
                        raw = str(text).encode()
                    if first:
                        raw = raw.removeprefix(codecs.BOM_UTF8)
                    first = False
                    yield raw
        except (UnicodeError, EOFError, gzip.BadGzipFile, zlib.error):
            utf8_bytes(self.path, self.encoding)
            raise

    def _open(self) -> IO[bytes]:
        return gzip.open(self.path) if self.path.suffix.lower() == ".gz" else self.path.open("rb")  # type: ignore[return-value]

    def _end_of_records(self, text: bytes) -> int:
        """Where the last whole record of a text ends that begins with a record."""
        if QUOTE not in text:
            return text.rfind(b"\n") + 1 or text.rfind(b"\r", 0, len(text) - 1) + 1
        codes = np.frombuffer(text, np.uint8)
        quotes = np.flatnonzero(codes == QUOTE)
        opening = quotes[::2]
        opening = opening[opening > 0]
        ends = np.flatnonzero(codes == LINE_FEED)
        if not len(ends):
            ends = np.flatnonzero(codes[:-1] == RETURN)
        if not np.isin(codes[opening - 1], self.before_quotes).all():
            self.stray = True
            quotes = np.array([place for field in self.quoted.finditer(text) for place in field.span()])
        outside = ends[np.searchsorted(quotes, ends, side="right") % 2 == 0]
        return int(outside[-1]) + 1 if len(outside) else 0

    def _counted(self, text: bytes) -> bytes:
        self.quotes += text.count(b'"')
        return text


def quoted_fields(separator: str) -> re.Pattern[bytes]:
    """What matches each quoted field of a text that begins with a record; one that is not closed runs to the end."""
    return re.compile(rf'(?:\A|(?<=[{re.escape(separator)}\n\r]))"[^"]*(?:""[^"]*)*"?'.encode())


def cut_header(piece: bytes, separator: str) -> tuple[bytes, bytes]:
    """The first record of a piece that is no blank line, and what follows it."""
    text = piece.lstrip(b"\r\n")
    fields = quoted_fields(separator).finditer(text)
    quoted, end = next(fields, None), 0
    while True:
        ends = [place for mark in (b"\n", b"\r") if (place := text.find(mark, end)) >= 0]
        if not ends:
            return text, b""
        while quoted is not None and quoted.end() <= min(ends):
            quoted = next(fields, None)
        if quoted is None or min(ends) < quoted.start():
            return text[: min(ends) + 1], text[min(ends) + 1 :]
        end = quoted.end()
