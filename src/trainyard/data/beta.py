"""Quantiles of the symmetric beta distribution, by which mixup and CutMix draw how much of each row they take."""

import numpy as np

GRID = 20_001


def beta_quantiles(alpha: float, count: int) -> np.ndarray:
    """(count,) float64, rising: the quantiles of Beta(alpha, alpha) at the middles of `count` equal steps of chance.

    Its density is integrated up to the middle, by x^alpha where alpha is below 1, since it has no bound at 0 then.
    """
    power = min(alpha, 1.0)
    places = np.linspace(0, 0.5**power, GRID)
    x = np.minimum(places ** (1 / power), 0.5)  # of tiny alphas, rounding would lead beyond
    density = (1 - x) ** (alpha - 1) if alpha < 1 else (4 * x * (1 - x)) ** (alpha - 1)
    steps = (density[1:] + density[:-1]) / 2
    chance = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = (np.arange(count) + 0.5) / count
    lower = np.interp(np.minimum(wanted, 1 - wanted), chance / (2 * chance[-1]), places) ** (1 / power)
    return np.where(wanted < 0.5, lower, 1 - lower)
