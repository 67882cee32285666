"""A network of layers put together in the config."""

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trainyard.config.layers.wiring import OUTPUT, SOURCES, Wired, is_categories, wire
from trainyard.config.schema.model import Layers
from trainyard.errors import NetworkError
from trainyard.networks.inputs import Inputs
from trainyard.networks.layers.calls import Call, call_of
from trainyard.networks.layers.initialize import initialize, parameters_named
from trainyard.networks.layers.sizes import make
from trainyard.networks.layers.sources import Sources
from trainyard.networks.layers.trace import OWN, Traced, trace


@dataclass(frozen=True)
class Step:
    """One layer at work: what it takes, whose module it calls and how, and which values nobody needs after it."""

    name: str
    root: str
    inputs: tuple[str, ...]
    call: Call
    spent: tuple[str, ...]


class NamedModules(nn.ModuleDict):
    """Modules by any name, also by one that a module has for something else, such as train."""

    def __setitem__(self, name: str, module: nn.Module) -> None:
        """Add a module under its name."""
        self._modules[name] = module


class LayersNetwork(nn.Module):
    """Computes the layers of a config one after another; the weights of a layer are those of `layers.<name>`.

    Modules are made in the order of computing, so that a stack of layers starts from the same weights as a network
    written by hand. `traced` holds each layer with its shapes.
    """

    def __init__(self, config: Layers, inputs: Inputs, outputs: int):
        super().__init__()
        wired, faults = wire(config.layers)
        if faults:
            raise NetworkError([fault.text for fault in faults])
        self.traced: tuple[Traced, ...] = tuple(trace(wired, config.embedding_size, inputs, outputs))
        taken = [name for layer in wired for name in layer.inputs if name in SOURCES or is_categories(name)]
        self.sources = Sources(inputs, config.embedding_size, taken)
        self.layers = NamedModules()
        self.multipliers: dict[str, float] = {}
        self.penalties: dict[str, tuple[float, float]] = {}
        for traced in self.traced:
            if traced.layer.root not in self.layers and traced.layer.type.name not in OWN:
                self._add(traced)
        if not any(parameter.requires_grad for parameter in self.parameters()):
            raise NetworkError("network.layers: no layer has weights that are trained, so there is nothing to learn.")
        self.steps = _steps(wired)

    def forward(self, x: Tensor, codes: Tensor | None = None) -> Tensor:
        """Return (B, outputs) from x (B, F) or (B, channels, height, width) and codes (B, C)."""
        return self.values(x, codes)[OUTPUT]

    def values(self, x: Tensor, codes: Tensor | None = None, keep: Collection[str] = ()) -> dict[str, Tensor]:
        """Return the outputs of the layers named in `keep`, and of the last, by name; rows come first."""
        values: dict[str, Tensor] = self.sources(x, codes)
        for step in self.steps:
            module = self.layers._modules.get(step.root)
            values[step.name] = step.call(module, [values[name] for name in step.inputs])
            for name in step.spent:
                if name not in keep:
                    del values[name]
        return values

    def parameter_groups(self) -> list[tuple[list[nn.Parameter], float]]:
        """Return the parameters to train with the multiplier of their learning rate; frozen ones are left out."""
        groups: dict[float, list[nn.Parameter]] = {1.0: list(self.sources.parameters())}
        for name, module in self.layers.items():
            groups.setdefault(self.multipliers.get(name, 1.0), []).extend(module.parameters())
        return [(parameters, multiplier) for multiplier, parameters in groups.items() if parameters and multiplier > 0]

    def penalty(self) -> Tensor | None:
        """Return the sum of the layers' L1 and L2 penalties on their weights, a scalar; None where there are none."""
        terms = []
        for name, (l1, l2) in self.penalties.items():
            for weight in parameters_named(self.layers[name], "weight"):
                if l1:
                    terms.append(l1 * weight.abs().sum())
                if l2:
                    terms.append(l2 * weight.square().sum())
        return torch.stack(terms).sum() if terms else None

    def _add(self, traced: Traced) -> None:
        layer = traced.layer
        module = make(layer, dict(traced.arguments))
        initialize(module, layer.values)
        self.multipliers[layer.root] = float(layer.values.get("lr_multiplier", 1.0))
        if self.multipliers[layer.root] == 0:
            module.requires_grad_(False)
        regularization = layer.values.get("regularization", {})
        if regularization:
            self.penalties[layer.root] = (regularization.get("l1", 0.0), regularization.get("l2", 0.0))
        self.layers[layer.root] = module


def _steps(wired: list[Wired]) -> tuple[Step, ...]:
    """Return the steps, each with what is taken for the last time in it."""
    last = {name: layer.name for layer in wired for name in layer.inputs}
    spent: dict[str, list[str]] = {}
    for name, taker in last.items():
        spent.setdefault(taker, []).append(name)
    return tuple(
        Step(layer.name, layer.root, layer.inputs, call_of(layer), tuple(spent.get(layer.name, ()))) for layer in wired
    )
