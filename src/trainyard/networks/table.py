"""The layers of a network with their shapes and parameters, for a person."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from trainyard.config.schema.model import Network
from trainyard.networks.build import build_network, shapes_only, two_rows
from trainyard.networks.inputs import Inputs
from trainyard.networks.layers import LayersNetwork
from trainyard.networks.layers.field import LEAST_CAPACITY, Axes, convolution_fields


@dataclass(frozen=True)
class Layer:
    """One layer: its path in the network, its class, its output's shape without the rows, its parameters.

    Of a network of layers also what it takes and, of a convolution, capacity and coverage by axis, as parts of one
    (see networks.layers.field).
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    inputs: tuple[str, ...] = ()
    capacity: Axes = ()
    coverage: Axes = ()

    @property
    def multiplications(self) -> int:
        """Multiplications for a row, about: each weight once, or once a position where the layer slides over them."""
        return self.parameters * math.prod(self.shape[1:])


def layer_table(config: Network, inputs: Inputs, outputs: int, trusted: Sequence[str] = ()) -> list[Layer]:
    """Return the layers in the order in which they compute, found by passing two rows."""
    layers: list[Layer] = []
    with shapes_only(config):
        network = build_network(config, inputs, outputs, trusted)
        if isinstance(network, LayersNetwork):
            return _named_layers(network, inputs)
        for name, module in network.named_modules():
            if not list(module.children()):
                module.register_forward_hook(_hook(name, layers))
        network(*two_rows(inputs))
    return [layer for layer in layers if layer.kind not in ("ModuleList", "InputLayer", "ImageHead")]


def layer_notes(layers: Sequence[Layer], inputs: Inputs) -> list[str]:
    """Return what a person should know of the layers of a table: weak convolutions, and columns that nothing takes."""
    notes = []
    for layer in layers:
        if layer.capacity and min(layer.capacity) < LEAST_CAPACITY:
            notes.append(
                f"{layer.name} has a capacity of {percent(layer.capacity)}: its kernel is small beside what it sees "
                "(less than 1/6); a larger kernel, or a pooling before it, would find larger patterns"
            )
        if layer.coverage and max(layer.coverage) > 1:
            notes.append(
                f"{layer.name} has a coverage of {percent(layer.coverage)}: it sees more than the image; a layer or a "
                "pooling less before it would do"
            )
    taken = {name for layer in layers for name in layer.inputs}
    unused = [name for name in inputs.category_names if f"categories.{name}" not in taken]
    if taken and unused and not taken & {"row", "categories"}:
        notes.append(f"no layer takes {', '.join(unused)}; row and categories hold all embedded columns")
    if taken and inputs.numeric and not taken & {"row", "numbers", "image"}:
        notes.append("no layer takes the numbers of a row; row and numbers hold them")
    return notes


def percent(parts: Axes) -> str:
    """Return parts of one as percent, one for all axes where they are equal: "75 %", "75 x 100 %"."""
    shown = [f"{100 * part:.0f}" for part in parts]
    return f"{' x '.join(shown if len(set(shown)) > 1 else shown[:1])} %" if shown else ""


def _named_layers(network: LayersNetwork, inputs: Inputs) -> list[Layer]:
    """Return the embeddings that make the row, and the layers by their names; shared weights count once."""
    embeddings = dict(network.sources.named_parameters())
    layers = [Layer(f"row.{place}", "Embedding", (table.shape[1],), table.numel(), ("categories",))
              for place, table in enumerate(embeddings.values())]  # fmt: skip
    fields = convolution_fields(network.traced, inputs.image_shape)
    for traced in network.traced:
        layer = traced.layer
        module = network.layers[layer.name] if layer.name in network.layers else nn.Identity()
        parameters = sum(parameter.numel() for parameter in module.parameters())
        kind = layer.type.name if layer.root == layer.name else f"{layer.type.name} of {layer.root}"
        capacity, coverage = fields.get(layer.name, ((), ()))
        layers.append(Layer(layer.name, kind, traced.shape, parameters, layer.inputs, capacity, coverage))
    return layers


def _hook(name: str, layers: list[Layer]):  # type: ignore[no-untyped-def]  # torch's hook signature
    def record(module: nn.Module, arguments: tuple[Tensor, ...], output: Any) -> None:
        del arguments
        first = output if isinstance(output, Tensor) else output[0]  # of a recurrent layer, its states are left out
        parameters = sum(parameter.numel() for parameter in module.parameters())
        layers.append(Layer(name, type(module).__name__, tuple(first.shape[1:]), parameters))

    return record
