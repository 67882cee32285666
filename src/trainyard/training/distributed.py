"""What processes that share a training agree on: each one's part of a minibatch, its weight, and when to stop."""

from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor

from trainyard.data.rows import Minibatch
from trainyard.models import Model
from trainyard.training.stop import Stop

REASONS = ("max_time", "interrupted", "requeued", "terminated")  # seen by one process, and obeyed by all


@dataclass(frozen=True)
class World:
    """The place of this process among all that share a training."""

    rank: int = 0
    size: int = 1

    @property
    def alone(self) -> bool:
        """Whether there is no other process."""
        return self.size == 1

    def part(self, minibatch: Minibatch) -> Minibatch:
        """Return this process's rows of a minibatch.

        Where there are fewer rows than processes, it is a row that weighs nothing.
        """
        if self.alone:
            return minibatch
        bounds = [minibatch.rows * rank // self.size for rank in (self.rank, self.rank + 1)]
        if bounds[0] < bounds[1]:
            return _sliced(minibatch, slice(*bounds))
        first = _sliced(minibatch, slice(0, 1))
        return first._replace(weight=torch.zeros_like(first.x.flatten()[:1]))

    def share(self, model: Model, part: Minibatch) -> Tensor | float:
        """Return the factor on the mean loss of this process's rows that makes the mean over all processes right."""
        if self.alone:
            return 1.0
        weight = model.total_weight(part)
        own = torch.tensor(float(part.rows), device=part.y.device) if weight is None else weight.float()
        total = own.clone()
        dist.all_reduce(total)
        return own * self.size / total.clamp_min(1e-12)

    def mean(self, losses: Tensor) -> Tensor:
        """Return the mean over all processes of numbers (n,) that each has."""
        if not self.alone:
            dist.all_reduce(losses)
            losses = losses / self.size
        return losses

    def agree(self, stop: Stop, device: torch.device) -> None:
        """Let the stop of one process be the stop of all."""
        known = 0 if stop.reason not in REASONS else 1 + REASONS.index(stop.reason)
        code = torch.tensor(known, device=device)
        dist.all_reduce(code, op=dist.ReduceOp.MAX)
        if int(code):
            stop.reason = REASONS[int(code) - 1]


def _sliced(minibatch: Minibatch, rows: slice) -> Minibatch:
    return Minibatch(*(None if tensor is None else tensor[rows] for tensor in minibatch))  # type: ignore[arg-type]


