"""The fast stepper for one device: flat rows, one fused call an update, and recorded passes where they pay."""

from collections.abc import Mapping

import torch
from torch import Tensor

from trainyard.data.rows import Minibatch
from trainyard.models import Model
from trainyard.training.accelerator import Device
from trainyard.training.flat import BEST, GRADIENT, FlatParameters
from trainyard.training.fused import SLOTS, FusedOptimizer
from trainyard.training.member import Member
from trainyard.training.optimizers import multipliers_by_name
from trainyard.training.playback import Playback
from trainyard.training.recording import loss_and_gradients, record
from trainyard.training.schedule import Length
from trainyard.training.stepper import gradient_key, learning_rate, slot_key

SCRATCH = "scratch"  # slot for the gradient of one minibatch of a group
RECORD_AFTER = 10  # minibatches of a shape: a training that ends early shall not have paid for it
RECORD_FROM = 500  # more of them to come, in which recording saves what it takes
NORM_EPS = 1e-6  # that of torch.nn.utils.clip_grad_norm_


class FlatStepper:
    """Steps a member on one device, with the results of the reference up to rounding.

    `expected` holds how many minibatches of a number of rows are to come, infinity where nothing bounds it; without it
    nothing is recorded.
    """

    def __init__(
        self, model: Model, member: Member, device: Device, length: Length,
        expected: Mapping[int, float] | None = None,
    ):  # fmt: skip
        self.model, self.member, self.device, self.length = model, member, device, length
        self.expected = expected or {}
        optimizer = member.config.optimizer
        grouped = [SCRATCH] if member.config.training.accumulate > 1 else []
        self.flat = FlatParameters([model.network], (*grouped, *SLOTS[type(optimizer)]))
        self.optimizer = FusedOptimizer(optimizer, self.flat, multipliers_by_name(model.network))
        self.parameters = [p for p in model.network.parameters() if p.requires_grad]
        self._gradient = self.flat.row(GRADIENT)
        self._scratch = self.flat.row(SCRATCH) if grouped else self._gradient
        self._written = list(self.flat.views(SCRATCH if grouped else GRADIENT).values())
        self._recorded: dict[int, Playback | None] = {}
        self._seen: dict[int, int] = {}
        self._passes = 0  # of the group that is being worked on
        member.keep_best_in(self.flat.views(BEST), model.network)

    @torch.no_grad()
    def step(self, minibatch: Minibatch, group: int, closes: bool) -> Tensor:
        """See Stepper."""
        loss = self._work(minibatch, group, self._rate() if closes else None)
        self._count(closes)
        return loss

    def state(self) -> dict[str, Tensor]:
        """See Stepper."""
        tensors: dict[str, Tensor] = {}
        if self.optimizer.count:
            for slot in SLOTS[type(self.member.config.optimizer)]:
                tensors |= {slot_key(slot, name): view for name, view in self.flat.views(slot).items()}
            tensors |= {slot_key("step", name): torch.tensor(float(self.optimizer.count)) for name in self.flat.names}
        if self._passes:
            tensors |= {gradient_key(name): view for name, view in self.flat.views(GRADIENT).items()}
        return tensors

    @torch.no_grad()
    def load(self, state: Mapping[str, Tensor]) -> None:
        """See Stepper."""
        for slot in (*SLOTS[type(self.member.config.optimizer)], GRADIENT):
            for name, view in self.flat.views(slot).items():
                key = gradient_key(name) if slot == GRADIENT else slot_key(slot, name)
                if key in state:
                    view.copy_(state[key])
        self.optimizer.restore(self.member.step)
        self._passes = int(gradient_key(self.flat.names[0]) in state)

    def _rate(self) -> float | Tensor:
        return learning_rate(self.member, self.length)

    def _work(self, minibatch: Minibatch, group: int, rate: float | Tensor | None) -> Tensor:
        """Do what a minibatch asks of the device and return its loss; with a rate, update the weights."""
        loss = self._pass(minibatch)
        if self._scratch is not self._gradient and self._passes == 0:
            torch.mul(self._scratch, 1 / group, out=self._gradient)
        elif self._scratch is not self._gradient:
            self._gradient.add_(self._scratch, alpha=1 / group)
        if rate is not None:
            self._clip()
            self.optimizer.update(rate)
        return loss

    def _count(self, closes: bool) -> None:
        self._passes += 1
        if closes:
            self.member.step += 1
            self._passes = 0

    def _pass(self, minibatch: Minibatch) -> Tensor:
        """Leave the gradient of a minibatch in its row and return its loss."""
        playback = self._recorded.get(minibatch.rows)
        if playback is not None:
            return playback(*minibatch)
        if minibatch.rows not in self._recorded and self._is_worth_recording(minibatch.rows):
            self._recorded[minibatch.rows] = record(
                self.model, self.device, minibatch, self.parameters, self._written
            )
            return self._pass(minibatch)
        loss, gradients = loss_and_gradients(self.model, self.device, minibatch, self.parameters)
        torch._foreach_copy_(self._written, gradients)
        return loss

    def _is_worth_recording(self, rows: int) -> bool:
        self._seen[rows] = seen = self._seen.get(rows, 0) + 1
        return seen > RECORD_AFTER and self.expected.get(rows, 0.0) - seen >= RECORD_FROM

    def _clip(self) -> None:
        clip_norm = self.member.config.training.clip_norm
        if clip_norm is not None:
            norm = torch.linalg.vector_norm(self._gradient)
            self._gradient.mul_((clip_norm / (norm + NORM_EPS)).clamp(max=1.0))
