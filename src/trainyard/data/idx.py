"""Files in the IDX format, that of MNIST (LeCun, Cortes and Burges, 1998): a header, then numbers, big-endian."""

import math
import struct
from pathlib import Path
from typing import Any

import numpy as np

from trainyard.data.decode import unzipped
from trainyard.errors import DataError

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAGIC = 4  # bytes: two zeros, the kind of the numbers, the number of dimensions


def read_idx(path: Path) -> np.ndarray:
    """The array in an IDX file, plain (mapped, read-only) or .gz (in memory). Raises DataError."""
    data = raw_bytes(path)
    dtype, shape = header(path, data)
    start, size = MAGIC + 4 * len(shape), math.prod(shape) * dtype.itemsize
    if len(data) - start != size:
        how = "is cut off" if len(data) - start < size else "is longer than its header says"
        promised = " x ".join(str(length) for length in shape)
        raise DataError(f"{path.name} {how}: {promised} values of {dtype.itemsize} bytes are {start + size:,} bytes "
                        f"with the header, but it has {len(data):,}. Copy it again ({path}).")  # fmt: skip
    return data[start:].view(dtype).reshape(shape)


def raw_bytes(path: Path) -> np.ndarray:
    """(bytes,) uint8, what a file holds."""
    if path.suffix.lower() == ".gz":
        return np.frombuffer(unzipped(path), np.uint8)
    return np.memmap(path, np.uint8, "r") if path.stat().st_size else np.empty(0, np.uint8)


def header(path: Path, data: np.ndarray) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """Kind of the numbers and length of each dimension."""
    magic = data[:MAGIC].tobytes()
    dtype = DTYPES.get(magic[2]) if len(magic) == MAGIC and magic[:2] == b"\0\0" else None
    if dtype is None or magic[3] == 0:
        zipped = " It is a gzip file; name it .gz." if magic[:2] == b"\x1f\x8b" else ""
        begins = magic.hex() or "nothing"
        raise DataError(f"{path.name} is no IDX file: it begins with {begins}, not with 0000, a kind of number and the "
                        f"number of dimensions.{zipped} ({path})")  # fmt: skip
    lengths = data[MAGIC : MAGIC + 4 * magic[3]].tobytes()
    if len(lengths) < 4 * magic[3]:
        raise DataError(f"{path.name} is cut off within its header. Copy it again ({path}).")
    return np.dtype(dtype), struct.unpack(f">{magic[3]}I", lengths)
