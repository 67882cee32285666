"""The rows of one part on the device that trains, or mapped from the files of the cache."""

import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from trainyard.data.ahead import PagesAhead
from trainyard.data.pixels import PixelScale
from trainyard.data.prepared import Part

PIECE_BYTES = 1 << 18  # of rows that are scaled or cast on the CPU at once, while they are in its cache
DEVICE_PIECE_BYTES = 1 << 26  # the same on a GPU, which is slow at small pieces


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
    need of it are cast to `dtype`, where it is given. Mapped rows of a file that is larger than the memory are asked
    for `ahead`.
    """

    def __init__(
        self, part: Part, device: torch.device, image_shape: tuple[int, ...] | None = None, *, resident: bool = True,
        scale: PixelScale | None = None, scaled: bool = True, dtype: torch.dtype | None = None,
        ahead: bool = False,
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
        self.ahead = PagesAhead.of(part.x) if ahead and not resident else None

    def __len__(self) -> int:
        return self.y.shape[0]

    def float_bytes(self) -> list[int]:
        """Return the bytes of a row in each tensor of a minibatch whose floats kernels sum over."""
        scaled = self.x[:0] if self.scale is None else self.x[:0].to(self.scale.center.dtype)
        tensors = [tensor for tensor in (scaled, self.y, self.weight) if tensor is not None]
        return [tensor.shape[1:].numel() * tensor.element_size() for tensor in tensors if tensor.is_floating_point()]

    def will_take(self, index: Tensor) -> None:
        """Have the rows of `index` (B,) int64 read from the disk meanwhile, where they do not fit in memory."""
        if self.ahead is not None:
            self.ahead.ask(index.cpu().numpy())

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
        size = PIECE_BYTES if self.device.type == "cpu" else DEVICE_PIECE_BYTES
        rows = max(1, size // max(1, 4 * source.shape[1:].numel()))
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
    scale: PixelScale | None = None, dtype: torch.dtype | None = None, memory_bytes: float = float("inf"),
) -> Rows:  # fmt: skip
    """Return the rows of a part on `device` where they take at most `resident_bytes`, else over the memory map.

    `scale` turns images of bytes into numbers (data.pixels.pixel_scale). Those on the device have `dtype` if given.
    Rows that take more than the `memory_bytes` that are free are asked for ahead.
    """
    arrays = (part.x, part.codes, part.y) if part.weight is None else (part.x, part.codes, part.y, part.weight)
    size = sum(array.nbytes for array in arrays)
    larger = 0 if scale is None else part.x.size * scale.center.itemsize
    return Rows(part, device, image_shape, resident=size <= resident_bytes, scale=scale,
                scaled=size + larger <= resident_bytes, dtype=dtype, ahead=size > memory_bytes)  # fmt: skip


class _DeviceScale:
    """A PixelScale on a device: the same numbers as there, bit for bit."""

    def __init__(self, scale: PixelScale, device: torch.device):
        self.center, self.divisor = (torch.from_numpy(array).to(device) for array in (scale.center, scale.scale))

    def __call__(self, images: Tensor) -> Tensor:
        """Return images (B, channels, height, width) of any dtype as the network sees them, in memory of their own."""
        return images.to(self.center.dtype, copy=True).sub_(self.center).div_(self.divisor)
