"""Rows of a mapped file that are wanted soon, asked for before they are read: for files larger than the memory.

Left alone, the system reads one page at a time, waits for it, and reads its neighbors as well. Where rows come in no
order nobody wants these, and they drive out of memory what was read before. Asked ahead, a disk works at many pages at
once.
"""

import mmap
from typing import Protocol

import numpy as np

ADVICE = ("MADV_RANDOM", "MADV_WILLNEED")  # as the system's mmap has them, if at all


class Map(Protocol):
    """A file that is mapped into memory."""

    def madvise(self, option: int, start: int = ..., length: int = ...) -> None: ...


class PagesAhead:
    """The pages of an array whose rows lie one after the other in a mapped file, from the byte `offset` on."""

    def __init__(self, mapped: Map, offset: int, row_bytes: int, page: int = mmap.PAGESIZE):
        self.mapped, self.offset, self.row_bytes, self.page = mapped, offset, row_bytes, page
        mapped.madvise(mmap.MADV_RANDOM)

    @classmethod
    def of(cls, array: np.ndarray) -> "PagesAhead | None":
        """Return the pages of an array that np.load maps from a file; None for others, or where one cannot ask."""
        mapped = array.base
        offset = getattr(array, "offset", None)
        if not all(hasattr(mmap, name) for name in ADVICE) or not isinstance(mapped, mmap.mmap) or offset is None:
            return None
        return cls(mapped, offset % mmap.ALLOCATIONGRANULARITY, array.strides[0])

    def ask(self, rows: np.ndarray) -> None:
        """Ask for rows (n,) int64, and do not wait for them."""
        if not len(rows):
            return
        starts = self.offset + rows * self.row_bytes
        first, last = starts // self.page, (starts + self.row_bytes - 1) // self.page
        for begin, end in zip(*_joined(first, last), strict=True):
            self.mapped.madvise(mmap.MADV_WILLNEED, begin * self.page, (end - begin + 1) * self.page)


def _joined(first: np.ndarray, last: np.ndarray) -> tuple[list[int], list[int]]:
    """Return from which to which page to ask, those that touch as one, given the first and last page of each row."""
    order = np.argsort(first, kind="stable")
    first, last = first[order], np.maximum.accumulate(last[order])
    apart = first[1:] > last[:-1] + 1
    return first[np.append(True, apart)].tolist(), last[np.append(apart, True)].tolist()
