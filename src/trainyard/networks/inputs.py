"""What a network is given, and the layer that turns it into one row of numbers."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Inputs:
    """Shapes of a network's input: F numbers and C category codes per row; images keep their shape.

    `category_sizes` holds the number of codes of each embedded column, bucket 0 for the unseen included, and
    `category_names` the names of these columns. `image_shape` is (channels, height, width) where the F numbers are
    pixels.
    """

    numeric: int
    category_sizes: tuple[int, ...] = ()
    image_shape: tuple[int, int, int] | None = None
    category_names: tuple[str, ...] = ()


def embedding_width(categories: int) -> int:
    """Return the width of an embedding by the rule of thumb of fastai's tabular learner, at most 600."""
    return min(600, round(1.6 * math.pow(categories, 0.56)))


class InputLayer(nn.Module):
    """Joins the numbers of a row with the learned embeddings of its categories."""

    def __init__(self, inputs: Inputs, embedding_size: int | None = None):
        super().__init__()
        widths = [embedding_size or embedding_width(size) for size in inputs.category_sizes]
        sizes = zip(inputs.category_sizes, widths, strict=True)
        self.embeddings = nn.ModuleList(nn.Embedding(size, width) for size, width in sizes)
        self.width = inputs.numeric + sum(widths)

    def forward(self, x: Tensor, codes: Tensor | None = None) -> Tensor:
        """Return (B, width) from numbers x (B, F) or (B, channels, height, width) and codes (B, C) int64."""
        x = x.flatten(1)
        if codes is None or not self.embeddings:
            return x
        embedded = [embedding(column) for embedding, column in zip(self.embeddings, codes.unbind(1), strict=True)]
        return torch.cat([x, *embedded], dim=1)
