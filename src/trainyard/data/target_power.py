"""The transform of a numeric target before it is standardised: the Box-Cox family. Imports numpy only."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TargetPower:
    """The transform of one target (Box and Cox, 1964): expm1(power * u) / power of u = log(y + shift) - center.

    For power 0 it is u itself, the logarithm. `center` is the mean of log(y + shift) over the training rows, which
    changes the transform by an affine map alone and keeps it in range. `highest` bounds the inverse: a prediction far
    outside of the training targets would else overflow.
    """

    power: float
    shift: float
    center: float
    highest: float

    def __call__(self, y: np.ndarray) -> np.ndarray:
        """Return the transformed values (N,) float64 of y (N,), which is greater than -shift."""
        return power_of(np.log(y + self.shift) - self.center, self.power)


def power_of(u: np.ndarray, power: float) -> np.ndarray:
    """Return expm1(power * u) / power (N,), u itself for power 0."""
    transformed: np.ndarray = u if power == 0 else np.expm1(power * u) / power
    return transformed
