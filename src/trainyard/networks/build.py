"""A network from its config, the shapes of its data and a seed.

Of the kinds of network the one that is built is imported, which counts where a process starts for a single row.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from trainyard.config.schema.model import Cnn, Custom, Layers, Linear, Mlp, Network, ResNet
from trainyard.config.seeds import stream_seed
from trainyard.errors import NetworkError
from trainyard.networks.inputs import Inputs

DRAWING = (Tensor.normal_, Tensor.uniform_, nn.init.normal_, nn.init.uniform_, nn.init.kaiming_uniform_)


def build_network(config: Network, inputs: Inputs, outputs: int, trusted: Sequence[str] = ()) -> nn.Module:
    """Return the network of `config` for `inputs`, with `outputs` numbers per row.

    Its forward takes x (B, F) or (B, channels, height, width) and codes (B, C) int64 or None, and returns (B, outputs).
    A network of the user's own comes from one of the `trusted` packages.
    """
    match config:
        case Linear():
            from trainyard.networks.linear import LinearNetwork

            return LinearNetwork(config, inputs, outputs)
        case Mlp():
            from trainyard.networks.mlp import MlpNetwork

            return MlpNetwork(config, inputs, outputs)
        case Layers():
            from trainyard.networks.layers import LayersNetwork

            return LayersNetwork(config, inputs, outputs)
        case Cnn():
            from trainyard.networks.cnn import CnnNetwork

            return CnnNetwork(config, inputs, outputs)
        case ResNet():
            from trainyard.networks.resnet import ResNetNetwork

            return ResNetNetwork(config, inputs, outputs)
        case Custom():
            from trainyard.networks.custom import custom_network

            return custom_network(config, inputs, outputs, trusted)
    raise NetworkError(f"network.name={config.name}: there is no such network.")


def seeded_network(
    config: Network, inputs: Inputs, outputs: int, seed: int, trusted: Sequence[str] = ()
) -> nn.Module:
    """Return a network on the CPU whose initial weights are a pure function of `seed`, whatever was drawn before."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(stream_seed(seed, "weights"))
        return build_network(config, inputs, outputs, trusted)


class _Undrawn(TorchFunctionMode):
    """Meanwhile tensors without numbers are not filled with random ones: torch would import its compiler for that."""

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # fmt: skip
        del types
        given = dict(kwargs or {})
        filled = given.get("tensor", args[0] if args else None)
        if function in DRAWING and isinstance(filled, Tensor) and filled.is_meta:
            return filled
        return function(*args, **given)


@contextmanager
def shapes_only(config: Network) -> Iterator[None]:
    """Build a network and pass rows meanwhile for their shapes alone.

    That is on torch's meta device, which computes no numbers and takes no memory; a network of the user's own, which
    may look at numbers, is built on the CPU. Nothing is drawn from the global generator.
    """
    device = torch.device("cpu" if isinstance(config, Custom) else "meta")
    with torch.random.fork_rng(devices=[]), torch.no_grad(), device, _Undrawn():
        yield


def two_rows(inputs: Inputs) -> tuple[Tensor, Tensor]:
    """Return x (2, F) or (2, channels, height, width) and codes (2, C) of zeros."""
    x = torch.zeros(2, *(inputs.image_shape or (inputs.numeric,)))
    return x, torch.zeros(2, len(inputs.category_sizes), dtype=torch.int64)


def check_network(
    config: Network, inputs: Inputs, outputs: int, memory: int, trusted: Sequence[str] = ()
) -> int:
    """Return the number of the network's parameters.

    Raises NetworkError where it cannot be built for these shapes or outgrows `memory` (bytes).
    """
    faults = []
    with shapes_only(config):
        network = build_network(config, inputs, outputs, trusted)
        tried = isinstance(config, Layers)  # layer by layer, when it was built
        shape = (2, outputs) if tried else _output_shape(network, config, inputs)
    if shape != (2, outputs):
        faults.append(f"network={config.name} gives {shape} for two rows; the data need (2, {outputs}).")
    parameters = sum(parameter.numel() for parameter in network.parameters())
    needed = parameters * 5 * 4  # weights, gradient, two moments of Adam and the best weights, 4 bytes each
    if needed > memory:
        faults.append(
            f"network={config.name} has {parameters:,} parameters and needs about {needed / 2**30:,.1f} GiB to train; "
            f"there are {memory / 2**30:,.1f} GiB. Make its layers narrower."
        )
    if not parameters:
        faults.append(f"network={config.name} has no parameters to train.")
    if faults:
        raise NetworkError(faults)
    return parameters


def _output_shape(network: nn.Module, config: Network, inputs: Inputs) -> tuple[int, ...]:
    x, codes = two_rows(inputs)
    try:
        output = network(x, codes)
    except Exception as error:
        if not isinstance(config, Custom):
            raise
        raise NetworkError(f"network={config.name} cannot take two rows of shape {tuple(x.shape)} "
                           f"({type(error).__name__}: {error}).") from error  # fmt: skip
    if not isinstance(output, Tensor):
        raise NetworkError(f"network={config.name} gives {type(output).__name__} for two rows; the data need a tensor.")
    return tuple(output.shape)
