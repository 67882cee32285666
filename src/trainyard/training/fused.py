"""Optimizers as one call over flat rows, by the kernels that torch's own fused optimizers run."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from trainyard.config.schema.optimization import Adam, AdamW, Optimizer, Sgd
from trainyard.training.flat import GRADIENT, WEIGHTS, FlatParameters

SLOTS: dict[type[Optimizer], tuple[str, ...]] = {
    Adam: ("exp_avg", "exp_avg_sq"), AdamW: ("exp_avg", "exp_avg_sq"), Sgd: ("momentum_buffer",),
}  # fmt: skip


@dataclass(frozen=True)
class Run:
    """Neighbouring numbers in the rows of all members that move at one learning rate, `multiplier` times the usual."""

    multiplier: float
    weights: list[Tensor]
    gradients: list[Tensor]
    state: list[list[Tensor]]  # by slot
    steps: list[Tensor]


class FusedOptimizer:
    """The optimizer of a config over the rows of flat parameters, all members at once; its state lies in their slots.

    `multipliers` holds, by parameter, those of the learning rate that are not 1. `count` is the number of updates made.
    """

    def __init__(self, config: Optimizer, flat: FlatParameters, multipliers: Mapping[str, float] | None = None):
        self.config = config
        members = range(flat.rows.shape[1])

        def parts(slot: str, place: slice) -> list[Tensor]:
            return [flat.row(slot, member)[place] for member in members]

        self._runs = [
            Run(multiplier, parts(WEIGHTS, place), parts(GRADIENT, place),
                [parts(slot, place) for slot in SLOTS[type(config)]],
                [torch.zeros((), device=flat.rows.device) for _ in members])
            for place, multiplier in flat.runs(multipliers or {})
        ]  # fmt: skip
        self.count = 0

    @property
    def steps(self) -> list[Tensor]:
        """Return the counts of updates that lie on the device."""
        return [*itertools.chain(*(run.steps for run in self._runs))]

    def restore(self, count: int) -> None:
        """Go on after `count` updates; the slots have been filled."""
        self.count = count
        for step in self.steps:
            step.fill_(count)

    def update(self, lr: float | Tensor) -> None:
        """Move the weights by the gradients with a learning rate, which may lie on the device in 32 bits."""
        self.count += 1
        for run in self._runs:
            rate = lr if run.multiplier == 1 else lr * run.multiplier
            match self.config:
                case Adam():
                    self._update_adam(self.config, run, rate)
                case Sgd():
                    self._update_sgd(self.config, run, rate)

    def _update_adam(self, config: Adam, run: Run, lr: float | Tensor) -> None:
        torch._foreach_add_(run.steps, 1)
        kernel = torch._fused_adamw_ if isinstance(config, AdamW) else torch._fused_adam_
        kernel(
            run.weights, run.gradients, run.state[0], run.state[1], [], run.steps, lr=lr, beta1=config.beta1,
            beta2=config.beta2, weight_decay=config.weight_decay, eps=config.eps, amsgrad=False, maximize=False,
        )  # fmt: skip

    def _update_sgd(self, config: Sgd, run: Run, lr: float | Tensor) -> None:
        torch._fused_sgd_(
            run.weights, run.gradients, run.state[0] if config.momentum else [], lr=lr, dampening=0.0,
            weight_decay=config.weight_decay, momentum=config.momentum, nesterov=config.nesterov, maximize=False,
            is_first_step=self.count == 1,
        )  # fmt: skip
