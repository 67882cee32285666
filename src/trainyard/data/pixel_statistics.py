"""Mean and deviation of each channel over images that come some at a time; a weight of 2 counts like a second image."""

from typing import Any

import numpy as np

from trainyard.data.transforms import divisor

VALUES = 256  # of a uint8


class PixelStatistics:
    """Of uint8 by counting each value, which is exact; of floats by combining sums of squares (Chan et al., 1983)."""

    def __init__(self, channels: int, dtype: np.dtype[Any]):
        self.counts = np.zeros((channels, VALUES)) if dtype == np.uint8 else None
        self.weight, self.mean, self.squares = 0.0, np.zeros(channels), np.zeros(channels)
        self.low, self.high = np.inf, -np.inf

    def add(self, images: np.ndarray, weight: np.ndarray | None) -> None:
        """Take images (n, channels, height, width) with their weights (n,), 1 each where None."""
        self.low, self.high = min(self.low, float(images.min())), max(self.high, float(images.max()))
        if self.counts is not None:
            pixels = images.shape[2] * images.shape[3]
            each = None if weight is None else np.repeat(weight, pixels)
            for channel, counts in enumerate(self.counts):
                counts += np.bincount(images[:, channel].ravel(), each, minlength=VALUES)
            return
        values = images.astype(np.float64)
        each = np.ones(len(images)) if weight is None else weight
        total = float(each.sum()) * images.shape[2] * images.shape[3]
        if total == 0:
            return
        weights = each[:, np.newaxis, np.newaxis, np.newaxis]
        mean = (values * weights).sum((0, 2, 3)) / total
        squares = ((values - mean[:, np.newaxis, np.newaxis]) ** 2 * weights).sum((0, 2, 3))
        apart, both = mean - self.mean, self.weight + total
        self.squares += squares + apart**2 * (self.weight * total / both)
        self.mean = self.mean + apart * (total / both)
        self.weight = both

    def mean_and_deviation(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and deviation (divided by n) of each channel; 1 for a channel without deviation."""
        if self.counts is not None:
            values, total = np.arange(VALUES), self.counts.sum(1)
            mean = self.counts @ values / total
            variance = (self.counts * (values - mean[:, np.newaxis]) ** 2).sum(1) / total
        else:
            mean, variance = self.mean, self.squares / self.weight
        return tuple(mean.tolist()), tuple(divisor(scale) for scale in np.sqrt(variance).tolist())
