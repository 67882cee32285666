"""Temperature scaling: one number that makes probabilities as sure as they are right (Guo et al., 2017)."""

import torch
from torch import Tensor

SHARPEST, FLATTEST = 100.0, 0.01  # bounds of the factor on logits, which is 1 / temperature
STEPS = 100


def fit_temperature(logits: Tensor, y: Tensor, weight: Tensor | None) -> float:
    """Return the temperature that minimises the log-loss of logits / temperature, 1 where there is nothing to fit.

    logits (N, C), y (N,) int64, weight (N,) or None. The log-loss is convex in the factor 1 / temperature; its slope
    is brought to 0 by Newton's steps in 64 bits, each halved into the bracket that is known to hold the root. Where
    every row is right, ever sharper probabilities would be ever better, which says nothing about those to come.
    """
    logits = logits.double()
    w = torch.ones(len(y), dtype=torch.float64, device=y.device) if weight is None else weight.double()
    counted = w > 0
    if bool((logits.argmax(1) == y)[counted].all()):
        return 1.0
    share = w / w.sum()
    own = logits.gather(1, y[:, None])[:, 0]
    low, high, factor = FLATTEST, SHARPEST, 1.0
    for _ in range(STEPS):
        probability = torch.softmax(factor * logits, dim=1)
        mean = (probability * logits).sum(1)
        slope = float(((mean - own) * share).sum())
        curvature = float((((probability * logits.square()).sum(1) - mean.square()) * share).sum())
        low, high = (low, factor) if slope > 0 else (factor, high)
        step = factor - slope / curvature if curvature > 0 else low
        following = step if low < step < high else (low + high) / 2
        if abs(following - factor) <= 1e-12 * factor:
            break
        factor = following
    return 1 / factor
