"""The types of layers: those of torch.nn and two of our own, with their arguments. Known without importing torch."""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field
from functools import cache, reduce
from operator import or_
from pathlib import Path
from types import NoneType
from typing import Any, Literal

from trainyard.config.schema.declared import Key

TABLE = Path(__file__).with_name("torch_nn.json")
OUTPUTS = "outputs"  # a size of this name is the number of the task's outputs
OUTPUT_SIZES = ("out_features", "out_channels", "hidden_size")
# sizes that follow from the inputs
INPUT_SIZES = {
    "in_features", "in_channels", "in1_features", "in2_features", "num_features", "num_channels", "normalized_shape",
    "input_size", "embed_dim", "kdim", "vdim", "d_model", "num_embeddings",
}  # fmt: skip
RECURRENT = ("RNN", "LSTM", "GRU")
OWN: dict[str, dict[str, list[Any]]] = {"Merge": {"dim": ["int", 1]}, "Permute": {"dims": ["ints"]}}
STEPS = ["'last'|'all'", "last"]  # of a recurrent layer: its last state, or what it gives at each step
MOST_DIMENSIONS = 9
SIDE_BY_SIDE = {  # how many inputs are taken as they are, at least and at most
    "Bilinear": (2, 2), "CosineSimilarity": (2, 2), "PairwiseDistance": (2, 2), "MultiheadAttention": (1, 3),
    "TransformerDecoderLayer": (2, 2), "Transformer": (2, 2),
}  # fmt: skip
DIMENSIONS = {  # of the input, the rows included, at least and at most, where the name does not say it
    "BatchNorm1d": (2, 3), "Embedding": (1, MOST_DIMENSIONS), "EmbeddingBag": (2, 2),
    **dict.fromkeys((*RECURRENT, "MultiheadAttention", "Fold"), (3, 3)),
    **dict.fromkeys(("Transformer", "TransformerEncoderLayer", "TransformerDecoderLayer"), (3, 3)),
    **dict.fromkeys(("RNNCell", "LSTMCell", "GRUCell", "Bilinear"), (2, 2)),
    **dict.fromkeys(("PixelShuffle", "PixelUnshuffle", "Unfold"), (4, 4)),
    **dict.fromkeys(("ChannelShuffle", "LocalResponseNorm", "Upsample"), (3, 5)),
}  # fmt: skip
LEAST_ONE = {
    *OUTPUT_SIZES, *INPUT_SIZES, "kernel_size", "stride", "dilation", "groups", "num_layers", "num_heads", "nhead",
    "num_groups", "embedding_dim", "dim_feedforward", "output_size", "size", "num_parameters", "upscale_factor",
    "downscale_factor", "num_encoder_layers", "num_decoder_layers",
}  # fmt: skip


@dataclass(frozen=True)
class LayerType:
    """What a layer of one type takes.

    - arguments: by name, with type, default and range
    - side_by_side: how many inputs it takes as they are, at least and at most
    - dimensions: of an input, the rows included, at least and at most
    """

    name: str
    arguments: Mapping[str, Key]
    side_by_side: tuple[int, int]
    dimensions: tuple[int, int]

    def __reduce__(self) -> tuple[Callable[[str], "LayerType"], tuple[str]]:
        return layer_type, (self.name,)  # there is one of each name, here and where it is unpickled

    @property
    def takes_codes(self) -> bool:
        """Whether it takes categories rather than numbers."""
        return self.name.startswith("Embedding")

    @property
    def takes_images(self) -> bool:
        """Whether it takes (channels, height, width), and no plain row."""
        return self.dimensions[0] > 2 and self.dimensions[0] <= 4 <= self.dimensions[1]


@cache
def layer_types() -> Mapping[str, LayerType]:
    """Return the types of layers by name."""
    return {name: _layer_type(name, arguments) for name, arguments in (_table()["layers"] | OWN).items()}


def layer_type(name: str) -> LayerType:
    """Return the type of this name; KeyError if there is none."""
    return layer_types()[name]


@cache
def initializers() -> Mapping[str, Mapping[str, Key]]:
    """Return the functions of torch.nn.init, without the underscore at the end, with their arguments."""
    return {
        name: {argument: _argument(name, argument, *spec) for argument, spec in arguments.items()}
        for name, arguments in _table()["initializers"].items()
    }


@cache
def refused_types() -> Mapping[str, str]:
    """Return the classes of torch.nn that are no layers here, with the reason: loss, container, lazy, ..."""
    return {name: reason for reason, names in _table()["refused"].items() for name in names}


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table


def _layer_type(name: str, arguments: Mapping[str, list[Any]]) -> LayerType:
    specs = {**arguments, "steps": STEPS} if name in RECURRENT else arguments
    keys = {argument: _argument(name, argument, *spec) for argument, spec in specs.items()}
    by_name = int(name[-2]) + 2 if name[-2:] in ("1d", "2d", "3d") else 0
    default = (by_name, by_name) if by_name else (2, MOST_DIMENSIONS)
    return LayerType(name, keys, SIDE_BY_SIDE.get(name, (1, 1)), DIMENSIONS.get(name, default))


def _argument(layer: str, name: str, kinds: str, default: Any = MISSING) -> Key:
    """Return an argument from its line in the table: "int|ints2" is a whole number or a list of two."""
    if name in OUTPUT_SIZES:
        kinds += f"|'{OUTPUTS}'"
    parts = kinds.split("|")
    words = [part.strip("'") for part in parts if part.startswith("'")]
    annotations = [_annotation(part) for part in parts if not part.startswith("'")]
    if words:
        annotations.append(Literal[tuple(words)])
    length = next((int(part[-1]) for part in parts if part[-1].isdigit()), None)
    metadata = {"doc": "", "unit": "", "length": length, **_range(layer, name)}
    return Key(name, reduce(or_, annotations), field(default=default, metadata=metadata))


def _annotation(kind: str) -> Any:
    kinds = {"int": int, "float": float, "bool": bool, "none": NoneType, "ints": tuple[int, ...],
             "floats": tuple[float, ...], "ints?": tuple[int | None, ...]}  # fmt: skip
    return kinds[kind.rstrip("0123456789")]


def _range(layer: str, name: str) -> dict[str, float | None]:
    probability = name == "dropout" or (name == "p" and "Dropout" in layer)
    least = 1 if name in LEAST_ONE else 0 if probability or name in ("eps", "momentum") else None
    return {"ge": least, "gt": None, "le": 1 if probability or name == "momentum" else None, "lt": None}
