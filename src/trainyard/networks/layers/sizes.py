"""Sizes of a layer that follow from what it takes: in_features, in_channels, num_features, ..."""

from collections.abc import Sequence
from typing import Any

from torch import nn

from trainyard.config.layers.types import INPUT_SIZES, OUTPUT_SIZES, OUTPUTS, RECURRENT
from trainyard.config.layers.wiring import OUTPUT, Wired

Shape = tuple[int, ...]
ROWS_FIRST = (*RECURRENT, "MultiheadAttention", "Transformer", "TransformerEncoderLayer", "TransformerDecoderLayer")
CHANNELS = {"in_channels", "num_features", "num_channels"}
OF_SECOND = {"in2_features", "kdim"}


class SizeError(ValueError):
    """A size that was given and is another than that of the layer's input; `argument` names it."""

    def __init__(self, argument: str, message: str):
        super().__init__(message)
        self.argument = argument


def complete(layer: Wired, shapes: Sequence[Shape], categories: int, outputs: int) -> dict[str, Any]:
    """Return the arguments of torch's class for a layer, its sizes found out; raise SizeError.

    `shapes` are those of its inputs without the rows, `categories` the number of codes where it takes codes.
    """
    arguments = {name: outputs if value == OUTPUTS and name in OUTPUT_SIZES else value
                 for name, value in layer.arguments.items()}  # fmt: skip
    for name in layer.type.arguments:
        if name in INPUT_SIZES:
            arguments[name] = _settled(name, arguments.get(name), shapes, categories)
        elif name in OUTPUT_SIZES and layer.name == OUTPUT:
            arguments.setdefault(name, outputs)
    arguments.pop("steps", None)  # how it is called, not what it is
    if layer.type.name in ROWS_FIRST:
        arguments["batch_first"] = True
    return arguments


def make(layer: Wired, arguments: dict[str, Any]) -> nn.Module:
    """Return the module of a layer on torch's default device, with torch's own initial weights."""
    module: nn.Module = getattr(nn, layer.type.name)(**arguments)
    return module


def _settled(name: str, given: Any, shapes: Sequence[Shape], categories: int) -> Any:
    if name == "num_embeddings":
        if given is not None and given < categories:
            raise SizeError(name, f"there are {categories} categories; leave it out")
        return given or categories
    shape = shapes[min(1 if name in OF_SECOND else 2 if name == "vdim" else 0, len(shapes) - 1)]
    found = shape[0] if name in CHANNELS else shape[-1]
    if name == "normalized_shape" and isinstance(given, tuple):
        if shape[-len(given) :] != given:
            raise SizeError(name, f"its input has {shape_text(shape)}; leave it out for the last of them")
        return given
    if given is not None and given != found:
        raise SizeError(name, f"its input has {shape_text(shape)}; leave it out")
    return found


def shape_text(shape: Shape) -> str:
    """Return a shape without the rows as a person reads it: (8, 4, 4), (64), or "one number"."""
    return f"({', '.join(map(str, shape))})" if shape else "one number"
