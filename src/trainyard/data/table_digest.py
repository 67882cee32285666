"""The digest of rows that lie in no file."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from trainyard.data.values import decoded, missing


def table_md5(table: pa.Table) -> str:
    """md5 over the names, types and values of the columns, the same on every machine: numbers as little-endian bytes,
    everything else as text in UTF-8 with a zero byte after each, and which values are missing."""
    digest = hashlib.md5(usedforsecurity=False)
    for name, column in zip(table.column_names, table.columns, strict=True):
        column = decoded(column)
        digest.update(f"{name}\0{column.type}\0{len(column)}\0".encode())
        absent = missing(column)
        if absent.any():
            digest.update(np.packbits(absent).tobytes())
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            add_numbers(digest, column.drop_null().to_numpy())
        else:
            digest.update("".join(f"{value}\0" for value in column.drop_null().to_pylist()).encode())
    return digest.hexdigest()


def arrays_md5(arrays: Sequence[np.ndarray]) -> str:
    """md5 over the shapes, kinds and values of arrays, the same on every machine."""
    digest = hashlib.md5(usedforsecurity=False)
    for array in arrays:
        digest.update(f"{array.shape}\0{array.dtype.kind}{array.dtype.itemsize}\0".encode())
        add_numbers(digest, array)
    return digest.hexdigest()


def add_numbers(digest: "hashlib._Hash", values: np.ndarray) -> None:
    """Take in values of any kind as little-endian bytes, in the order of their rows."""
    little = values.astype(values.dtype.newbyteorder("<"), copy=False)
    digest.update(np.ascontiguousarray(little).reshape(-1).view(np.uint8).data)
