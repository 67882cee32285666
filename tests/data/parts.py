"""Parts of rows that say which row they are, and of images."""

import numpy as np
import torch

from tests.synthetic import make_part
from trainyard.data.pixels import PixelScale

CPU = torch.device("cpu")
SCALE = PixelScale(np.float32([[[20]], [[130]]]), np.float32([[[3]], [[0.7]]]))


def part(rows, weighted=True):
    """Rows of two numbers, a code, a class and perhaps a weight."""
    x = np.arange(rows * 2, dtype=np.float32).reshape(rows, 2)
    weight = np.linspace(1, 2, rows, dtype=np.float32) if weighted else None
    return make_part(x, np.arange(rows, dtype=np.int32)[:, None], np.arange(rows), weight)


def images(rows):
    """Images (2, 4, 3) of bytes, flat."""
    pixels = np.random.default_rng(0).integers(0, 256, (rows, 24), dtype=np.uint8)
    return make_part(pixels, np.empty((rows, 0), np.int32), np.arange(rows))
