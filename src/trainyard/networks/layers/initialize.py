"""Initial weights of a layer by torch.nn.init, in place of those that torch gives it."""

from collections.abc import Iterator, Mapping
from typing import Any

from torch import nn
from torch.nn import init

from trainyard.config.schema.layers import LayerValues


def initialize(module: nn.Module, values: LayerValues) -> None:
    """Set the weights of a layer by its `init` and its biases by `init_bias`, drawn from torch's default generator.

    Raises torch's ValueError for a function that cannot set a tensor of such dimensions.
    """
    for part, key in (("weight", "init"), ("bias", "init_bias")):
        given = values.get(key)
        if given is None:
            continue
        name, arguments = _read(given)
        for parameter in parameters_named(module, part):
            getattr(init, f"{name}_")(parameter, **arguments)


def parameters_named(module: nn.Module, part: str) -> Iterator[nn.Parameter]:
    """Yield the parameters of a layer that have "weight" or "bias" in their name: weight_ih_l0, out_proj.weight."""
    return (parameter for name, parameter in module.named_parameters() if part in name)


def _read(given: str | Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(given, str):
        return given, {}
    return str(given["name"]), {name: value for name, value in given.items() if name != "name"}
