"""The outputs of a network that predicts quantiles: Q numbers for each of T targets."""

from collections.abc import Sequence

from torch import Tensor


def rising_quantiles(output: Tensor, levels: Sequence[float]) -> Tensor:
    """Return the quantiles (N, T, Q) of outputs (N, T * Q), sorted so that none crosses another.

    Sorting never makes them worse (Chernozhukov, Fernandez-Val and Galichon, 2010).
    """
    return output.view(len(output), -1, len(levels)).sort(dim=2).values


def middle(levels: Sequence[float]) -> int:
    """Return the place of the level nearest 0.5, whose quantile is the prediction."""
    return min(range(len(levels)), key=lambda place: abs(levels[place] - 0.5))
