"""Transforms of numeric columns: fitted on training values, applied elementwise in float64, kept as JSON.

A weight of 2 counts like a row that is there twice, in every statistic.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

KNOTS = 256  # quantiles that are kept of a column
NORMAL_IQR = 1.3489795003921634  # distance of the quartiles of a standard normal distribution
CLIP = 3.0  # the robust transform stays within plus and minus this


class Transform(Protocol):
    """From values (N,) float64 to values (N,) float64."""

    def __call__(self, values: np.ndarray) -> np.ndarray: ...


@dataclass(frozen=True)
class Identity:
    """Values as they are."""

    def __call__(self, values: np.ndarray) -> np.ndarray:
        return values


@dataclass(frozen=True)
class Standard:
    """Centered and divided by the deviation."""

    center: float
    scale: float

    def __call__(self, values: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            scaled: np.ndarray = (values - self.center) / self.scale
        return scaled


@dataclass(frozen=True)
class Robust:
    """Centered at the median, divided by what the quartiles say the deviation is, and bent smoothly to within +-3."""

    center: float
    scale: float

    def __call__(self, values: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            scaled = np.clip((values - self.center) / self.scale, -1e150, 1e150)
        bent: np.ndarray = scaled / np.sqrt(1 + np.square(scaled / CLIP))
        return bent


@dataclass(frozen=True)
class Quantile:
    """To a standard normal distribution, by straight lines between known quantiles and their normal scores."""

    quantiles: tuple[float, ...]  # rising
    scores: tuple[float, ...]

    def __call__(self, values: np.ndarray) -> np.ndarray:
        known, scores = np.array(self.quantiles), np.array(self.scores)
        if len(known) == 1:
            return np.zeros_like(values)
        shrink = 0.25 if max(-known[0], known[-1]) > 1e300 else 1.0  # differences of huge values overflow
        known, values = known * shrink, values * shrink
        left = np.clip(np.searchsorted(known, values, side="right") - 1, 0, len(known) - 2)
        start, end = known[left], known[left + 1]
        part = (np.clip(values, known[0], known[-1]) - start) / (end - start)
        bent: np.ndarray = scores[left] + part * (scores[left + 1] - scores[left])
        return bent


def fit_identity(_values: np.ndarray, _weight: np.ndarray | None) -> Identity:
    return Identity()


def fit_standard(values: np.ndarray, weight: np.ndarray | None) -> Standard:
    """`values` (n,) finite float64, n >= 1; `weight` (n,) or None."""
    return Standard(*mean_and_deviation(values, weight))


def fit_robust(values: np.ndarray, weight: np.ndarray | None) -> Robust:
    """The scale is the quartiles' distance over a normal one's; where that is 0, half the range."""
    low, center, high = quantiles(values, np.array([0.25, 0.5, 0.75]), weight)
    scale = high / NORMAL_IQR - low / NORMAL_IQR
    if not 0 < scale < np.inf:
        counted = values if weight is None else values[weight > 0]
        scale = counted.max() / 2 - counted.min() / 2
    return Robust(float(center), divisor(float(scale)))


def fit_quantile(values: np.ndarray, weight: np.ndarray | None) -> Quantile:
    """At most 256 quantiles; those that are equal become one with the mean of their scores."""
    from statistics import NormalDist

    chances = (np.arange(KNOTS) + 0.5) / KNOTS
    scores = np.array([NormalDist().inv_cdf(chance) for chance in chances])
    known, place = np.unique(quantiles(values, chances, weight), return_inverse=True)
    mean_scores = np.bincount(place, weights=scores) / np.bincount(place)
    return Quantile(tuple(known.tolist()), tuple(mean_scores.tolist()))


FITS: dict[str, Callable[[np.ndarray, np.ndarray | None], Transform]] = {
    "standard": fit_standard, "robust": fit_robust, "quantile": fit_quantile, "none": fit_identity,
}  # fmt: skip
CLASSES: dict[str, Callable[..., Transform]] = {
    "standard": Standard, "robust": Robust, "quantile": Quantile, "none": Identity,
}  # fmt: skip


def transform_to_dict(transform: Transform) -> dict[str, Any]:
    name = next(name for name, cls in CLASSES.items() if cls is type(transform))
    return {"name": name, **asdict(transform)}  # type: ignore[call-overload]  # all classes above are dataclasses


def transform_from_dict(values: Mapping[str, Any]) -> Transform:
    fields = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items() if key != "name"}
    return CLASSES[values["name"]](**fields)


def mean_and_deviation(values: np.ndarray, weight: np.ndarray | None) -> tuple[float, float]:
    """Mean and deviation (divided by n) of (n,) finite float64, exact to rounding at any offset; 1 for no deviation."""
    offset = values[0]
    if values.min() == values.max():
        return float(offset), 1.0
    half = 1 if np.abs(values).max() > 1e300 else 0  # differences of huge values overflow
    shifted = np.ldexp(values, -half) - np.ldexp(offset, -half)
    size = int(np.frexp(np.abs(shifted).max())[1])  # and so do squares, or they vanish
    shifted = np.ldexp(shifted, -size)
    mean = np.average(shifted, weights=weight)
    deviation = np.sqrt(np.average(np.square(shifted - mean), weights=weight))
    center = np.ldexp(np.ldexp(offset, -half) + np.ldexp(mean, size), half)
    return float(center), divisor(float(np.ldexp(deviation, size + half)))


def quantiles(values: np.ndarray, chances: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """The values (n,) below or at which these parts of the weight lie; always values that occur."""
    found = np.quantile(values, chances, method="inverted_cdf", weights=weight)
    return np.asarray(found, dtype=np.float64)


def divisor(scale: float) -> float:
    """A scale that can be divided by; 1 for a column without one."""
    return scale if 0 < scale < np.inf else 1.0
