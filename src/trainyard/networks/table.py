"""The layers of a network with their shapes and parameters, for a person."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from trainyard.config.schema import Network
from trainyard.networks.build import build_network, shapes_only, two_rows
from trainyard.networks.inputs import Inputs


@dataclass(frozen=True)
class Layer:
    """One layer: its path in the network, its class, its output's shape without the rows, its parameters."""

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int

    @property
    def multiplications(self) -> int:
        """Multiplications for a row, about: each weight once, or once a position where the layer slides over them."""
        return self.parameters * math.prod(self.shape[1:])


def layer_table(config: Network, inputs: Inputs, outputs: int, trusted: Sequence[str] = ()) -> list[Layer]:
    """Return the layers in the order in which they compute, found by passing two rows."""
    layers: list[Layer] = []
    with shapes_only(config):
        network = build_network(config, inputs, outputs, trusted)
        for name, module in network.named_modules():
            if not list(module.children()):
                module.register_forward_hook(_hook(name, layers))
        network(*two_rows(inputs))
    return [layer for layer in layers if layer.kind not in ("ModuleList", "InputLayer", "ImageHead")]


def _hook(name: str, layers: list[Layer]):  # type: ignore[no-untyped-def]  # torch's hook signature
    def record(module: nn.Module, arguments: tuple[Tensor, ...], output: Any) -> None:
        del arguments
        first = output if isinstance(output, Tensor) else output[0]  # of a recurrent layer, its states are left out
        parameters = sum(parameter.numel() for parameter in module.parameters())
        layers.append(Layer(name, type(module).__name__, tuple(first.shape[1:]), parameters))

    return record
