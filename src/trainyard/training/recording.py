"""The forward and backward pass of a minibatch, recorded once and played back without modules and autograd.

The operators are those that autograd would call, on the same memory, in the same order: the bits are the same.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx

from trainyard.data.rows import Minibatch
from trainyard.models import Model
from trainyard.training.accelerator import Device
from trainyard.training.playback import Playback, compile_playback


def record(
    model: Model, device: Device, minibatch: Minibatch, parameters: Sequence[Tensor], gradients: Sequence[Tensor]
) -> Playback | None:
    """Return a function of minibatches of this shape that gives the loss and leaves the gradients in `gradients`.

    None where a pass cannot be recorded, or where what was recorded does not give the same bits as autograd: a network
    may decide by its values, or draw from a generator of its own.
    """
    touched = [*model.network.buffers(), *gradients]
    kept = [tensor.clone() for tensor in touched]

    def restore() -> None:
        for tensor, before in zip(touched, kept, strict=True):
            tensor.copy_(before)

    try:
        playback = compile_playback(trace(model, device, minibatch, parameters), gradients)
        restore()
        same = plays_the_same(playback, model, device, minibatch, parameters, gradients, restore)
    except Exception:  # noqa: BLE001  # whatever a network of one's own does to a tracer, autograd can do it too
        same = False
    restore()
    return playback if same else None


def trace(model: Model, device: Device, minibatch: Minibatch, parameters: Sequence[Tensor]) -> GraphModule:
    """Return the operators of loss and gradients; a decision by a value raises, for no value is known here."""

    def run(*tensors: Tensor | None) -> Any:
        return loss_and_gradients(model, device, Minibatch(*tensors), parameters)  # type: ignore[arg-type]

    graph = make_fx(run, tracing_mode="fake", _allow_non_fake_inputs=True)(*minibatch)
    graph.graph.eliminate_dead_code()
    return graph


def loss_and_gradients(
    model: Model, device: Device, minibatch: Minibatch, parameters: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Return the detached loss of a minibatch and its gradients, one a parameter, by autograd."""
    with torch.enable_grad(), device.pass_context():
        loss = model.loss(minibatch)
    gradients = torch.autograd.grad(loss, list(parameters), materialize_grads=True)
    if device.keeps_casts:
        torch.clear_autocast_cache()  # else the minibatches that follow see the old weights in 16 bits
    return loss.detach(), gradients


def plays_the_same(
    playback: Playback, model: Model, device: Device, minibatch: Minibatch, parameters: Sequence[Tensor],
    gradients: Sequence[Tensor], restore: Callable[[], None],
) -> bool:  # fmt: skip
    """Whether one pass by autograd and one played back give the same bits in loss, gradients and buffers."""
    random = random_state(device.torch)
    loss, expected = loss_and_gradients(model, device, minibatch, parameters)
    buffers = [tensor.clone() for tensor in model.network.buffers()]
    restore()
    set_random_state(device.torch, random)
    same = torch.equal(playback(*minibatch), loss)
    set_random_state(device.torch, random)
    pairs = [*zip(gradients, expected, strict=True), *zip(model.network.buffers(), buffers, strict=True)]
    return same and all(torch.equal(ours, theirs) for ours, theirs in pairs)


def random_state(device: torch.device) -> Tensor:
    """Return the state of the generator that dropout draws from on a device, uint8."""
    return torch.cuda.get_rng_state(device) if device.type == "cuda" else torch.get_rng_state()


def set_random_state(device: torch.device, state: Tensor) -> None:
    """Set the state of the generator that dropout draws from on a device."""
    if device.type == "cuda":
        torch.cuda.set_rng_state(state, device)
    else:
        torch.set_rng_state(state)
