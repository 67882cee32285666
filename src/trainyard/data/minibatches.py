"""Minibatches of one part, gathered on the device in an order that is a pure function of (seed, epoch)."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from trainyard.config.seeds import stream_seed
from trainyard.data.rows import Minibatch, Rows

GATHERED = 16  # minibatches gathered at once: fewer calls, and still in the cache when they are used
GATHERED_BYTES = 1 << 25  # of these at most, where rows are large
LINE = 64  # bytes of a cache line


def minibatch_count(rows: int, batch_size: int, limit: int | None = None) -> int:
    """Return the number of minibatches that `rows` are cut into, at most `limit`."""
    count, remainder = divmod(rows, batch_size)
    if remainder > 1 or (remainder == 1 and (count == 0 or batch_size == 1)):
        count += 1
    return count if limit is None else min(count, limit)


def minibatch_sizes(rows: int, batch_size: int) -> list[int]:
    """Return the rows of each minibatch that `rows` are cut into."""
    count = minibatch_count(rows, batch_size)
    return [*[batch_size] * (count - 1), rows - (count - 1) * batch_size]


class Minibatches:
    """The training rows, cut into minibatches anew each epoch.

    The last minibatch takes the remainder; a remainder of a single row joins the one before, since batch
    normalization has no variance of one row. `limit` keeps the first minibatches of each epoch. `augment` changes
    gathered rows, given their numbers (B,) and the epoch.
    """

    def __init__(
        self, rows: Rows, batch_size: int, seed: int, *, limit: int | None = None,
        augment: Callable[[Minibatch, Tensor, int], Minibatch] | None = None,
    ):  # fmt: skip
        self.rows, self.batch_size, self.seed, self.limit, self.augment = rows, batch_size, seed, limit, augment
        self._order: tuple[int, Tensor] = (-1, torch.empty(0, dtype=torch.int64))
        self._count = minibatch_count(len(rows), batch_size, limit)

    def __len__(self) -> int:
        return self._count

    def sizes(self) -> list[int]:
        """Return the rows of each minibatch of an epoch."""
        return minibatch_sizes(len(self.rows), self.batch_size)[: self.limit]

    def order(self, epoch: int) -> Tensor:
        """Return the row numbers of an epoch, int64 where the rows lie."""
        if self._order[0] != epoch:
            self._order = epoch, row_order(len(self.rows), self.seed, epoch).to(self.rows.y.device)
        return self._order[1]

    def read(self, epoch: int, start: int = 0, stop: int | None = None) -> Iterator[Minibatch]:
        """Yield minibatches start to stop of an epoch.

        Several are gathered at once and handed out as views where each of them begins on a cache line; else each into
        memory of its own. Kernels sum in another order on another alignment, and the results would depend on where
        reading began.
        """
        order, sizes = self.order(epoch), self.sizes()[start:stop]
        together = self.gathered_at_once()
        position = start * self.batch_size
        for first in range(0, len(sizes), together):
            cut = sizes[first : first + together]
            index = order[position : position + sum(cut)]
            position += sum(cut)
            self.rows.will_take(order[position : position + self.batch_size * together])
            gathered = self.rows.take(index)
            if self.augment is not None:
                gathered = self.augment(gathered, index, epoch)
            yield from _split(gathered, cut)

    def gathered_at_once(self) -> int:
        """Return how many minibatches are gathered together."""
        row_bytes = max(1, 4 * self.rows.x.shape[1:].numel())
        most = max(1, min(GATHERED, GATHERED_BYTES // (self.batch_size * row_bytes)))
        return most if all(self.batch_size * size % LINE == 0 for size in self.rows.float_bytes()) else 1


def _split(gathered: Minibatch, sizes: list[int]) -> Iterator[Minibatch]:
    if len(sizes) == 1:
        yield gathered
        return
    nothing = [None] * len(sizes)
    parts = [nothing if tensor is None else torch.split(tensor, sizes) for tensor in gathered]
    yield from map(Minibatch, *parts)


def row_order(rows: int, seed: int, epoch: int) -> Tensor:
    """Return the order of the rows in an epoch, a permutation (rows,) int64 on the CPU."""
    return torch.randperm(rows, generator=torch.Generator().manual_seed(stream_seed(seed, "order", epoch)))
