"""Images as arrays of pixels: how a source gives them, what their columns are called, and how a network sees them.

Imports numpy only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Shape = tuple[int, int, int]  # channels, height, width
MOST_NAMED = 1024  # pixels of an image up to which each is a column of its own in a table
UINT8: np.dtype[Any] = np.dtype(np.uint8)
WHOLE_IMAGE = "image"  # the column that holds larger images, one nested list each


class Pixels(Protocol):
    """The images of a source, all of one shape; uint8, or floats where they are no whole numbers of 0 to 255."""

    @property
    def shape(self) -> Shape: ...
    @property
    def dtype(self) -> np.dtype[Any]: ...

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return the images of `rows` (n,) as (n, channels, height, width). Raises DataError."""


@dataclass(frozen=True)
class PixelArray:
    """Images that lie in an array (N, channels, height, width), in memory or mapped from a file."""

    images: np.ndarray
    dtype: np.dtype[Any] = UINT8

    @property
    def shape(self) -> Shape:
        channels, height, width = self.images.shape[1:]
        return channels, height, width

    def read(self, rows: np.ndarray) -> np.ndarray:
        """See Pixels."""
        return np.ascontiguousarray(self.images[rows], dtype=self.dtype)


@dataclass(frozen=True)
class PixelScale:
    """Mean and deviation of each channel over the training images, in the dtype that the network computes in."""

    center: np.ndarray  # (channels, 1, 1)
    scale: np.ndarray

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Return images (n, channels, height, width) of any dtype as the network sees them."""
        scaled = images.astype(self.center.dtype)
        scaled -= self.center
        scaled /= self.scale
        return scaled


def pixel_scale(preprocessing: Mapping[str, Any]) -> PixelScale | None:
    """Return the scale of images, given the JSON of a preparation; None where it is one of a table."""
    image = image_column(preprocessing)
    if image is None:
        return None
    center, scale = (np.array(image[name], preprocessing["dtype"]).reshape(-1, 1, 1) for name in ("center", "scale"))
    return PixelScale(center, scale)


def image_column(preprocessing: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the description of the images, given the JSON of a preparation; None where it is one of a table."""
    columns = preprocessing.get("columns") or [{}]
    first: Mapping[str, Any] = columns[0]
    return first if first.get("kind") == "image" else None


def raw_columns(preprocessing: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return name and type, in MLflow's words, of the columns that a table of raw rows has."""
    image = image_column(preprocessing)
    if image is None:
        return [{"name": column["name"], "type": column["type"]} for column in preprocessing["columns"]]
    names = pixel_names(image["shape"])
    if len(names) > MOST_NAMED:
        return [{"name": WHOLE_IMAGE, "type": "array", "items": {"type": "double"}}]
    return [{"name": name, "type": image["type"]} for name in names]


def pixel_names(shape: Shape) -> list[str]:
    """Return the names of pixels in their order: pixel_<row>_<column>, in colors pixel_<channel>_<row>_<column>."""
    channels, height, width = shape
    places = [f"{row}_{column}" for row in range(height) for column in range(width)]
    if channels == 1:
        return [f"pixel_{place}" for place in places]
    return [f"pixel_{channel}_{place}" for channel in range(channels) for place in places]
