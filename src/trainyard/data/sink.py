"""Where prepared arrays go, some rows at a time: into memory, or into the files of a cache entry."""

import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np

Shape = tuple[int, ...]


class Sink(Protocol):
    """Opens the arrays of a preparation by part ("train", "val", "test") and field ("x", "codes")."""

    def open(self, part: str, field: str, shape: Shape, dtype: Any) -> "Filling":
        """Return an array of this shape (N, ...) that waits for its rows."""


class Filling(Protocol):
    """An array that is being filled, in the order of its rows."""

    def append(self, rows: np.ndarray) -> None:
        """Take the next rows (n, ...)."""

    def close(self) -> np.ndarray:
        """Return the whole array; all of its rows must have come."""


@dataclass
class InMemory:
    """Keeps arrays in memory."""

    def open(self, part: str, field: str, shape: Shape, dtype: Any) -> "FillingMemory":
        """See Sink."""
        del part, field
        return FillingMemory(np.empty(shape, dtype))


@dataclass
class FillingMemory:
    array: np.ndarray
    filled: int = 0

    def append(self, rows: np.ndarray) -> None:
        self.array[self.filled : self.filled + len(rows)] = rows
        self.filled += len(rows)

    def close(self) -> np.ndarray:
        return self.array


@dataclass
class InFolder:
    """Writes `<part>_<field>.npy` into a folder and gives them back mapped: what was written takes no memory."""

    folder: Path

    def open(self, part: str, field: str, shape: Shape, dtype: Any) -> "FillingFile":
        """See Sink."""
        return FillingFile(self.folder / f"{part}_{field}.npy", shape, np.dtype(dtype))


@dataclass
class FillingFile:
    path: Path
    shape: Shape
    dtype: np.dtype[Any]
    file: IO[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.file = self.path.open("wb")
        header = {"descr": self.dtype.str, "fortran_order": False, "shape": self.shape}
        np.lib.format.write_array_header_1_0(self.file, header)

    def append(self, rows: np.ndarray) -> None:
        self.file.write(np.ascontiguousarray(rows, self.dtype).data)

    def close(self) -> np.ndarray:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        if math.prod(self.shape) == 0:
            return np.empty(self.shape, self.dtype)
        array: np.ndarray = np.load(self.path, mmap_mode="r", allow_pickle=False)
        return array
