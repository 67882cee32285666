"""The losses of an epoch's minibatches, on the device until the epoch ends."""

from collections.abc import Iterable

import torch
from torch import Tensor

TOGETHER = 64  # losses of which one tensor is made


class Losses:
    """Losses one after the other, each a tensor of one number.

    Some at a time become one tensor. A small tensor that stays takes the place of a large one that was let go of, whose
    next one then finds no room: with one for each step the memory of a training would grow by a minibatch a step.
    """

    def __init__(self, losses: Iterable[Tensor] = ()):
        self._joined: list[Tensor] = []  # each (n,)
        self._recent = list(losses)
        self._count = len(self._recent)

    def __len__(self) -> int:
        return self._count

    def append(self, loss: Tensor) -> None:
        """Add the loss () of a minibatch."""
        self._recent.append(loss)
        self._count += 1
        if len(self._recent) >= TOGETHER:
            self._joined.append(torch.stack(self._recent))
            self._recent = []

    def stacked(self) -> Tensor:
        """Return all of them (n,), in their order; there is at least one."""
        recent = [torch.stack(self._recent)] if self._recent else []
        return torch.cat([*self._joined, *recent])
