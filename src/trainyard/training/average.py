"""An exponential moving average of the weights, which validates and predicts in their place."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class WeightAverage:
    """The moving average of a network's parameters; buffers, such as those of batch normalization, stay as they are.

    After n updates its decay is at most (1 + n) / (10 + n), so that the first weights are soon forgotten (Tensorflow's
    ExponentialMovingAverage; Polyak and Juditsky, 1992, for the average itself).
    """

    def __init__(self, network: nn.Module, decay: float):
        self.decay, self.updates = decay, 0
        self.names = [name for name, _ in network.named_parameters()]
        self.parameters: list[Tensor] = list(network.parameters())
        self.averages = [parameter.detach().clone() for parameter in self.parameters]

    @torch.no_grad()
    def update(self) -> None:
        """Take in the weights after a step."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(self.averages, self.parameters, 1 - decay)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Let the network have the averages for its parameters meanwhile."""
        self.swap()
        try:
            yield
        finally:
            self.swap()

    def state(self) -> dict[str, Tensor]:
        """Return the averages by the names of their parameters."""
        return dict(zip(self.names, self.averages, strict=True))

    @torch.no_grad()
    def load(self, averages: Mapping[str, Tensor], updates: int) -> None:
        """Go on from a state after so many updates."""
        self.updates = updates
        for name, average in zip(self.names, self.averages, strict=True):
            average.copy_(averages[name])

    @torch.no_grad()
    def swap(self) -> None:
        """Let weights and averages change places."""
        kept = [parameter.clone() for parameter in self.parameters]
        torch._foreach_copy_(self.parameters, self.averages)
        torch._foreach_copy_(self.averages, kept)
