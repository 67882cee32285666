"""The records of a text table one by one, with their lines: exact and slow, for the header and for messages."""

import csv
import io
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import pyarrow as pa

LONGEST_FIELD = 2**31 - 1  # characters; the csv module's own limit is 131072


class Record(NamedTuple):
    line: int  # on which it begins, counted from 1
    fields: list[str]


def records(text: pa.Buffer, separator: str) -> Iterator[Record]:
    """The records that are not blank lines. `text` is UTF-8 without a byte order mark."""
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(text_lines(text), delimiter=separator)
    line = 1
    for fields in reader:
        if fields:
            yield Record(line, fields)
        line = reader.line_num + 1


def text_lines(text: pa.Buffer) -> Iterator[str]:
    return io.TextIOWrapper(pa.BufferReader(text), encoding="utf-8", newline="")


def unclosed_quote(text: pa.Buffer, separator: str) -> int | None:
    """The line of the record whose quote runs to the end of the file, None when every quote is closed."""
    last = deque(records(text, separator), maxlen=1)
    if not last:
        return None
    line = last[0].line
    rest = "".join(islice(text_lines(text), line - 1, None))
    ended = list(csv.reader(io.StringIO(rest + "\n,", newline=""), delimiter=separator))
    return line if len(ended) == 1 else None
