"""The images of train, val and test as one, where each part has its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainyard.data.pixels import PixelArray, Pixels, Shape
from trainyard.errors import DataError


@dataclass(frozen=True)
class PixelParts:
    """Arrays of images under one another, none of which is copied."""

    arrays: tuple[PixelArray, ...]
    dtype: np.dtype[Any]

    @property
    def shape(self) -> Shape:
        return self.arrays[0].shape

    def read(self, rows: np.ndarray) -> np.ndarray:
        """See Pixels."""
        images = np.empty((len(rows), *self.shape), self.dtype)
        start = 0
        for array in self.arrays:
            here = (rows >= start) & (rows < start + len(array.images))
            images[here] = array.images[rows[here] - start]
            start += len(array.images)
        return images


def joined_pixels(parts: Mapping[str, PixelArray], names: Mapping[str, str]) -> Pixels:
    """The images of all parts in order; `names` are what they are called in messages.

    Raises DataError where their shapes differ.
    """
    first = next(iter(parts))
    for part, array in parts.items():
        if array.shape != parts[first].shape:
            raise DataError(f"The images of {names[part]} are {sizes(array.shape)}, but those of {names[first]} are "
                            f"{sizes(parts[first].shape)}. Give them one size.")  # fmt: skip
    if len(parts) == 1:
        return parts[first]
    dtype = np.result_type(*(array.dtype for array in parts.values()))
    return PixelParts(tuple(parts.values()), np.dtype(dtype))


def sizes(shape: Shape) -> str:
    """A shape in words: "28 x 28" or "32 x 32 in 3 colors"."""
    channels, height, width = shape
    return f"{height} x {width}" + (f" in {channels} colors" if channels > 1 else "")
