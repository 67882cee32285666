"""Optimizers as one call over flat rows, by the kernels that torch's own fused optimizers run."""

import torch

from trainyard.config.schema import Adam, AdamW, Optimizer, Sgd
from trainyard.training.flat import GRADIENT, WEIGHTS, FlatParameters

SLOTS: dict[type[Optimizer], tuple[str, ...]] = {
    Adam: ("exp_avg", "exp_avg_sq"), AdamW: ("exp_avg", "exp_avg_sq"), Sgd: ("momentum_buffer",),
}  # fmt: skip


class FusedOptimizer:
    """The optimizer of a config over the rows of flat parameters, all members at once; its state lies in their slots.

    `count` is the number of updates made.
    """

    def __init__(self, config: Optimizer, flat: FlatParameters):
        self.config = config
        members = range(flat.rows.shape[1])
        self._weights = [flat.row(WEIGHTS, member) for member in members]
        self._gradients = [flat.row(GRADIENT, member) for member in members]
        self._state = [[flat.row(slot, member) for member in members] for slot in SLOTS[type(config)]]
        self._steps = [torch.zeros((), device=flat.rows.device) for _ in members]
        self.count = 0

    def restore(self, count: int) -> None:
        """Go on after `count` updates; the slots have been filled."""
        self.count = count
        for step in self._steps:
            step.fill_(count)

    def update(self, lr: float) -> None:
        """Move the weights by the gradients with a learning rate."""
        self.count += 1
        match self.config:
            case Adam():
                self._update_adam(self.config, lr)
            case Sgd():
                self._update_sgd(self.config, lr)

    def _update_adam(self, config: Adam, lr: float) -> None:
        torch._foreach_add_(self._steps, 1)
        kernel = torch._fused_adamw_ if isinstance(config, AdamW) else torch._fused_adam_
        kernel(
            self._weights, self._gradients, self._state[0], self._state[1], [], self._steps, lr=lr, beta1=config.beta1,
            beta2=config.beta2, weight_decay=config.weight_decay, eps=config.eps, amsgrad=False, maximize=False,
        )  # fmt: skip

    def _update_sgd(self, config: Sgd, lr: float) -> None:
        torch._fused_sgd_(
            self._weights, self._gradients, self._state[0] if config.momentum else [], lr=lr, dampening=0.0,
            weight_decay=config.weight_decay, momentum=config.momentum, nesterov=config.nesterov, maximize=False,
            is_first_step=self.count == 1,
        )  # fmt: skip
