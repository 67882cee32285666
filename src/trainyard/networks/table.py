"""The layers of a network with their shapes and parameters, for a person."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trainyard.config.schema import Network
from trainyard.networks.build import build_network
from trainyard.networks.inputs import Inputs


@dataclass(frozen=True)
class Layer:
    """One layer: its path in the network, its class, its output's shape without the rows, its parameters."""

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int


def layer_table(config: Network, inputs: Inputs, outputs: int) -> list[Layer]:
    """Return the layers in the order in which they compute, found by passing two rows of torch's meta device."""
    layers: list[Layer] = []
    with torch.device("meta"):
        network = build_network(config, inputs, outputs)
        for name, module in network.named_modules():
            if not list(module.children()):
                module.register_forward_hook(_hook(name, layers))
        x = torch.empty(2, *(inputs.image_shape or (inputs.numeric,)))
        network(x, torch.empty(2, len(inputs.category_sizes), dtype=torch.int64))
    return [layer for layer in layers if layer.kind not in ("ModuleList", "InputLayer")]


def _hook(name: str, layers: list[Layer]):  # type: ignore[no-untyped-def]  # torch's hook signature
    def record(module: nn.Module, arguments: tuple[Tensor, ...], output: Tensor) -> None:
        del arguments
        parameters = sum(parameter.numel() for parameter in module.parameters())
        layers.append(Layer(name, type(module).__name__, tuple(output.shape[1:]), parameters))

    return record
