"""How far a classifier's probabilities can be believed: the reliability diagram of its test rows, with their counts."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from trainyard.reports.curves import log_scale
from trainyard.reports.style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    SKY,
    STEPS,
    Panel,
    legend_above,
    new_figure,
    room_on_the_left,
    save,
    short_labels,
)

ECE_BINS = 15  # of the metric test/ece
FEW, MANY = 200, 1000  # rows up to which 5 and 10 bins are drawn rather than 15
CERTAIN = 1.96  # deviations of a normal distribution that hold 95 %
SQUEEZED = 40  # times the smallest count: from there on a logarithmic axis


class Bins(NamedTuple):
    """Bins of equal width that are not empty, K: mean probability, share that came true, its interval, rows; edges."""

    predicted: np.ndarray
    observed: np.ndarray
    low: np.ndarray
    high: np.ndarray
    rows: np.ndarray
    left: np.ndarray


def draw_calibration(
    target: np.ndarray, probability: np.ndarray, classes: Sequence[object], name: str, subtitle: str, path: Path,
    weight: np.ndarray | None = None, temperature: float | None = None,
) -> Path:  # fmt: skip
    """Draw how often what was predicted came true, by how probable it was said to be, and how many rows said so.

    Of two classes that is the probability of the second one, else that of the predicted class (Guo et al., 2017), with
    the Wilson (1927) interval of 95 % of the share. target (N,) int64, probability (N, C), weight (N,) or None;
    with a `temperature`, what the probabilities were before they were calibrated by it is drawn too.
    """
    count = 5 if len(target) <= FEW else 10 if len(target) <= MANY else ECE_BINS
    bins = reliability(*sureness(target, probability), count, weight)
    title = f"Calibration: expected error {calibration_error(target, probability, weight):.3f}"
    panel = Panel(3.3, 3.3, left=room_on_the_left((0, float(bins.rows.max()))))
    figure, (curve, counts) = new_figure(title, f"{subtitle} · error bars: 95 %", panel, columns=2)
    curve.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
    if temperature is not None and temperature != 1:
        before = uncalibrated(probability, temperature)
        raw = reliability(*sureness(target, before), count, weight)
        error = calibration_error(target, before, weight)
        curve.plot(raw.predicted, raw.observed, color=ORANGE, marker="s", markersize=4, markerfacecolor="none",
                   linewidth=1, linestyle="--", label=f"before calibration: {error:.3f}")  # fmt: skip
    spread = np.abs(np.stack([bins.low, bins.high]) - bins.observed)
    curve.errorbar(bins.predicted, bins.observed, yerr=spread, color=BLUE, ecolor=SKY, marker="o", markersize=4,
                   linewidth=1.5, elinewidth=1.2, label="test rows")  # fmt: skip
    curve.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel=_sure(classes, name), ylabel=_true(classes))
    legend_above(curve)
    _draw_counts(counts, bins, 1 / count)
    counts.set_xlabel(_sure(classes, name))
    return save(figure, path)


def sureness(target: np.ndarray, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what is looked at, (N,) probabilities, and whether it came true (N,) bool."""
    if probability.shape[1] == 2:
        return probability[:, 1], target == 1
    return probability.max(1), probability.argmax(1) == target


def reliability(predicted: np.ndarray, happened: np.ndarray, count: int, weight: np.ndarray | None = None) -> Bins:
    """Return what came of probabilities (N,) in `count` bins of equal width; bins hold their upper edge."""
    place = _bin(predicted, count)
    w = np.ones(len(predicted)) if weight is None else weight.astype(float)
    rows, total = np.bincount(place, minlength=count), np.bincount(place, w, count)
    kept = total > 0
    mean = np.bincount(place, w * predicted, count)[kept] / total[kept]
    share = np.bincount(place, w * happened, count)[kept] / total[kept]
    low, high = wilson(share, rows[kept])
    return Bins(mean, share, low, high, rows[kept], np.flatnonzero(kept) / count)


def wilson(share: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of 95 % of shares (K,) that were seen in so many rows (K,)."""
    square = CERTAIN**2 / rows
    middle = (share + square / 2) / (1 + square)
    reach = CERTAIN * np.sqrt(share * (1 - share) / rows + square / (4 * rows)) / (1 + square)
    return np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0)


def calibration_error(target: np.ndarray, probability: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Return the expected calibration error over 15 bins of the predicted class's probability, the metric ece."""
    confidence, right = probability.max(1), probability.argmax(1) == target
    w = np.ones(len(target)) if weight is None else weight.astype(float)
    gaps = np.bincount(_bin(confidence, ECE_BINS), w * (confidence - right), ECE_BINS)
    return float(np.abs(gaps).sum() / w.sum())


def uncalibrated(probability: np.ndarray, temperature: float) -> np.ndarray:
    """Return the probabilities (N, C) before the logits were divided by a temperature."""
    logits = temperature * np.log(np.maximum(probability.astype(float), 1e-300))
    power = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(power / power.sum(1, keepdims=True))


def _bin(values: np.ndarray, count: int) -> np.ndarray:
    return np.asarray(np.clip(np.ceil(values.astype(float) * count).astype(int), 1, count) - 1)


def _draw_counts(axes: Axes, bins: Bins, width: float) -> None:
    axes.bar(bins.left, bins.rows, width=width, align="edge", color=BLUE, edgecolor="white", linewidth=0.8)
    if bins.rows.max() >= SQUEEZED * bins.rows.min():
        log_scale(axes, float(bins.rows.max()))
        axes.set_ylim(bottom=0.7)
    else:
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=STEPS, integer=True))
    for left, rows in zip(bins.left, bins.rows, strict=True):
        axes.annotate(f"{rows:,}", (left + width / 2, rows), (0, 2), textcoords="offset points", ha="center",
                      fontsize=6.5, color=BLACK)  # fmt: skip
    axes.set(xlim=(-0.02, 1.02), ylabel="test rows")


def _sure(classes: Sequence[object], name: str) -> str:
    if len(classes) != 2:
        return "probability of the predicted class"
    return f"predicted probability of {short_labels([name])[0]} = {short_labels([classes[1]])[0]}"


def _true(classes: Sequence[object]) -> str:
    return "share of rows that were right" if len(classes) != 2 else f"share of {short_labels([classes[1]])[0]}"
