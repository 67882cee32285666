"""Minibatches of one part, gathered on the device in an order that is a pure function of (seed, epoch)."""

import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from trainyard.config.seeds import stream_seed
from trainyard.data.prepared import Part

GATHERED = 16  # minibatches gathered at once: fewer calls, and still in the cache when they are used
ALIGNED_ROWS = 16  # rows of any 4-byte width that fill whole cache lines of 64 bytes


class Minibatch(NamedTuple):
    """Rows of one step. x (B, F) or (B, channels, height, width); codes (B, C) int64 or None; weight (B,) or None.

    y is (B,) int64 classes, or (B, T) standardised targets in the dtype of x.
    """

    x: Tensor
    codes: Tensor | None
    y: Tensor
    weight: Tensor | None

    @property
    def rows(self) -> int:
        """Number of rows, B."""
        return self.y.shape[0]


class Rows:
    """The rows of a part, to be gathered on the device that trains.

    Resident rows lie on the device as tensors. Others stay in the memory-mapped files of the cache, which the system
    reads as they are asked for, and only what was gathered goes to the device; for data larger than memory.
    """

    def __init__(
        self, part: Part, device: torch.device, image_shape: tuple[int, ...] | None = None, *, resident: bool = True
    ):
        self.device, self.resident = device, resident
        x = self._tensor(part.x)
        self.x = x if image_shape is None else x.view(-1, *image_shape)
        self.codes = self._tensor(part.codes) if part.codes.shape[1] else None
        if self.codes is not None and resident:
            self.codes = self.codes.long()
        self.y = self._tensor(part.y)
        self.weight = None if part.weight is None else self._tensor(part.weight)

    def __len__(self) -> int:
        return self.y.shape[0]

    def take(self, index: Tensor) -> Minibatch:
        """Return the rows of `index` (B,) int64, in its order, in memory of their own."""
        return self._minibatch(lambda tensor: tensor.index_select(0, index))

    def slice(self, start: int, stop: int) -> Minibatch:
        """Return rows start to stop."""
        return self._minibatch(lambda tensor: tensor[start:stop])

    def _minibatch(self, read: Callable[[Tensor], Tensor]) -> Minibatch:
        x, y = read(self.x), read(self.y)
        codes = None if self.codes is None else read(self.codes)
        weight = None if self.weight is None else read(self.weight)
        if self.resident:
            return Minibatch(x, codes, y, weight)
        return Minibatch(
            x.to(self.device),
            None if codes is None else codes.to(self.device).long(),
            y.to(self.device),
            None if weight is None else weight.to(self.device),
        )

    def _tensor(self, array: np.ndarray) -> Tensor:
        if self.resident:
            return torch.from_numpy(np.array(array)).to(self.device)
        with warnings.catch_warnings():  # torch fears writes to the read-only map; nothing here writes
            warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
            return torch.from_numpy(np.asarray(array))


def open_rows(
    part: Part, device: torch.device, *, image_shape: tuple[int, int, int] | None, resident_bytes: int
) -> Rows:
    """Return the rows of a part on `device` where they take at most `resident_bytes`, else over the memory map."""
    arrays = (part.x, part.codes, part.y) if part.weight is None else (part.x, part.codes, part.y, part.weight)
    fits = sum(array.nbytes for array in arrays) <= resident_bytes
    return Rows(part, device, image_shape, resident=fits)


def minibatch_count(rows: int, batch_size: int, limit: int | None = None) -> int:
    """Return the number of minibatches that `rows` are cut into, at most `limit`."""
    count, remainder = divmod(rows, batch_size)
    if remainder > 1 or (remainder == 1 and (count == 0 or batch_size == 1)):
        count += 1
    return count if limit is None else min(count, limit)


class Minibatches:
    """The training rows, cut into minibatches anew each epoch.

    The last minibatch takes the remainder; a remainder of a single row joins the one before, since batch
    normalization has no variance of one row. `limit` keeps the first minibatches of each epoch.
    """

    def __init__(self, rows: Rows, batch_size: int, seed: int, *, limit: int | None = None):
        self.rows, self.batch_size, self.seed, self.limit = rows, batch_size, seed, limit
        self._order: tuple[int, Tensor] = (-1, torch.empty(0, dtype=torch.int64))

    def __len__(self) -> int:
        return minibatch_count(len(self.rows), self.batch_size, self.limit)

    def sizes(self) -> list[int]:
        """Return the rows of each minibatch of an epoch."""
        count = minibatch_count(len(self.rows), self.batch_size)
        sizes = [*[self.batch_size] * (count - 1), len(self.rows) - (count - 1) * self.batch_size]
        return sizes[: self.limit]

    def order(self, epoch: int) -> Tensor:
        """Return the row numbers of an epoch, int64 where the rows lie."""
        if self._order[0] != epoch:
            self._order = epoch, row_order(len(self.rows), self.seed, epoch).to(self.rows.y.device)
        return self._order[1]

    def read(self, epoch: int, start: int = 0, stop: int | None = None) -> Iterator[Minibatch]:
        """Yield minibatches start to stop of an epoch.

        Several are gathered at once and handed out as views where each of them begins on a cache line; else each into
        memory of its own. Kernels sum in another order on another alignment, and the results would depend on where
        reading began.
        """
        order, sizes = self.order(epoch), self.sizes()[start:stop]
        together = GATHERED if self.batch_size % ALIGNED_ROWS == 0 else 1
        position = start * self.batch_size
        for first in range(0, len(sizes), together):
            cut = sizes[first : first + together]
            gathered = self.rows.take(order[position : position + sum(cut)])
            position += sum(cut)
            yield from _split(gathered, cut)


def _split(gathered: Minibatch, sizes: list[int]) -> Iterator[Minibatch]:
    if len(sizes) == 1:
        yield gathered
        return
    nothing = [None] * len(sizes)
    parts = [nothing if tensor is None else torch.split(tensor, sizes) for tensor in gathered]
    yield from map(Minibatch, *parts)


def row_order(rows: int, seed: int, epoch: int) -> Tensor:
    """Return the order of the rows in an epoch, a permutation (rows,) int64 on the CPU."""
    return torch.randperm(rows, generator=torch.Generator().manual_seed(stream_seed(seed, "order", epoch)))
