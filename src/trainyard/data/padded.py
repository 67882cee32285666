"""Whole numbers written with leading zeros, such as 00501: codes and labels, which are others without their zeros."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

PADDED = r"^\s*0\d+\s*$"
BLOCK = 1 << 22  # bytes that are looked at together


def is_padded(column: pa.ChunkedArray | pa.Array) -> bool:
    """Whether a column of texts holds one of digits alone that begins with a zero; 0 itself and 0.5 do not."""
    return bool(pc.any(pc.match_substring_regex(column, PADDED)).as_py())


def may_hold_padded(text: pa.Buffer, separator: str) -> bool:
    """Whether a field of a text table begins with a zero before another digit; says yes too often, never no."""
    before = np.zeros(256, bool)
    before[[ord(mark) for mark in (separator, "\n", "\r", '"', " ", "\t")]] = True
    codes = np.frombuffer(text, np.uint8)
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK + 2]
        zeros = np.flatnonzero(block[1:-1] == ord("0")) + 1
        digits = block[zeros + 1] - np.uint8(ord("0")) < 10
        if before[block[zeros[digits] - 1]].any():
            return True
    return False
