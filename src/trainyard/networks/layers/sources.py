"""What the data give a network of layers, by name: row, numbers, categories, categories.<column>, image."""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from trainyard.config.nearest import did_you_mean, listed
from trainyard.networks.inputs import InputLayer, Inputs, embedding_width

COLUMN = "categories."


class Sources(nn.Module):
    """Turns numbers and category codes into the sources that `names` asks for."""

    def __init__(self, inputs: Inputs, embedding_size: int | None, names: Iterable[str]):
        super().__init__()
        self.names = tuple(dict.fromkeys(names))
        self.columns = {name: _place(name, inputs) for name in self.names if name.startswith(COLUMN)}
        self.offsets: Tensor
        self.row = InputLayer(inputs, embedding_size) if "row" in self.names else None
        if "categories" in self.names:
            sizes = torch.tensor([0, *inputs.category_sizes[:-1]], dtype=torch.int64)
            self.offsets = nn.Buffer(sizes.cumsum(0))

    def forward(self, x: Tensor, codes: Tensor | None = None) -> dict[str, Tensor]:
        """Return the sources by name, from numbers x (B, F) or (B, channels, height, width) and codes (B, C) int64.

        The codes of `categories` (B, C) are counted on from column to column, so that no two columns share one.
        """
        values: dict[str, Tensor] = {}
        for name in self.names:
            if name in self.columns and codes is not None:
                values[name] = codes[:, self.columns[name]]
            elif name == "categories" and codes is not None:
                values[name] = codes + self.offsets
            elif self.row is not None and name == "row":
                values[name] = self.row(x, codes)
            else:
                values[name] = x if name == "image" else x.flatten(1)
        return values


def source_shapes(inputs: Inputs, embedding_size: int | None) -> Mapping[str, tuple[int, ...]]:
    """Return the shapes for a row of the sources that these data have."""
    widths = [embedding_size or embedding_width(size) for size in inputs.category_sizes]
    shapes: dict[str, tuple[int, ...]] = {"row": (inputs.numeric + sum(widths),)}
    if inputs.numeric:
        shapes["numbers"] = (inputs.numeric,)
    if inputs.category_sizes:
        shapes["categories"] = (len(inputs.category_sizes),)
        shapes |= {f"{COLUMN}{name}": () for name in inputs.category_names}
    if inputs.image_shape is not None:
        shapes["image"] = inputs.image_shape
    return shapes


def categories_of(name: str, inputs: Inputs) -> int:
    """Return how many codes a source of categories has."""
    return sum(inputs.category_sizes) if name == "categories" else inputs.category_sizes[_place(name, inputs)]


def missing_source(name: str, inputs: Inputs) -> str:
    """Return why the data do not have a source, to follow "takes categories.town: "."""
    if name == "image":
        return "the data are no images. Take the numbers, and layers such as Linear; Unflatten gives them a shape"
    if name == "numbers":
        return "the data have no numbers, only categories"
    if not inputs.category_sizes:
        return "the data have no embedded categories; dataset.one_hot_limit=0 embeds all that there are"
    known = [f"{COLUMN}{column}" for column in inputs.category_names]
    return f"no column of that name is embedded{did_you_mean(name, known) or '.'} There are {listed(known)}"


def _place(name: str, inputs: Inputs) -> int:
    return inputs.category_names.index(name.removeprefix(COLUMN))
