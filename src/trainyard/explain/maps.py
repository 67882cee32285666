"""Which pixels of an image a model goes by."""

from collections.abc import Callable

import torch
from torch import Tensor

BLOCK = 512  # images that the network sees at once

Network = Callable[[Tensor], Tensor]  # from images (N, C, H, W) to outputs (N, outputs)


def saliency(network: Network, images: Tensor) -> Tensor:
    """Return for images (N, C, H, W) how much each pixel moves the outputs that are largest (N, H, W).

    It is the size of the gradient, the largest of the channels (Simonyan, Vedaldi and Zisserman, 2013).
    """
    pixels = images.detach().clone().requires_grad_(True)
    with torch.enable_grad():
        output = network(pixels)
        (gradient,) = torch.autograd.grad(output.max(dim=1).values.sum(), pixels)
    return gradient.abs().amax(dim=1)


@torch.no_grad()
def occlusion(network: Network, images: Tensor, square: int) -> Tensor:
    """Return for images (N, C, H, W) how much a square of mean color around each pixel lowers the output (N, H, W).

    The output is the probability of the most likely class, or how far the first number moves where there is but one
    (Zeiler and Fergus, 2014). `square` is the side in pixels, an odd number.
    """
    count, _, height, width = images.shape
    before = network(images)
    classes = before.shape[1] > 1
    places = before.argmax(dim=1)
    lowered = torch.empty(count, height, width, dtype=images.dtype, device=images.device)
    for number in range(count):
        covered = []
        for row in range(height):
            for column in range(width):
                image = images[number].clone()
                top, left = max(0, row - square // 2), max(0, column - square // 2)
                image[:, top : row + square // 2 + 1, left : column + square // 2 + 1] = 0
                covered.append(image)
        outputs = torch.cat([network(torch.stack(covered[start : start + BLOCK]))
                             for start in range(0, len(covered), BLOCK)])  # fmt: skip
        if classes:
            place = places[number]
            change = before[number].softmax(0)[place] - outputs.softmax(1)[:, place]
        else:
            change = (before[number, 0] - outputs[:, 0]).abs()
        lowered[number] = change.view(height, width)
    return lowered
