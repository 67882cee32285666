"""The network of a card, built again and given its weights; sizes are bounded before anything of them is made."""

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from torch import Tensor, nn

from trainyard.config.schema.model import Custom, Linear, Mlp
from trainyard.inference.forward import DTYPES
from trainyard.inference.options import network_config
from trainyard.inference.package import PackageError
from trainyard.networks import Inputs
from trainyard.networks.build import build_network, shapes_only, two_rows

SMALL = 1 << 16  # a size up to which a number on a card is not looked at
FEW = 64  # and the length of a list
DENSE = (Linear, Mlp)  # networks none of whose layers gives more than it has weights, so that loading need not try
MEMORY_SHARE = 0.25  # of the machine's memory may be taken by what a layer gives for two rows


def restore_network(card: Mapping[str, Any], tensors: Mapping[str, Tensor], trust: Sequence[str] = ()) -> nn.Module:
    """Return the network of a card with its weights, ready to predict; one's own only from trusted packages.

    Raises PackageError for sizes that its weights do not have, and what building it raises.
    """
    sizes = card["inputs"]
    shape = sizes["image_shape"]
    inputs = Inputs(
        sizes["numeric"], tuple(sizes["category_sizes"]), None if shape is None else tuple(shape),
        tuple(sizes.get("category_names", ())),
    )  # fmt: skip
    config = network_config(card["network"])
    if isinstance(config, Custom):
        _check_trust(config, trust)
    else:
        check_sizes(card["network"], tensors)
    with shapes_only(config):  # the weights are there already
        network = build_network(config, inputs, card["outputs"], trust).eval()
        if not isinstance(config, (Custom, *DENSE)):
            _check_outputs(network, inputs, card["outputs"])
    _check_dtypes(network, tensors, DTYPES.get(card["precision"]))
    network.load_state_dict(dict(tensors), strict=True, assign=True)
    unset = [name for name, tensor in chain(network.named_parameters(), network.named_buffers()) if tensor.is_meta]
    if unset:
        raise PackageError(f"There are no values for {', '.join(unset)} of the network.")
    return network.eval().requires_grad_(False)


def check_sizes(values: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
    """Raise PackageError for a number or a list in a network's config that is larger than all of its weights."""
    elements = max(SMALL, sum(tensor.numel() for tensor in tensors.values()))
    length = max(FEW, 2 * len(tensors))
    for path, value in _leaves(values, "network"):
        if isinstance(value, int | float) and abs(value) > elements:
            raise PackageError(f"{path} is {value:g}, but the weights are {elements:,} numbers at most.")
        if isinstance(value, list | dict) and len(value) > length:
            raise PackageError(f"{path} has {len(value):,} entries, but there are {len(tensors)} tensors of weights.")


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, value
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from _leaves(each, f"{path}.{name}")


def _check_outputs(network: nn.Module, inputs: Inputs, outputs: int) -> None:
    """Raise PackageError where two rows give something of another shape, or a layer of an absurd size on the way.

    The network is on torch's meta device, which computes shapes and no numbers.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * MEMORY_SHARE
    largest = [0]

    def note(_module: nn.Module, _arguments: Any, output: Any) -> None:
        if isinstance(output, Tensor):
            largest[0] = max(largest[0], output.numel() * output.element_size())
            if largest[0] > memory:
                raise PackageError(f"Two rows would take {largest[0] / 2**30:,.0f} GiB in a layer of the network.")

    hooks = [module.register_forward_hook(note) for module in network.modules()]
    try:
        output = network(*two_rows(inputs))
    finally:
        for hook in hooks:
            hook.remove()
    if tuple(output.shape) != (2, outputs):
        raise PackageError(f"The network gives {tuple(output.shape)} for two rows, but the card says (2, {outputs}).")


def _check_dtypes(network: nn.Module, tensors: Mapping[str, Tensor], floating: Any) -> None:
    for name, expected in network.state_dict().items():
        wanted = floating if floating is not None and expected.is_floating_point() else expected.dtype
        if name in tensors and tensors[name].dtype != wanted:
            raise PackageError(f"{name} of the network is {tensors[name].dtype}, but should be {wanted}.")


def check_numbers(network: nn.Module) -> None:
    """Raise PackageError for weights that are no finite numbers; buffers may hold infinities, as masks do."""
    for name, parameter in network.named_parameters():
        if not bool(parameter.isfinite().all()):
            raise PackageError(f"The weights {name} hold values that are no finite numbers; the training diverged, or "
                               "they were altered.")  # fmt: skip
    for name, buffer in network.named_buffers():
        if bool(buffer.isnan().any()):
            raise PackageError(f"The values {name} of the network hold some that are no numbers.")


def _check_trust(config: Custom, trust: Sequence[str]) -> None:
    from trainyard.config.trusted import target_fault

    if target_fault(config._target_, trust, "") is not None:
        package = config._target_.split(".")[0]
        raise PackageError(f"The network is {config._target_}, code of one's own that did not come with the weights. "
                           f"To import and run it, trust its package: trusted=[{package}], in Python "
                           f"load(..., trust=({package!r},)).")  # fmt: skip
