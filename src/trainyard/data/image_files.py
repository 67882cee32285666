"""PNG and JPEG files as pixels of one size and one number of channels, read when they are asked for."""

import warnings
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from trainyard.data.pixel_parts import sizes
from trainyard.data.pixels import UINT8, Shape
from trainyard.errors import DataError

ENDINGS = (".png", ".jpg", ".jpeg")
GREY = ("1", "L", "LA", "I", "I;16", "I;16B", "F")  # Pillow's modes without colors
THREADS = 8
ORIENTATION = 0x0112  # the EXIF tag; 5 and above stand on their side


@dataclass(frozen=True)
class ImageFiles:
    """Images of one shape: upright by their EXIF tag, resized (bilinear, with antialiasing), 8 bits a channel.

    Transparency is left out. `notes` say what was decided.
    """

    paths: tuple[Path, ...]
    shape: Shape
    notes: tuple[str, ...] = ()
    dtype: ClassVar[np.dtype[Any]] = UINT8

    @classmethod
    def of(cls, paths: Sequence[Path], size: Sequence[int], channels: str) -> "ImageFiles":
        """`size` is [height, width], one number for a square, or empty where all images have one; `channels` is "1",
        "3" or "auto". Looks into the head of each file. Raises DataError for files that cannot be read.
        """
        heads = in_threads(read_head, paths)
        faults = [head for head in heads if isinstance(head, str)]
        if faults:
            more = f" {len(faults) - 1} more of {len(paths)} cannot be read." if len(faults) > 1 else ""
            raise DataError(f"{faults[0]}{more}")
        known = [head for head in heads if not isinstance(head, str)]
        colored = [path for path, (_, color) in zip(paths, known, strict=True) if color]
        count = int(channels) if channels != "auto" else 3 if colored else 1
        notes = []
        if channels == "auto" and 0 < len(colored) < len(paths):
            notes = [f"{len(paths) - len(colored)} of {len(paths)} images are grey, the others have colors; all are "
                     "read with 3 channels (dataset.channels)."]  # fmt: skip
        if size:
            return cls(tuple(paths), (count, size[0], size[-1]), tuple(notes))
        first = known[0][0]
        for path, (other, _) in zip(paths, known, strict=True):
            if other != first:
                raise DataError(f"{path} is {sizes((1, *other))} pixels, but {paths[0]} is {sizes((1, *first))}. Bring "
                                "them to one size with dataset.size, such as dataset.size=[64,64].")  # fmt: skip
        return cls(tuple(paths), (count, *first), tuple(notes))

    def read(self, rows: np.ndarray) -> np.ndarray:
        """See Pixels."""
        read = in_threads(self._read_one, [self.paths[row] for row in rows.tolist()])
        faults = [one for one in read if isinstance(one, str)]
        if faults:
            raise DataError(faults[0])
        return np.stack(read) if read else np.empty((0, *self.shape), self.dtype)

    def _read_one(self, path: Path) -> np.ndarray | str:
        channels, height, width = self.shape
        try:
            with Image.open(path) as image:
                upright = ImageOps.exif_transpose(image)
            pixels = in_eight_bits(upright).convert("L" if channels == 1 else "RGB")
        except (OSError, SyntaxError, ValueError, *BOMBS) as error:
            return unreadable(path, error)
        if pixels.size != (width, height):
            pixels = pixels.resize((width, height), Image.Resampling.BILINEAR)
        return np.asarray(pixels).reshape(height, width, channels).transpose(2, 0, 1)


BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def read_head(path: Path) -> tuple[tuple[int, int], bool] | str:
    """Height and width of an image that stands upright, and whether it has colors; or why it cannot be read."""
    try:
        with Image.open(path) as image:
            width, height = image.size
            if image.getexif().get(ORIENTATION, 1) >= 5:
                width, height = height, width
            return (height, width), image.mode not in GREY
    except (OSError, SyntaxError, ValueError, *BOMBS) as error:
        return unreadable(path, error)


def in_eight_bits(image: Image.Image) -> Image.Image:
    """An image whose values are 8 bits; of 16 the upper ones, where Pillow would cut all of them off at 255."""
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))
    return image


def unreadable(path: Path, error: BaseException) -> str:
    """The fault for a file that is no image, cut off or too large."""
    if path.stat().st_size == 0:
        return f"{path} is empty: 0 bytes. Copy it again, or remove it."
    if isinstance(error, UnidentifiedImageError):
        return f"{path} is no image that can be read. Save it as PNG or JPEG, or remove it."
    if isinstance(error, BOMBS):
        return f"{path} is larger than {Image.MAX_IMAGE_PIXELS:,} pixels. Make it smaller."
    return f"{path} cannot be read: {error}. Copy it again, or remove it."


def in_threads(function: Any, paths: Iterable[Path]) -> list[Any]:
    """What the function gives for each path, in their order; reading and decoding run side by side."""
    with warnings.catch_warnings(), ThreadPoolExecutor(THREADS) as threads:
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return list(threads.map(function, paths, chunksize=16))
