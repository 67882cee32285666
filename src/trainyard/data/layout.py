"""Which axis of an array of images is what."""

from typing import Literal

import numpy as np

from trainyard.errors import DataError

Layout = Literal["auto", "channels_first", "channels_last"]
CHANNELS = (1, 3, 4)  # grey, colors, colors with transparency


def channels_first(images: np.ndarray, layout: Layout, name: str) -> np.ndarray:
    """A view (N, channels, height, width) of images (N, height, width), or (N, ., ., .) with channels first or last.

    `name` is what the array is called in messages. Raises DataError where the shape leaves open where the channels are.
    """
    if images.ndim == 3:
        return images[:, np.newaxis]
    first, last = images.shape[1] in CHANNELS, images.shape[3] in CHANNELS
    if layout == "auto" and first == last:
        what = "both the second and the last axis" if first else "no axis"
        raise DataError(f"{name} has the shape {images.shape}, and {what} could be the channels of images. Set "
                        "dataset.layout=channels_first or channels_last.")  # fmt: skip
    last = layout == "channels_last" or (layout == "auto" and last)
    return images.transpose(0, 3, 1, 2) if last else images


def like(images: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """A view (N, *shape) of images of this shape that come flat, without the single channel, or with channels last.

    Raises DataError for images of another shape.
    """
    channels, height, width = shape
    given = images.shape[1:]
    if given == shape or given == (channels * height * width,) or (channels == 1 and given == (height, width)):
        return images.reshape(len(images), *shape)
    if given == (height, width, channels):
        return images.transpose(0, 3, 1, 2)
    forms = [f"(N, {channels * height * width})", f"(N, {channels}, {height}, {width})",
             f"(N, {height}, {width}, {channels})"]  # fmt: skip
    forms += [f"(N, {height}, {width})"] if channels == 1 else []
    raise DataError(f"An array of images has one of the shapes {', '.join(forms)}; this one has the shape "
                    f"{images.shape}.")  # fmt: skip
