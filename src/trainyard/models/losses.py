"""Losses per row that torch has not."""

from torch import Tensor
from torch.nn import functional


def focal_loss(logits: Tensor, y: Tensor, gamma: float) -> Tensor:
    """Return (1 - p)^gamma times the cross-entropy (B,) of logits (B, C), p the probability of the true class y (B,).

    Lin et al. (2017), "Focal loss for dense object detection". The difference 1 - p is kept off 0, where the gradient
    of a power below 1 has no value.
    """
    cross_entropy = functional.cross_entropy(logits, y, reduction="none")
    wrong = -(-cross_entropy).expm1()
    return wrong.clamp_min(1e-12) ** gamma * cross_entropy


def quantile_loss(quantiles: Tensor, y: Tensor, levels: Tensor) -> Tensor:
    """Return the mean pinball loss (B,) of quantiles (B, T, Q) at `levels` (Q,) against targets y (B, T).

    Koenker and Bassett (1978): errors above a quantile weigh its level, those below 1 - level.
    """
    return pinball(quantiles, y, levels).mean((1, 2))


def pinball(quantiles: Tensor, y: Tensor, levels: Tensor) -> Tensor:
    """Return the pinball loss (B, T, Q) of each quantile."""
    above = y[:, :, None] - quantiles
    return (levels * above).maximum((levels - 1) * above)
