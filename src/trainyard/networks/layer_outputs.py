"""What the layers of a network give for rows, by name."""

from collections.abc import Sequence

from torch import Tensor, nn

from trainyard.config.nearest import did_you_mean, listed
from trainyard.errors import NetworkError
from trainyard.networks.layers import LayersNetwork


def layer_names(network: nn.Module) -> list[str]:
    """Return the layers whose outputs can be had: those of the config, or of another network its innermost modules."""
    if isinstance(network, LayersNetwork):
        return [step.name for step in network.steps]
    return [name for name, module in network.named_modules() if name and not list(module.children())]


def layer_outputs(
    network: nn.Module, x: Tensor, codes: Tensor | None, names: Sequence[str]
) -> dict[str, Tensor]:
    """Return the outputs (B, ...) of the named layers for x (B, F) or images and codes (B, C), in the order of `names`.

    The network computes as it stands: with dropout where it is in training. Raises NetworkError for a name that no
    layer has.
    """
    known = layer_names(network)
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or "."
            raise NetworkError(f"The network has no layer {name}{hint} There are {listed(known)}.")
    if isinstance(network, LayersNetwork):
        values = network.values(x, codes, keep=names)
    else:
        values = _values_by_hooks(network, x, codes, names)
    for name in names:
        if not isinstance(values.get(name), Tensor):
            raise NetworkError(f"The layer {name} gives no numbers of its own; take the one that it is part of.")
    return {name: values[name] for name in names}


def _values_by_hooks(network: nn.Module, x: Tensor, codes: Tensor | None, names: Sequence[str]) -> dict[str, Tensor]:
    values: dict[str, Tensor] = {}

    def keep(name: str):  # type: ignore[no-untyped-def]  # torch's hook signature
        def hook(module: nn.Module, arguments: tuple[Tensor, ...], output: Tensor) -> None:
            del module, arguments
            values[name] = output

        return hook

    hooks = [network.get_submodule(name).register_forward_hook(keep(name)) for name in names]
    try:
        network(x, codes)
    finally:
        for hook in hooks:
            hook.remove()
    return values
