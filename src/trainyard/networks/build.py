"""A network from its config, the shapes of its data and a seed."""

from typing import cast

import torch
from torch import nn

from trainyard.config.schema import Linear, Mlp, Network
from trainyard.config.seeds import stream_seed
from trainyard.errors import NetworkError
from trainyard.networks.inputs import Inputs
from trainyard.networks.linear import LinearNetwork
from trainyard.networks.mlp import MlpNetwork


def build_network(config: Network, inputs: Inputs, outputs: int) -> nn.Module:
    """Return the network of `config` for `inputs`, with `outputs` numbers per row.

    Its forward takes x (B, F) and codes (B, C) int64 or None, and returns (B, outputs).
    """
    match config:
        case Linear():
            return LinearNetwork(config, inputs, outputs)
        case Mlp():
            return MlpNetwork(config, inputs, outputs)
    raise NetworkError(f"network.name={config.name}: there is no such network.")


def seeded_network(config: Network, inputs: Inputs, outputs: int, seed: int) -> nn.Module:
    """Return a network on the CPU whose initial weights are a pure function of `seed`, whatever was drawn before."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(stream_seed(seed, "weights"))
        return build_network(config, inputs, outputs)


def check_network(config: Network, inputs: Inputs, outputs: int, memory: int) -> None:
    """Raise NetworkError where the network cannot be built for these shapes or outgrows `memory` (bytes).

    Shapes are tried on torch's meta device, which computes no numbers and takes no memory.
    """
    with torch.device("meta"):
        network = build_network(config, inputs, outputs)
        x = torch.empty(2, *(inputs.image_shape or (inputs.numeric,)))
        codes = torch.empty(2, len(inputs.category_sizes), dtype=torch.int64)
        shape = tuple(cast(torch.Tensor, network(x, codes)).shape)
    faults = []
    if shape != (2, outputs):
        faults.append(f"network={config.name} gives {shape} for two rows; the data need (2, {outputs}).")
    parameters = sum(parameter.numel() for parameter in network.parameters())
    needed = parameters * 5 * 4  # weights, gradient, two moments of Adam and the best weights, 4 bytes each
    if needed > memory:
        faults.append(
            f"network={config.name} has {parameters:,} parameters and needs about {needed / 2**30:,.1f} GiB to train; "
            f"there are {memory / 2**30:,.1f} GiB. Make its layers narrower."
        )
    if faults:
        raise NetworkError(faults)
