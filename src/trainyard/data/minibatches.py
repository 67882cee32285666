"""Minibatches of one part, gathered on the device in an order that is a pure function of (seed, epoch)."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from trainyard.config.seeds import stream_seed
from trainyard.data.prepared import Part


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


class ResidentRows:
    """All rows of a part as tensors on the device."""

    def __init__(self, part: Part, device: torch.device, image_shape: tuple[int, int, int] | None = None):
        self.x = _tensor(part.x, device)
        if image_shape is not None:
            self.x = self.x.view(-1, *image_shape)
        self.codes = _tensor(part.codes, device).long() if part.codes.shape[1] else None
        self.y = _tensor(part.y, device)
        self.weight = None if part.weight is None else _tensor(part.weight, device).to(self.x.dtype)

    def __len__(self) -> int:
        return self.y.shape[0]

    def take(self, index: Tensor) -> Minibatch:
        """Return the rows of `index` (B,) int64, in its order."""
        return Minibatch(
            self.x.index_select(0, index),
            None if self.codes is None else self.codes.index_select(0, index),
            self.y.index_select(0, index),
            None if self.weight is None else self.weight.index_select(0, index),
        )

    def slice(self, start: int, stop: int) -> Minibatch:
        """Return rows start to stop, as views."""
        return Minibatch(
            self.x[start:stop],
            None if self.codes is None else self.codes[start:stop],
            self.y[start:stop],
            None if self.weight is None else self.weight[start:stop],
        )


class MappedRows:
    """Rows that stay in the memory-mapped cache and are gathered for each minibatch; for data larger than memory."""

    def __init__(self, part: Part, device: torch.device, image_shape: tuple[int, int, int] | None = None):
        self.part, self.device, self.image_shape = part, device, image_shape

    def __len__(self) -> int:
        return self.part.y.shape[0]

    def take(self, index: Tensor) -> Minibatch:
        """Return the rows of `index` (B,) int64, in its order; they are read in the order of the file."""
        ordered, position = torch.sort(index)
        inverse = torch.empty_like(position)
        inverse[position] = torch.arange(len(position))
        rows, back = ordered.numpy(), inverse.numpy()
        return self._minibatch(lambda array: array[rows][back])

    def slice(self, start: int, stop: int) -> Minibatch:
        """Return rows start to stop."""
        return self._minibatch(lambda array: array[start:stop])

    def _minibatch(self, read) -> Minibatch:  # type: ignore[no-untyped-def]  # a lambda over any array
        part = self.part
        x = _tensor(read(part.x), self.device)
        return Minibatch(
            x if self.image_shape is None else x.view(-1, *self.image_shape),
            _tensor(read(part.codes), self.device).long() if part.codes.shape[1] else None,
            _tensor(read(part.y), self.device),
            None if part.weight is None else _tensor(read(part.weight), self.device).to(x.dtype),
        )


Rows = ResidentRows | MappedRows


def open_rows(
    part: Part, device: torch.device, *, image_shape: tuple[int, int, int] | None, resident_bytes: int
) -> Rows:
    """Return the rows of a part on `device` where they take at most `resident_bytes`, else over the memory map."""
    arrays = (part.x, part.codes, part.y) if part.weight is None else (part.x, part.codes, part.y, part.weight)
    fits = sum(array.nbytes for array in arrays) <= resident_bytes
    return (ResidentRows if fits else MappedRows)(part, device, image_shape)


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
        self._order: tuple[int, list[Tensor]] = (-1, [])

    def __len__(self) -> int:
        return minibatch_count(len(self.rows), self.batch_size, self.limit)

    def indices(self, epoch: int) -> list[Tensor]:
        """Return the row numbers of each minibatch of an epoch, int64 on the rows' device."""
        if self._order[0] != epoch:
            order = row_order(len(self.rows), self.seed, epoch)
            if isinstance(self.rows, ResidentRows):
                order = order.to(self.rows.y.device)
            self._order = epoch, list(order.split(self._sizes()))[: self.limit]
        return self._order[1]

    def _sizes(self) -> list[int]:
        count = minibatch_count(len(self.rows), self.batch_size)
        return [*[self.batch_size] * (count - 1), len(self.rows) - (count - 1) * self.batch_size]

    def read(self, epoch: int, start: int = 0, stop: int | None = None) -> Iterator[Minibatch]:
        """Yield minibatches start to stop of an epoch, each gathered into memory of its own.

        Memory of its own keeps a minibatch aligned alike whatever stands before it: kernels sum in another order on
        another alignment, and results would depend on where reading began.
        """
        for index in self.indices(epoch)[start:stop]:
            yield self.rows.take(index)


def row_order(rows: int, seed: int, epoch: int) -> Tensor:
    """Return the order of the rows in an epoch, a permutation (rows,) int64 on the CPU."""
    return torch.randperm(rows, generator=torch.Generator().manual_seed(stream_seed(seed, "order", epoch)))


def _tensor(array: np.ndarray, device: torch.device) -> Tensor:  # type: ignore[type-arg]  # any dtype
    return torch.from_numpy(np.array(array)).to(device)
