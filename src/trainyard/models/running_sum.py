"""Running sums that are the same each time."""

import torch
from torch import Tensor


def running_sum(values: Tensor) -> Tensor:
    """Return the sums (N, ...) of the first rows of values (N, ...), for each number of rows.

    On a GPU torch's cumsum of fractions depends on how threads meet, and is refused in a training that has to repeat;
    there, neighbors are added in log2(N) steps instead.
    """
    return _by_doubling(values) if values.is_cuda else values.cumsum(0)


def _by_doubling(values: Tensor) -> Tensor:
    step = 1
    while step < len(values):
        values = torch.cat([values[:step], values[step:] + values[:-step]])
        step *= 2
    return values
