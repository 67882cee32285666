"""What networks for images share: which images they take, and the head that joins them with categories."""

from torch import nn

from trainyard.errors import NetworkError
from trainyard.networks.inputs import InputLayer, Inputs

SMALLEST_SIDE = 4  # pixels


def image_shape(name: str, inputs: Inputs) -> tuple[int, int, int]:
    """Return (channels, height, width); raise NetworkError where the rows are no images, or too small ones."""
    if inputs.image_shape is None:
        raise NetworkError(f"network={name} needs images, but a row of these data is {inputs.numeric} numbers. Take "
                           "network=mlp.")  # fmt: skip
    channels, height, width = inputs.image_shape
    if min(height, width) < SMALLEST_SIDE:
        raise NetworkError(f"network={name} needs images of {SMALLEST_SIDE} x {SMALLEST_SIDE} pixels or more; these "
                           f"have {height} x {width}. Take network=mlp.")  # fmt: skip
    return channels, height, width


class ImageHead(InputLayer):
    """Joins what a network has made of an image with the learned embeddings of the row's categories."""

    def __init__(self, features: int, inputs: Inputs, embedding_size: int | None):
        super().__init__(Inputs(features, inputs.category_sizes), embedding_size)


def halved(side: int) -> int:
    """Return the side of an image after `halving`."""
    return max(1, side // 2)


def halving(height: int, width: int) -> nn.MaxPool2d:
    """Return a pooling to the largest of each 2 x 2 pixels; a single row or column of pixels stays."""
    return nn.MaxPool2d((min(2, height), min(2, width)))


def same_convolution(channels: int, width: int, kernel: int, *, bias: bool) -> nn.Conv2d:
    """Return a convolution that keeps the size of the image."""
    return nn.Conv2d(channels, width, kernel, padding=kernel // 2, bias=bias)


def dropout(part: float) -> list[nn.Module]:
    """Return a layer that drops a part of the units in training, and none for 0."""
    return [nn.Dropout(part)] if part > 0 else []
