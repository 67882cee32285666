"""A network of the user's own."""

from collections.abc import Sequence
from inspect import Parameter, signature
from typing import Any

from torch import Tensor, nn

from trainyard.config.schema.model import Custom
from trainyard.config.trusted import resolve_target
from trainyard.errors import NetworkError
from trainyard.networks.inputs import Inputs

KEY = "network._target_"


def custom_network(config: Custom, inputs: Inputs, outputs: int, trusted: Sequence[str]) -> nn.Module:
    """Return the user's own network, called with its arguments and, where it names them, `inputs` and `outputs`.

    Its forward takes x, or x and codes. Raises ConfigError where its package is not trusted or cannot be imported, and
    NetworkError where it cannot be built or does not fit the data.
    """
    target = resolve_target(config._target_, trusted, KEY)
    if not callable(target):
        raise NetworkError(f"{KEY}={config._target_}: is no class and no function, but {target!r}.")
    shapes = {"inputs": inputs, "outputs": outputs}
    given = {name: value for name, value in shapes.items() if name in _parameters(target)}
    try:
        network = target(**given, **config.arguments)
    except Exception as error:
        raise NetworkError(f"{KEY}={config._target_}: cannot be built ({type(error).__name__}: {error}). It is called "
                           f"with {_words([*given, *config.arguments])}.") from error  # fmt: skip
    if not isinstance(network, nn.Module):
        raise NetworkError(f"{KEY}={config._target_}: gives {type(network).__name__}, but a network is a "
                           "torch.nn.Module.")  # fmt: skip
    if not _takes_codes(network):
        if inputs.category_sizes:
            columns = len(inputs.category_sizes)
            raise NetworkError(f"{KEY}={config._target_}: its forward takes numbers alone, but the data have {columns} "
                               f"embedded column{'s' if columns > 1 else ''}. Let it take codes (B, {columns}) too, or "
                               "raise dataset.one_hot_limit.")  # fmt: skip
        _leave_out_codes(network)
    return network


def _parameters(target: Any) -> list[str]:
    try:
        return list(signature(target).parameters)
    except (TypeError, ValueError):  # built-in callables have none
        return []


def _words(names: Sequence[str]) -> str:
    return ", ".join(names) or "no arguments"


def _takes_codes(network: nn.Module) -> bool:
    kinds = [parameter.kind for parameter in signature(network.forward).parameters.values()]
    positional = [kind for kind in kinds if kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)]
    return len(positional) >= 2 or Parameter.VAR_POSITIONAL in kinds


def _leave_out_codes(network: nn.Module) -> None:
    """Let the network be called like any other, with its weights under the names that they have in the user's class."""
    forward = network.forward

    def without_codes(x: Tensor, codes: Tensor | None = None) -> Any:
        del codes
        return forward(x)

    network.forward = without_codes
