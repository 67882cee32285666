"""Small images and their files for tests."""

import struct

import numpy as np
from PIL import Image

from trainyard.config.schema.dataset import Arrays, ImageFolder

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def idx_bytes(array):
    """An array as the bytes of an IDX file."""
    code = CODES[f"{array.dtype.kind}{array.dtype.itemsize}"]
    header = bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def pictures(count, *shape, seed=0):
    """Images of random bytes (count, *shape) uint8."""
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), dtype=np.uint8)


def save_image(path, pixels, **options):
    """Write (H, W) or (H, W, 3) uint8 to a file of the kind that its ending says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return path


def folder_of(path, **options):
    return ImageFolder(name="birds", target=("label",), path=str(path), **options)


def arrays_of(path, **options):
    return Arrays(**{"name": "waves", "target": ("y",), "path": str(path), **options})
