"""The optimizer's work for one minibatch: accumulation, clipping and learning rate live here and nowhere else."""

from collections.abc import Iterator, Mapping
from typing import Protocol

import torch
from torch import Tensor
from torch.optim import Optimizer

from trainyard.data.rows import Minibatch
from trainyard.training.distributed import World
from trainyard.training.lightning import LightningModel
from trainyard.training.lightning_library import pl
from trainyard.training.member import Member
from trainyard.training.optimizers import set_learning_rate
from trainyard.training.schedule import Length, learning_rate_factor

ALONE = World()


class Stepper(Protocol):
    """Advances a member by one minibatch."""

    def step(self, minibatch: Minibatch, group: int, closes: bool) -> Tensor:
        """Return the detached loss of the minibatch, one of `group` whose mean gradient makes a step.

        The step is taken where the minibatch `closes` its group.
        """

    def state(self) -> dict[str, Tensor]:
        """Return what the steps to come depend on, in the same words for every stepper.

        `optimizer/<slot>/<parameter>`, and within a group `gradient/<parameter>`, divided by the group's minibatches.
        """

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Go on from a state."""


def learning_rate(member: Member, length: Length) -> float:
    """Return the learning rate of the step to come."""
    config = member.config
    factor = learning_rate_factor(config.schedule, member.step, length)
    return config.optimizer.lr * factor * member.plateau_factor


def slot_key(slot: str, parameter: str) -> str:
    """Return the name of an optimizer's number for a parameter in a stepper's state."""
    return f"optimizer/{slot}/{parameter}"


def gradient_key(parameter: str) -> str:
    """Return the name of the gradient of a parameter in a stepper's state."""
    return f"gradient/{parameter}"


class ReferenceStepper:
    """Steps by Lightning's own means, so that it is right under every strategy and precision."""

    def __init__(self, module: LightningModel, member: Member, length: Length, world: World = ALONE):
        optimizer = module.optimizers()
        if not isinstance(optimizer, pl.core.optimizer.LightningOptimizer):
            raise TypeError("the reference stepper takes one optimizer")
        self.module, self.model, self.member, self.length = module, module.model, member, length
        self.optimizer = optimizer
        self.world = world
        self.mixed = member.config.accelerator.precision.endswith("-mixed")
        module.before_update = self._clip
        self.parameters = dict(self.model.network.named_parameters())
        self._lr: float | None = None

    def step(self, minibatch: Minibatch, group: int, closes: bool) -> Tensor:
        """See Stepper."""
        loss = self.model.loss(minibatch) * self.world.share(self.model, minibatch)
        self.module.manual_backward(loss if group == 1 else loss / group)
        if closes:
            self._update()
        return loss.detach()

    def state(self) -> dict[str, Tensor]:
        """See Stepper."""
        tensors = {slot_key(slot, name): tensor for slot, name, tensor in self._slots()}
        gradients = {name: p.grad for name, p in self.parameters.items() if p.grad is not None}
        return tensors | {gradient_key(name): gradient for name, gradient in gradients.items()}

    def load(self, state: Mapping[str, Tensor]) -> None:
        """See Stepper."""
        optimizer = self.optimizer.optimizer
        for name, parameter in self.parameters.items():
            slots = {slot: tensor for (slot, of), tensor in _slots_in(state) if of == name}
            optimizer.state[parameter] = {slot: _placed(slot, tensor, parameter) for slot, tensor in slots.items()}
            if (gradient := state.get(gradient_key(name))) is not None:
                parameter.grad = _placed("gradient", gradient, parameter)

    def _slots(self) -> Iterator[tuple[str, str, Tensor]]:
        for name, parameter in self.parameters.items():
            for slot, value in self.optimizer.optimizer.state.get(parameter, {}).items():
                if value is not None:
                    yield slot, name, torch.as_tensor(value)

    def _clip(self, optimizer: Optimizer) -> None:
        """Clip gradients where they have their own scale again, which is right before the update."""
        clip_norm = self.member.config.training.clip_norm
        if clip_norm is not None:
            self.module.clip_gradients(optimizer, clip_norm, "norm")

    def _update(self) -> None:
        if (rate := learning_rate(self.member, self.length)) != self._lr:
            self._lr = rate
            set_learning_rate(self.optimizer.optimizer, rate)
        self.optimizer.step()
        for parameter in self.parameters.values():
            parameter.grad = None
        self.member.step += 1
        if self.mixed:
            torch.clear_autocast_cache()  # else the minibatches that follow in this block see the old weights in bf16


def _slots_in(state: Mapping[str, Tensor]) -> Iterator[tuple[tuple[str, str], Tensor]]:
    for key, tensor in state.items():
        kind, _, rest = key.partition("/")
        if kind == "optimizer":
            slot, _, parameter = rest.partition("/")
            yield (slot, parameter), tensor


def _placed(slot: str, tensor: Tensor, parameter: Tensor) -> Tensor:
    """Return a copy that lies where torch keeps a slot, and as the parameter does, for fused kernels go by memory.

    Single numbers of an optimizer that is not fused lie on the CPU.
    """
    alone = slot in ("step", "mu_product") and parameter.device.type != "cpu"
    if alone or tensor.shape != parameter.shape:
        return tensor.to(torch.device("cpu") if alone else parameter.device, copy=True)
    return torch.empty_like(parameter, dtype=tensor.dtype, requires_grad=False).copy_(tensor)
