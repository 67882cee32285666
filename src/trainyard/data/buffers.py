"""Between Python's and numpy's values and Arrow's, by their buffers.

pyarrow's own conversions do more, and import pandas for it, which a process that predicts a row has no use for. What
is read here is what they give, for the plain kinds.
"""

from collections.abc import Iterable, Sequence
from types import NoneType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

LONGEST = 2**31 - 1  # bytes of all texts of an array
DTYPES = {float: np.float64, int: np.int64, bool: np.bool_}
BLANK: dict[type, Any] = {float: np.nan, int: 0, bool: False, str: ""}  # what stands where a value is missing


def plain_array(values: Any) -> pa.Array | None:
    """Return what pa.array(values, from_pandas=True) gives of values without a type of their own kind, else None.

    These are lists of numbers, of flags or of texts, with None for what is missing, and arrays (N,) of numbers and
    flags; NaN is missing. Raises UnicodeEncodeError for a text that is none.
    """
    if type(values) in (np.ndarray, np.memmap):  # no others, such as arrays with a mask
        plain = values.ndim == 1 and values.dtype.isnative and values.dtype.kind in "iufb" and values.itemsize <= 8
        return number_array(values) if plain else None
    if not isinstance(values, list | tuple):
        return None
    kinds = set(map(type, values)) - {NoneType}
    if not kinds:
        return pa.nulls(len(values))
    kind = kinds.pop()
    if kinds or kind not in BLANK:
        return None
    present = np.fromiter((value is not None for value in values), bool, len(values))
    filled = [BLANK[kind] if value is None else value for value in values]
    try:
        return text_array(filled, present) if kind is str else number_array(np.array(filled, DTYPES[kind]), present)
    except OverflowError:
        return None


def number_array(values: np.ndarray, present: np.ndarray | None = None) -> pa.Array:
    """Return numbers or flags (N,) as an array, null where they are NaN, or flags or whole numbers not `present`."""
    if values.dtype.kind == "f":
        present = ~np.isnan(values)
    if present is not None and present.all():
        present = None
    data = _bits(values) if values.dtype.kind == "b" else pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [_bits(present), data])


def text_array(texts: Iterable[str], present: np.ndarray | None = None) -> pa.Array:
    """Return texts (N,), null where they are not `present` (N,). Raises OverflowError for more than 2 GiB."""
    parts = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, parts)])
    if ends[-1] > LONGEST:
        raise OverflowError(f"the texts have {ends[-1]} bytes")
    buffers = [_bits(present), pa.py_buffer(ends.astype(np.int32)), pa.py_buffer(b"".join(parts))]
    return pa.Array.from_buffers(pa.string(), len(parts), buffers)


def unpacked(column: pa.ChunkedArray | pa.Array, dtype: type, null: Any) -> np.ndarray:
    """Return the values (N,) of a column whose type is that of `dtype`, with `null` where there are none."""
    chunks: Sequence[pa.Array] = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    parts = [_of_chunk(chunk, np.dtype(dtype), null) for chunk in chunks]
    return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, dtype), *parts])


def _bits(flags: np.ndarray | None) -> pa.Buffer | None:
    return None if flags is None else pa.py_buffer(np.packbits(flags, bitorder="little"))


def _of_chunk(chunk: pa.Array, dtype: np.dtype, null: Any) -> np.ndarray:
    if not len(chunk):
        return np.empty(0, dtype)
    values = np.frombuffer(chunk.buffers()[1], dtype, len(chunk), chunk.offset * dtype.itemsize)
    if not chunk.null_count:
        return values
    present = pc.cast(pc.is_valid(chunk), pa.uint8())
    return np.where(_of_chunk(present, np.dtype(bool), None), values, dtype.type(null))
