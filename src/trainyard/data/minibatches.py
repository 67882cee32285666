"""Minibatches of one part, gathered on the device in an order that is a pure function of (seed, epoch)."""

import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from trainyard.config.seeds import stream_seed
from trainyard.data.pixels import PixelScale
from trainyard.data.prepared import Part

GATHERED = 16  # minibatches gathered at once: fewer calls, and still in the cache when they are used
GATHERED_BYTES = 1 << 25  # of these at most, where rows are large
LINE = 64  # bytes of a cache line
PIECE_BYTES = 1 << 18  # of rows that are scaled or cast on the CPU at once, while they are in its cache


class Minibatch(NamedTuple):
    """Rows of one step. x (B, F) or (B, channels, height, width); codes (B, C) int64 or None; weight (B,) or None.

    y is (B,) int64 classes, or (B, T) standardised targets in the dtype of x. Rows that are blended with others have
    the targets of those as y_other, which is as y, and count them by the share mix (B,) in the dtype of x.
    """

    x: Tensor
    codes: Tensor | None
    y: Tensor
    weight: Tensor | None
    y_other: Tensor | None = None
    mix: Tensor | None = None

    @property
    def rows(self) -> int:
        """Number of rows, B."""
        return self.y.shape[0]


class Rows:
    """The rows of a part, to be gathered on the device that trains.

    Resident rows lie on the device as tensors. Others stay in the memory-mapped files of the cache, which the system
    reads as they are asked for, and only what was gathered goes to the device; for data larger than memory.

    Images of bytes become numbers by their `scale`, at once where they are resident and `scaled`, else when they are
    gathered, which takes a quarter of the memory. The numbers are the same. Resident numbers that are scaled or not in
    need of it are cast to `dtype`, where it is given.
    """

    def __init__(
        self, part: Part, device: torch.device, image_shape: tuple[int, ...] | None = None, *, resident: bool = True,
        scale: PixelScale | None = None, scaled: bool = True, dtype: torch.dtype | None = None,
    ):  # fmt: skip
        self.device, self.resident = device, resident
        self.scale = None if scale is None else _DeviceScale(scale, device)
        if resident and scaled and (self.scale is not None or dtype is not None):
            self.x, self.scale = self._converted(part.x, image_shape, dtype), None
        else:
            x = self._tensor(part.x)
            self.x = x if image_shape is None else x.view(-1, *image_shape)
        self.codes = self._tensor(part.codes) if part.codes.shape[1] else None
        if self.codes is not None and resident:
            self.codes = self.codes.long()
        self.y = self._tensor(part.y)
        self.weight = None if part.weight is None else self._tensor(part.weight)

    def __len__(self) -> int:
        return self.y.shape[0]

    def float_bytes(self) -> list[int]:
        """Return the bytes of a row in each tensor of a minibatch whose floats kernels sum over."""
        scaled = self.x[:0] if self.scale is None else self.x[:0].to(self.scale.center.dtype)
        tensors = [tensor for tensor in (scaled, self.y, self.weight) if tensor is not None]
        return [tensor.shape[1:].numel() * tensor.element_size() for tensor in tensors if tensor.is_floating_point()]

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
        if not self.resident:
            x, y = x.to(self.device), y.to(self.device)
            codes = None if codes is None else codes.to(self.device).long()
            weight = None if weight is None else weight.to(self.device)
        return Minibatch(x if self.scale is None else self.scale(x), codes, y, weight)

    def _converted(self, array: np.ndarray, image_shape: tuple[int, ...] | None, dtype: torch.dtype | None) -> Tensor:
        """Return the numbers on the device, scaled and cast piece by piece."""
        source = _mapped(array) if image_shape is None else _mapped(array).view(-1, *image_shape)
        kept = dtype or (source.dtype if self.scale is None else self.scale.center.dtype)
        numbers = torch.empty(source.shape, dtype=kept, device=self.device)
        row_bytes = 4 * source.shape[1:].numel()
        rows = max(1, PIECE_BYTES // row_bytes if self.device.type == "cpu" else len(source))
        for start in range(0, len(source), rows):
            piece = source[start : start + rows].to(self.device)
            numbers[start : start + rows] = piece if self.scale is None else self.scale(piece)
        return numbers

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.array(array)).to(self.device) if self.resident else _mapped(array)


def _mapped(array: np.ndarray) -> Tensor:
    """Return a tensor over the memory of an array that may be read-only."""
    with warnings.catch_warnings():  # torch fears writes to the read-only map; nothing here writes
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(np.asarray(array))


def open_rows(
    part: Part, device: torch.device, *, image_shape: tuple[int, int, int] | None, resident_bytes: int,
    scale: PixelScale | None = None, dtype: torch.dtype | None = None,
) -> Rows:  # fmt: skip
    """Return the rows of a part on `device` where they take at most `resident_bytes`, else over the memory map.

    `scale` turns images of bytes into numbers (data.pixels.pixel_scale). Those on the device have `dtype` if given.
    """
    arrays = (part.x, part.codes, part.y) if part.weight is None else (part.x, part.codes, part.y, part.weight)
    size = sum(array.nbytes for array in arrays)
    larger = 0 if scale is None else part.x.size * scale.center.itemsize
    return Rows(part, device, image_shape, resident=size <= resident_bytes, scale=scale,
                scaled=size + larger <= resident_bytes, dtype=dtype)  # fmt: skip


class _DeviceScale:
    """A PixelScale on a device: the same numbers as there, bit for bit."""

    def __init__(self, scale: PixelScale, device: torch.device):
        self.center, self.divisor = (torch.from_numpy(array).to(device) for array in (scale.center, scale.scale))

    def __call__(self, images: Tensor) -> Tensor:
        """Return images (B, channels, height, width) of any dtype as the network sees them, in memory of their own."""
        return images.to(self.center.dtype, copy=True).sub_(self.center).div_(self.divisor)


def minibatch_count(rows: int, batch_size: int, limit: int | None = None) -> int:
    """Return the number of minibatches that `rows` are cut into, at most `limit`."""
    count, remainder = divmod(rows, batch_size)
    if remainder > 1 or (remainder == 1 and (count == 0 or batch_size == 1)):
        count += 1
    return count if limit is None else min(count, limit)


def minibatch_sizes(rows: int, batch_size: int) -> list[int]:
    """Return the rows of each minibatch that `rows` are cut into."""
    count = minibatch_count(rows, batch_size)
    return [*[batch_size] * (count - 1), rows - (count - 1) * batch_size]


class Minibatches:
    """The training rows, cut into minibatches anew each epoch.

    The last minibatch takes the remainder; a remainder of a single row joins the one before, since batch
    normalization has no variance of one row. `limit` keeps the first minibatches of each epoch. `augment` changes
    gathered rows, given their numbers (B,) and the epoch.
    """

    def __init__(
        self, rows: Rows, batch_size: int, seed: int, *, limit: int | None = None,
        augment: Callable[[Minibatch, Tensor, int], Minibatch] | None = None,
    ):  # fmt: skip
        self.rows, self.batch_size, self.seed, self.limit, self.augment = rows, batch_size, seed, limit, augment
        self._order: tuple[int, Tensor] = (-1, torch.empty(0, dtype=torch.int64))
        self._count = minibatch_count(len(rows), batch_size, limit)

    def __len__(self) -> int:
        return self._count

    def sizes(self) -> list[int]:
        """Return the rows of each minibatch of an epoch."""
        return minibatch_sizes(len(self.rows), self.batch_size)[: self.limit]

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
        together = self.gathered_at_once()
        position = start * self.batch_size
        for first in range(0, len(sizes), together):
            cut = sizes[first : first + together]
            index = order[position : position + sum(cut)]
            gathered = self.rows.take(index)
            if self.augment is not None:
                gathered = self.augment(gathered, index, epoch)
            position += sum(cut)
            yield from _split(gathered, cut)

    def gathered_at_once(self) -> int:
        """Return how many minibatches are gathered together."""
        row_bytes = 4 * self.rows.x[:1].numel()
        most = max(1, min(GATHERED, GATHERED_BYTES // (self.batch_size * row_bytes)))
        return most if all(self.batch_size * size % LINE == 0 for size in self.rows.float_bytes()) else 1


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
