"""Texts that stand in a column of numbers and make all of it text."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from trainyard.data.padded import is_padded
from trainyard.data.values import NUMBER


@dataclass(frozen=True)
class Stray:
    """The first text in a column whose other values are numbers."""

    row: int  # counted from 0; Source.where names its place
    value: str
    count: int  # texts that are not numbers
    values: int  # values that are not missing


def first_stray(column: pa.ChunkedArray, at_most: float = 0.5) -> Stray | None:
    """The first value of a text column that is not a number, when at most that part of its values are not numbers.

    None for columns of other kinds, columns of numbers only, columns that are text for the most part, and those with a
    number that has leading zeros, which are codes.
    """
    if not pa.types.is_string(column.type) or is_padded(column):
        return None
    texts = pc.invert(pc.match_substring_regex(column, NUMBER))  # null where missing
    count = pc.sum(texts).as_py() or 0
    values = len(column) - column.null_count
    if not count or count > at_most * values:
        return None
    row = pc.index(texts, pa.scalar(True)).as_py()
    return Stray(row, column[row].as_py(), count, values)
