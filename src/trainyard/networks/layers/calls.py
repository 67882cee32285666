"""How a layer is called: torch's layers that give more than one tensor or take several, and our own two."""

from collections.abc import Callable, Sequence
from functools import partial, reduce

import torch
from torch import Tensor, nn

from trainyard.config.layers.types import RECURRENT
from trainyard.config.layers.wiring import Wired

Call = Callable[[nn.Module | None, Sequence[Tensor]], Tensor]


def call_of(layer: Wired) -> Call:
    """Return the function (module, inputs) -> output of a layer; it can be pickled. `Merge` and `Permute` have no
    module."""
    name, arguments = layer.type.name, layer.arguments
    if name == "Merge":
        return partial(_merge, layer.merge, int(arguments.get("dim", 1)))
    if name == "Permute":
        return partial(_permute, tuple(arguments["dims"]))
    if name == "MultiheadAttention":
        return _attend
    if layer.type.side_by_side[1] > 1:
        return _side_by_side
    if name in RECURRENT:
        call = _all_steps if arguments.get("steps") == "all" else _last_state
    else:
        call = _cell if name == "LSTMCell" else _one
    return partial(_merged, layer.merge, call) if len(layer.inputs) > 1 else call


def merged(tensors: Sequence[Tensor], how: str, dim: int = 1) -> Tensor:
    """Return tensors joined along `dim` (concat), or their sum, mean or product, element by element."""
    if how == "concat":
        return torch.cat(list(tensors), dim)
    if how == "product":
        return reduce(torch.mul, tensors)
    total = reduce(torch.add, tensors)
    return total / len(tensors) if how == "mean" else total


def _merge(how: str, dim: int, module: nn.Module | None, tensors: Sequence[Tensor]) -> Tensor:
    del module
    return merged(tensors, how, dim)


def _permute(dims: tuple[int, ...], module: nn.Module | None, tensors: Sequence[Tensor]) -> Tensor:
    del module
    return tensors[0].permute(dims)


def _merged(how: str, call: Call, module: nn.Module | None, tensors: Sequence[Tensor]) -> Tensor:
    return call(module, [merged(tensors, how)])


def _one(module: nn.Module | None, tensors: Sequence[Tensor]) -> Tensor:
    output: Tensor = _given(module)(tensors[0])
    return output


def _side_by_side(module: nn.Module | None, tensors: Sequence[Tensor]) -> Tensor:
    output: Tensor = _given(module)(*tensors)
    return output.unsqueeze(1) if output.dim() == 1 else output  # a distance is one number for a row


def _attend(module: nn.Module | None, tensors: Sequence[Tensor]) -> Tensor:
    """One input attends to itself; of two, the first attends to the second; three are query, key and value."""
    query, key, value = [*tensors, tensors[-1], tensors[-1]][:3]
    output: Tensor = _given(module)(query, key, value, need_weights=False)[0]
    return output


def _all_steps(module: nn.Module | None, tensors: Sequence[Tensor]) -> Tensor:
    output: Tensor = _given(module)(tensors[0])[0]
    return output


def _last_state(module: nn.Module | None, tensors: Sequence[Tensor]) -> Tensor:
    """Return the state (B, H) after the last step; of both directions (B, 2 H), each after its own last step."""
    recurrent = _given(module)
    state = recurrent(tensors[0])[1]
    hidden: Tensor = state[0] if isinstance(state, tuple) else state  # (layers * directions, B, H)
    return torch.cat(hidden[-2:].unbind(0), 1) if recurrent.bidirectional else hidden[-1]


def _cell(module: nn.Module | None, tensors: Sequence[Tensor]) -> Tensor:
    output: Tensor = _given(module)(tensors[0])[0]
    return output


def _given(module: nn.Module | None) -> nn.Module:
    if module is None:
        raise TypeError("this layer needs its module")
    return module
