"""How an epoch is handed to Lightning: in blocks of minibatches, so that its bookkeeping is paid once a block."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

BLOCK_SECONDS = 0.25
FIRST_BLOCK = 1  # minibatch: what it takes is the time to the first step


class Block(NamedTuple):
    """Minibatches `start` to `stop` of an epoch (counted from 0)."""

    epoch: int
    start: int
    stop: int


class Blocks:
    """A stateful loader of blocks; one iteration is what remains of the current epoch.

    `length` is the minibatches of a block, or "auto" for as many as take about a quarter of a second. How an epoch is
    cut changes no result. `start` is the epoch and its minibatch to begin with.
    """

    def __init__(self, minibatches: int, length: int | Literal["auto"], start: tuple[int, int] = (0, 0)):
        self.minibatches = minibatches
        self.adaptive = length == "auto"
        self.length = FIRST_BLOCK if length == "auto" else length
        self.epoch, self.position = start

    def __iter__(self) -> Iterator[Block]:
        if self.position == self.minibatches:  # a training that goes on where an epoch had only to be closed
            yield Block(self.epoch, self.position, self.position)
        while self.position < self.minibatches:
            start, self.position = self.position, min(self.position + self.length, self.minibatches)
            yield Block(self.epoch, start, self.position)
        self.epoch, self.position = self.epoch + 1, 0

    def measured(self, minibatches: int, seconds: float) -> None:
        """Choose the length of the blocks to come by what one has taken."""
        if self.adaptive and minibatches:
            self.length = max(1, int(BLOCK_SECONDS * minibatches / max(seconds, 1e-9)))
