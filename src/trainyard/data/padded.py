"""Whole numbers written with leading zeros, such as 00501: codes and labels, which are others without their zeros."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainyard.data.text_kinds import together

PADDED = r"^\s*0\d+\s*$"
BLOCK = 1 << 22  # bytes that are looked at together


def is_padded(column: pa.ChunkedArray | pa.Array) -> bool:
    """Whether a column of texts holds one of digits alone that begins with a zero; 0 itself and 0.5 do not."""
    return bool(pc.any(pc.match_substring_regex(column, PADDED)).as_py())


def keep_zeros(
    columns: list[pa.ChunkedArray], texts: Callable[[Sequence[int]], Iterable[list[pa.ChunkedArray]]]
) -> list[pa.ChunkedArray]:
    """Columns of a text table, those of whole numbers as texts where one number is written with leading zeros.

    `texts` reads columns, by their places, as texts: it gives those of one piece of the file after the other.
    """
    whole = [place for place, column in enumerate(columns) if pa.types.is_integer(column.type)]
    if not whole:
        return columns
    padded = {place for piece in texts(whole) for place, column in zip(whole, piece, strict=True) if is_padded(column)}
    if not padded:
        return columns
    places = sorted(padded)
    as_texts = dict(zip(places, zip(*texts(places), strict=True), strict=True))
    return [together(as_texts[place]) if place in padded else column for place, column in enumerate(columns)]


def may_hold_padded(text: bytes | pa.Buffer, separator: str) -> bool:
    """Whether a field of a text table begins with a zero before another digit; says yes too often, never no."""
    before = np.zeros(256, bool)
    before[[ord(mark) for mark in (separator, "\n", "\r", '"', " ", "\t")]] = True
    codes = np.frombuffer(text, np.uint8)
    if len(codes) > 1 and codes[0] == ord("0") and ord("0") <= codes[1] <= ord("9"):
        return True
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK + 2]
        zeros = np.flatnonzero(block[1:-1] == ord("0")) + 1
        digits = block[zeros + 1] - np.uint8(ord("0")) < 10
        if before[block[zeros[digits] - 1]].any():
            return True
    return False
