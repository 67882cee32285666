"""What the config knows of torch.nn without importing it: its layers and initializers with their arguments.

`python -m tests.config.layers.torch_table` writes the table anew for the torch that is installed; a test compares them.
"""

import collections.abc
import inspect
import json
import typing
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import torch
from torch import nn

from trainyard.config.layers import types

TABLE = Path(types.__file__).with_name("torch_nn.json")
# kinds of arguments that torch does not annotate, or only as any text
KINDS = {
    "MultiheadAttention": {"embed_dim": "int", "num_heads": "int", "kdim": "int|none", "vdim": "int|none"},
    "RNN": {"nonlinearity": "'tanh'|'relu'"},
    "RNNCell": {"nonlinearity": "'tanh'|'relu'"},
    "GELU": {"approximate": "'none'|'tanh'"},
    "EmbeddingBag": {"mode": "'sum'|'mean'|'max'"},
    "Upsample": {"mode": "'nearest'|'linear'|'bilinear'|'bicubic'|'trilinear'|'nearest-exact'"},
    "Transformer": {"activation": "'relu'|'gelu'"},
    **{name: {"dim": "int"} for name in ("Softmax", "LogSoftmax", "Softmin")},
}
REQUIRED = {("Softmax", "dim"), ("LogSoftmax", "dim"), ("Softmin", "dim")}  # torch warns where it has to guess
# what a layer of a config does not take: where its numbers lie, which rows come first, what would change its input
LEFT_OUT = {
    "device", "dtype", "inplace", "batch_first", "return_indices", "sparse", "include_last_offset", "min_value",
    "max_value", "custom_encoder", "custom_decoder", "process_group", "generator",
}  # fmt: skip
REFUSED = {
    "AdaptiveLogSoftmaxWithLoss": "loss",
    **dict.fromkeys(("DataParallel", "Module", "TransformerDecoder", "TransformerEncoder"), "container"),
    **dict.fromkeys(("MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d"), "indices"),
    **dict.fromkeys(("FractionalMaxPool2d", "FractionalMaxPool3d"), "random"),
    **dict.fromkeys(("RNNBase", "RNNCellBase"), "base"),
    "SyncBatchNorm": "processes",
}


def torch_table() -> dict[str, Any]:
    """Return {"layers": {type: {argument: [kinds, default]}}, "initializers": {...}, "refused": {reason: types}}."""
    layers: dict[str, Any] = {}
    refused: dict[str, list[str]] = {}
    for name, cls in sorted(vars(nn).items()):
        if not (inspect.isclass(cls) and issubclass(cls, nn.Module)):
            continue
        if reason := _refusal(name, cls):
            refused.setdefault(reason, []).append(name)
        else:
            layers[name] = _arguments(name, _signature(cls))
    initializers = {
        name.removesuffix("_"): _arguments(name, inspect.signature(function))
        for name, function in sorted(vars(nn.init).items())
        if name.endswith("_") and not name.startswith("_")
    }
    return {"layers": layers, "initializers": initializers, "refused": refused}


def table_text() -> str:
    """Return the table as JSON, one layer a line."""
    sections = []
    for section, entries in torch_table().items():
        lines = [f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items()]
        sections.append(f"{json.dumps(section)}: {{\n" + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(sections) + "\n}\n"


def _refusal(name: str, cls: type) -> str:
    if cls.__module__.endswith(".loss"):
        return "loss"
    if cls.__module__.endswith(".container"):
        return "container"
    return "lazy" if name.startswith("Lazy") else REFUSED.get(name, "")


def _signature(cls: type) -> inspect.Signature:
    overloads = typing.get_overloads(cls.__init__)  # type: ignore[misc]  # of the class, not of an object
    return inspect.signature(overloads[0] if overloads else cls)


def _arguments(name: str, signature: inspect.Signature) -> dict[str, list[Any]]:
    found = {}
    for parameter in signature.parameters.values():
        variadic = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        ignored = variadic or parameter.name in LEFT_OUT or parameter.name in ("self", "tensor")
        if ignored or parameter.name.startswith("_") or (name, parameter.name) == ("PReLU", "init"):
            continue
        default = parameter.default.__name__ if inspect.isfunction(parameter.default) else parameter.default
        kinds = _kinds(name, parameter.name, parameter.annotation, default)
        required = default is parameter.empty or (name, parameter.name) in REQUIRED
        found[parameter.name] = [kinds] if required else [kinds, default]
    return found


def _kinds(name: str, argument: str, annotation: Any, default: Any) -> str:
    given = [kinds[argument] for start, kinds in KINDS.items() if name.startswith(start) and argument in kinds]
    if given:
        return given[0]
    parts = [type(default)] if annotation is inspect.Parameter.empty else _parts(annotation)
    if default is None and NoneType not in parts:
        parts.append(NoneType)
    length = 2 if name in ("Fold", "Unfold") else int(name[-2]) if name[-2:] in ("1d", "2d", "3d") else 0
    kinds = "|".join(dict.fromkeys(_kind(part, length) for part in parts))
    return kinds.replace("text|int", "'valid'|'same'|int")  # the padding of a convolution


def _parts(annotation: Any) -> list[Any]:
    return list(get_args(annotation)) if get_origin(annotation) in (Union, UnionType) else [annotation]


def _kind(annotation: Any, length: int) -> str:
    if get_origin(annotation) is Literal:
        return "|".join(f"'{word}'" for word in get_args(annotation))
    if annotation in (torch.Size, list[int]):
        return "ints"
    if get_origin(annotation) is tuple:
        element, *rest = get_args(annotation)
        plural = {int: "ints", float: "floats"}.get(element, "ints?")
        count = length if rest == [Ellipsis] else 1 + len(rest)
        return f"{plural}{count or ''}"
    if get_origin(annotation) is collections.abc.Callable:
        return "text"
    return {int: "int", float: "float", bool: "bool", str: "text", NoneType: "none"}[annotation]


if __name__ == "__main__":
    TABLE.write_text(table_text(), encoding="utf-8")
