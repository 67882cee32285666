"""From the raw images of a source to the arrays that are trained on: pixels as they are, and how to scale them."""

import hashlib
from collections.abc import Iterator

import numpy as np

from trainyard.config.schema.dataset_keys import Dataset
from trainyard.data.example import example_images
from trainyard.data.image_encoder import ImageEncoder
from trainyard.data.pixel_statistics import PixelStatistics
from trainyard.data.pixels import Pixels
from trainyard.data.sink import Sink
from trainyard.errors import DataError

PIECE_BYTES = 1 << 24  # of images that are read at once
NOT_FOR_IMAGES = ("ignore", "group", "time", "columns", "split_column")


class ImageParts:
    """Writes the pixels of the parts one after another, train first, and keeps what is known of them after that.

    `hashes` has a (n,) uint64 for each part, equal for images that are equal.
    """

    def __init__(self, pixels: Pixels, dtype: str, sink: Sink):
        self.pixels, self.dtype, self.sink = pixels, dtype, sink
        self.stored = np.dtype(np.uint8) if pixels.dtype == np.uint8 else np.dtype(dtype)
        self.statistics = PixelStatistics(pixels.shape[0], pixels.dtype)
        self.hashes: dict[str, np.ndarray] = {}

    def write(self, part: str, rows: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
        """Write and return x (n, F) of the images `rows` (n,) of the source, with their weights (n,)."""
        size = int(np.prod(self.pixels.shape))
        filling = self.sink.open(part, "x", (len(rows), size), self.stored)
        hashes = []
        for start, images in self.pieces(rows):
            if part == "train":
                self.statistics.add(images, None if weight is None else weight[start : start + len(images)])
            flat = images.reshape(len(images), size)
            hashes += [hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in flat]
            filling.append(flat)
        self.hashes[part] = np.frombuffer(b"".join(hashes), np.uint64)
        return filling.close()

    def pieces(self, rows: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the place of its first row and a few images (n, channels, height, width) at a time."""
        count = max(1, PIECE_BYTES // (int(np.prod(self.pixels.shape)) * self.pixels.dtype.itemsize))
        for start in range(0, len(rows), count):
            yield start, self.pixels.read(rows[start : start + count])

    def encoder(self, transform: str) -> ImageEncoder:
        """The encoder that is fitted on the training part."""
        statistics = self.statistics
        center, scale = statistics.mean_and_deviation()
        if transform == "none":
            center, scale = (0.0,) * len(center), (1.0,) * len(scale)
        type_ = "long" if self.stored == np.uint8 else "double"
        shape = self.pixels.shape
        return ImageEncoder(shape, center, scale, statistics.low, statistics.high, type_, self.dtype)

    def example(self, train: np.ndarray) -> list[dict[str, object]]:
        """Two raw training images as JSON values."""
        return example_images(self.pixels.read(train[:2]))


def check_no_columns(dataset: Dataset) -> None:
    """Raise DataError for keys that speak of columns, which images have none of."""
    faults = [f"dataset.{name} is for columns of a table, but {dataset.name} holds images. Leave it out."
              for name in NOT_FOR_IMAGES if getattr(dataset, name)]  # fmt: skip
    if dataset.transform not in ("standard", "none"):
        faults.append(f"dataset.transform={dataset.transform} is for columns of numbers, but {dataset.name} holds "
                      "images. They take standard or none.")  # fmt: skip
    if faults:
        raise DataError(faults)
