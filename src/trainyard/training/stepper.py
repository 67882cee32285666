"""The optimizer's work for one minibatch: accumulation, clipping and learning rate live here and nowhere else."""

from typing import Protocol

import torch
from pytorch_lightning.core.optimizer import LightningOptimizer
from torch import Tensor

from trainyard.data.minibatches import Minibatch
from trainyard.models import Model
from trainyard.training.member import Member
from trainyard.training.schedule import learning_rate_factor


class Stepper(Protocol):
    """Advances a member by one minibatch."""

    @property
    def learning_rate(self) -> float:
        """The learning rate of the step to come."""

    def step(self, minibatch: Minibatch, group: int, closes: bool) -> Tensor:
        """Return the detached loss of the minibatch, one of `group` whose mean gradient makes a step.

        The step is taken where the minibatch `closes` its group.
        """


class ReferenceStepper:
    """Steps by Lightning's own means, so that it is right under every strategy and precision."""

    def __init__(self, model: Model, member: Member, total_steps: int | None):
        optimizer = model.optimizers()
        if not isinstance(optimizer, LightningOptimizer):
            raise TypeError("the reference stepper takes one optimizer")
        self.model, self.member, self.total_steps, self.optimizer = model, member, total_steps, optimizer
        self.mixed = member.config.accelerator.precision == "bf16-mixed"
        self.parameters = list(model.network.parameters())
        self._lr: float | None = None

    @property
    def learning_rate(self) -> float:
        """The learning rate of the step to come."""
        config, member = self.member.config, self.member
        factor = learning_rate_factor(config.schedule, member.step, self.total_steps)
        return config.optimizer.lr * factor * member.plateau_factor

    def step(self, minibatch: Minibatch, group: int, closes: bool) -> Tensor:
        """See Stepper."""
        loss = self.model.loss(minibatch)
        self.model.manual_backward(loss if group == 1 else loss / group)
        if closes:
            self._update()
        return loss.detach()

    def _update(self) -> None:
        clip_norm = self.member.config.training.clip_norm
        if clip_norm is not None:
            self.model.clip_gradients(self.optimizer, clip_norm, "norm")  # type: ignore[arg-type]  # the wrapper is one
        if (rate := self.learning_rate) != self._lr:
            self._lr = rate
            for parameters in self.optimizer.param_groups:
                parameters["lr"] = rate
        self.optimizer.step()
        for parameter in self.parameters:
            parameter.grad = None
        self.member.step += 1
        if self.mixed:
            torch.clear_autocast_cache()  # else the minibatches that follow in this block see the old weights in bf16
