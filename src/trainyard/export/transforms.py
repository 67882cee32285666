"""The transforms of numeric columns in operations of torch, in 64 bits as NumPy computes them.

Their numbers are tensors, since exporters round plain ones to 32 bits.
"""

import torch
from torch import Tensor, nn

from trainyard.data.transforms import CLIP, Quantile, Robust, Standard, Transform

BOUND = 1e150  # of a scaled value, whose square is still a number


def exact(value: float) -> Tensor:
    """Return a number as a tensor () float64."""
    return torch.tensor(value, dtype=torch.float64)


class Bend(nn.Module):
    """A fitted transform: from values (N,) float64 without NaN to values (N,) float64."""

    def __init__(self, transform: Transform):
        super().__init__()
        self.transform = transform
        if isinstance(transform, Standard | Robust):
            self.register_buffer("center", exact(transform.center))
            self.register_buffer("scale", exact(transform.scale))
            self.register_buffer("bound", exact(BOUND))
            self.center: Tensor
            self.scale: Tensor
            self.bound: Tensor
        if isinstance(transform, Quantile):
            known = torch.tensor(transform.quantiles, dtype=torch.float64)
            self.shrink = 0.25 if float(known.abs().max()) > 1e300 else 1.0  # differences of huge values overflow
            self.register_buffer("known", known * self.shrink)
            self.register_buffer("scores", torch.tensor(transform.scores, dtype=torch.float64))
            self.known: Tensor
            self.scores: Tensor

    def forward(self, values: Tensor) -> Tensor:
        """Return the values, transformed."""
        match self.transform:
            case Standard():
                return (values - self.center) / self.scale
            case Robust():
                scaled = ((values - self.center) / self.scale).clamp(-self.bound, self.bound)
                return scaled / torch.sqrt(1 + torch.square(scaled / CLIP))
            case Quantile():
                return self._between_quantiles(values)
        return values

    def _between_quantiles(self, values: Tensor) -> Tensor:
        last = self.known.shape[0] - 1
        if last == 0:
            return torch.zeros_like(values)
        values = values * self.shrink
        below = (values.unsqueeze(1) >= self.known).long().sum(dim=1)
        left = (below - 1).clamp(0, last - 1)
        start, end = self.known[left], self.known[left + 1]
        within = torch.minimum(torch.maximum(values, self.known[0]), self.known[last])
        part = (within - start) / (end - start)
        return self.scores[left] + part * (self.scores[left + 1] - self.scores[left])
