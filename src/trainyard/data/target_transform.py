"""The transforms of numeric targets, fitted on the training rows, and a sentence for each target that has none."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from trainyard.data.target import Target
from trainyard.data.target_power import TargetPower, power_of
from trainyard.errors import DataError

POWERS = 5.0  # Box-Cox powers are sought between plus and minus this
GRID, TOLERANCE = 41, 1e-8
GOLDEN = (np.sqrt(5) - 1) / 2
REACH = 10.0  # an inverse is at most this times the largest training target
SMALLEST = {"log": 0.0, "box_cox": 0.0, "log1p": -1.0}  # targets must be greater
ADVICE = {
    "log": "a logarithm needs numbers above 0. Take model.target_transform=log1p where there are zeros, or none.",
    "box_cox": "Box-Cox needs numbers above 0. Take model.target_transform=log1p where there are zeros, or none.",
    "log1p": "log1p needs numbers above -1. Take model.target_transform=none.",
}


def transform_target(
    target: Target, names: Sequence[str], kind: str, train: np.ndarray, weight: np.ndarray | None,
    where: Callable[[int], str],
) -> tuple[Target, tuple[TargetPower, ...]]:  # fmt: skip
    """Return the targets transformed, and the transforms, fitted on rows `train` (n,); classes stay as they are.

    `weight` (N,) counts rows, `kind` is none, log, log1p or box_cox. Raises DataError naming the first row of each
    target that cannot be transformed.
    """
    if kind == "none" or target.classes is not None:
        return target, ()
    faults = [
        f"The target {name} is {y[wrong[0]]:g} ({where(int(wrong[0]))}), and {ADVICE[kind]}"
        for name, y in zip(names, target.y.T, strict=True)
        if len(wrong := np.flatnonzero(y <= SMALLEST[kind]))
    ]
    if faults:
        raise DataError(faults)
    counted = None if weight is None else weight[train]
    powers = tuple(fit_power(y[train], kind, counted) for y in target.y.T)
    columns = [power(y) for power, y in zip(powers, target.y.T, strict=True)]
    return replace(target, y=np.stack(columns, axis=1)), powers


def fit_power(y: np.ndarray, kind: str, weight: np.ndarray | None) -> TargetPower:
    """Return the transform of a kind, fitted on targets y (n,) with weights (n,) or None."""
    shift = 1.0 if kind == "log1p" else 0.0
    logarithms = np.log(y + shift)
    center = float(np.average(logarithms, weights=weight))
    power = most_likely_power(logarithms - center, weight) if kind == "box_cox" else 0.0
    return TargetPower(power, shift, center, float(REACH * (y.max() + shift) - shift))


def most_likely_power(u: np.ndarray, weight: np.ndarray | None) -> float:
    """Return the power of highest likelihood for u (n,), logarithms with mean 0.

    With the mean of the logarithms at 0, the profile log-likelihood is -n/2 log(variance of the transformed values),
    so the power of least variance is sought: on a grid, then by golden sections around its best.
    """
    if u.min() == u.max():
        return 1.0

    def variance(power: float) -> float:
        transformed = power_of(u, power)
        mean = np.average(transformed, weights=weight)
        return float(np.average(np.square(transformed - mean), weights=weight))

    with np.errstate(over="ignore", invalid="ignore"):
        grid = np.linspace(-POWERS, POWERS, GRID)
        best = int(np.nanargmin([variance(power) for power in grid]))
        low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, GRID - 1)])
        while high - low > TOLERANCE:
            left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
            low, high = (low, right) if variance(left) < variance(right) else (left, high)
    return (low + high) / 2


def power_notes(names: Sequence[str], powers: Sequence[TargetPower]) -> tuple[str, ...]:
    """Return a sentence for a person on each target whose power was fitted."""
    return tuple(f"{name} is transformed by Box-Cox with power {power.power:.3g}, fitted on the training part"
                 for name, power in zip(names, powers, strict=bool(powers)) if power.power)  # fmt: skip
