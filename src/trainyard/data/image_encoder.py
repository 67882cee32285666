"""From raw images, as arrays or as columns of a table, to a network's input; the same when preparing and predicting."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from trainyard.data.layout import like
from trainyard.data.pixels import WHOLE_IMAGE, PixelScale, Shape, pixel_names, raw_columns
from trainyard.data.table import missing_columns, table_from
from trainyard.data.values import WrongValueError, read_numbers, wrong_value, wrong_values
from trainyard.errors import DataError


@dataclass(frozen=True)
class ImageEncoder:
    """Images of one shape, each channel centered and scaled; a pixel that is missing in a table counts as the mean.

    `low` and `high` are the least and the greatest value of a training image, `type` what the values are in MLflow's
    words (long or double), `dtype` that of the network's input.
    """

    shape: Shape
    center: tuple[float, ...]
    scale: tuple[float, ...]
    low: float
    high: float
    type: str
    dtype: str
    kind: ClassVar[str] = "image"
    category_sizes: ClassVar[tuple[int, ...]] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The raw columns of a table of images."""
        return tuple(column["name"] for column in raw_columns(self.to_dict()))

    @cached_property
    def pixel_scale(self) -> PixelScale:
        center, scale = (np.array(values, self.dtype).reshape(-1, 1, 1) for values in (self.center, self.scale))
        return PixelScale(center, scale)

    def encode(self, rows: Any) -> tuple[np.ndarray, np.ndarray]:
        """x (N, F), F pixels, and codes (N, 0) int32, of images in any of the forms that data.layout.like takes.

        A table has a column per pixel, or the column `image` with nested lists. Raises DataError.
        """
        images = self.images_of(rows)
        x = self.pixel_scale(images).reshape(len(images), math.prod(self.shape))
        return x, np.empty((len(x), 0), np.int32)

    def images_of(self, rows: Any) -> np.ndarray:
        """The raw images (N, channels, height, width)."""
        if isinstance(rows, list | tuple) and rows:
            whole = all(isinstance(row, Mapping) and WHOLE_IMAGE in row for row in rows)
            if whole or not isinstance(rows[0], Mapping):
                rows = stacked([row[WHOLE_IMAGE] for row in rows] if whole else rows)
        if hasattr(rows, "__array__") and hasattr(rows, "ndim") and not hasattr(rows, "columns"):
            return self.checked(like(np.asarray(rows), self.shape))
        table = table_from(rows, self.names)
        if WHOLE_IMAGE in table.column_names:
            return self.checked(like(stacked(table[WHOLE_IMAGE].to_pylist(), self.shape), self.shape))
        return self.from_columns(table)

    def from_columns(self, table: pa.Table) -> np.ndarray:
        names = pixel_names(self.shape)
        faults = missing_columns(names, table.column_names)
        if len(faults) > 1 and len(names) > len(self.names):
            faults = [f"There is no column {WHOLE_IMAGE}, nor one for each of the {len(names)} pixels."]
        pixels = np.empty((len(names), table.num_rows))
        for place, name in enumerate(names):
            if table.column_names.count(name) == 1:
                try:
                    pixels[place] = read_numbers(table[name])
                except WrongValueError as wrong:
                    faults.append(wrong_value(name, wrong, f"row {wrong.row + 1}"))
        if faults:
            raise DataError(faults)
        mean = np.repeat(self.center, len(names) // self.shape[0])[:, np.newaxis]
        return np.where(np.isnan(pixels), mean, pixels).T.reshape(-1, *self.shape)

    def wrong_rows(self, table: pa.Table) -> dict[int, list[str]]:
        """What is wrong with each row that `encode` refuses, by its number from 0; the table has all of the columns."""
        found: dict[int, list[str]] = {}
        if WHOLE_IMAGE in table.column_names:
            for row in range(table.num_rows):
                try:
                    self.images_of(table.slice(row, 1))
                except DataError as error:
                    found[row] = list(error.faults)
            return found
        for name in pixel_names(self.shape):
            for row, value, expected in wrong_values(table[name], read_numbers):
                found.setdefault(row, []).append(f"Column {name} holds {value!r}, which is not {expected}.")
        return found

    def checked(self, images: np.ndarray) -> np.ndarray:
        """Raise DataError for values that are no finite numbers, or of another range than those of training."""
        if images.dtype.kind not in "buif":
            raise DataError(f"Images hold numbers, but these are of the kind {images.dtype}.")
        if images.dtype.kind != "f" or not images.size:
            return images
        if not np.isfinite(images).all():
            raise DataError("The images hold values that are no finite numbers.")
        fractions = images.min() >= 0 and images.max() <= 1 and np.any(images != np.floor(images))
        if fractions and self.type == "long" and self.high > 1:
            raise DataError("The images hold values between 0 and 1, but the model was trained on whole numbers of "
                            f"{self.low:g} to {self.high:g}. Give them as they came from their files.")  # fmt: skip
        return images

    def to_dict(self) -> dict[str, Any]:
        """JSON values from which `from_dict` makes an equal encoder; the same fields as those of a table's."""
        image = {
            "kind": self.kind, "name": WHOLE_IMAGE, "type": self.type, "shape": list(self.shape),
            "center": list(self.center), "scale": list(self.scale), "low": self.low, "high": self.high,
        }  # fmt: skip
        return {"version": 1, "dtype": self.dtype, "features": [], "embedded": [], "columns": [image]}

    @classmethod
    def from_dict(cls, preprocessing: Mapping[str, Any]) -> "ImageEncoder":
        """The encoder that `to_dict` described, which may have been through JSON."""
        image = preprocessing["columns"][0]
        return cls(tuple(image["shape"]), tuple(image["center"]), tuple(image["scale"]), image["low"], image["high"],
                   image["type"], preprocessing["dtype"])  # fmt: skip


def stacked(images: list[Any] | tuple[Any, ...], shape: Shape | None = None) -> np.ndarray:
    """Images of one shape as one array; an empty list as none of `shape`."""
    if not images:
        return np.empty((0, *(shape or ())))
    try:
        return np.stack([np.asarray(image) for image in images])
    except ValueError:
        shapes = {np.asarray(image, dtype=object).shape for image in images}
        raise DataError(f"The images have different shapes: {', '.join(map(str, sorted(shapes)[:3]))}.") from None
