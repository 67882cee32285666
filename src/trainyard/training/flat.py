"""Parameters and all that belongs to them as rows of one tensor, so that an update is one pass over memory."""

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor, nn

LINE = 64  # bytes of a cache line, on which each parameter begins, as it does in memory of its own
WEIGHTS, GRADIENT, BEST = "weights", "gradient", "best"


class FlatParameters:
    """The trainable parameters of K networks of one shape, in rows of one tensor (S, K, P).

    S slots: weights, gradient, best weights and `slots` for more; P numbers, each parameter padded to whole cache
    lines and in the order in which it lies in memory. The networks' parameters become views of their weights: what is
    written to a row is in the network.
    """

    def __init__(self, networks: Sequence[nn.Module], slots: Iterable[str] = ()):
        parameters = [(name, p) for name, p in networks[0].named_parameters() if p.requires_grad]
        self.names = [name for name, _ in parameters]
        self.shapes = [p.shape for _, p in parameters]
        self.strides = [torch.empty_like(p, device="meta").stride() for _, p in parameters]  # without gaps
        self.slots = (WEIGHTS, GRADIENT, BEST, *slots)
        first = parameters[0][1]
        step = LINE // first.element_size()
        sizes = [-(-shape.numel() // step) * step for shape in self.shapes]
        self.starts = [sum(sizes[:place]) for place in range(len(sizes))]
        self.rows = torch.zeros(len(self.slots), len(networks), sum(sizes), dtype=first.dtype, device=first.device)
        for member, network in enumerate(networks):
            self._adopt(network, member)

    def row(self, slot: str, member: int = 0) -> Tensor:
        """Return all numbers of one slot of a member (P,)."""
        return self.rows[self.slots.index(slot), member]

    def views(self, slot: str, member: int = 0) -> dict[str, Tensor]:
        """Return one slot of a member by parameter, in the parameters' own shapes."""
        row = self.row(slot, member)
        places = zip(self.names, self.starts, self.shapes, self.strides, strict=True)
        return {
            name: row[start : start + shape.numel()].as_strided(shape, stride) for name, start, shape, stride in places
        }

    def runs(self, values: Mapping[str, float]) -> list[tuple[slice, float]]:
        """Return the places in a row of neighbouring parameters that have one value, with it; together the whole row.

        A parameter without a value of its own has 1.
        """
        found: list[tuple[slice, float]] = []
        ends = [*self.starts[1:], self.rows.shape[2]]
        for name, start, end in zip(self.names, self.starts, ends, strict=True):
            value = values.get(name, 1.0)
            if found and found[-1][1] == value:
                start = found.pop()[0].start
            found.append((slice(start, end), value))
        return found

    def _adopt(self, network: nn.Module, member: int) -> None:
        parameters = dict(network.named_parameters())
        for name, view in self.views(WEIGHTS, member).items():
            view.copy_(parameters[name].detach())
            parameters[name].data = view
