"""Plots of a regressor's test rows: predicted against actual, and the residuals."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from trainyard.reports.style import BLUE, GREY, ORANGE, RED, new_figure, save, shortened

MOST_POINTS, MOST_TARGETS = 3000, 6


def draw_predicted(target: np.ndarray, prediction: np.ndarray, names: Sequence[str], title: str, path: Path) -> Path:
    """Draw predicted against actual values (N, T), in original units, a panel a target."""
    count = min(target.shape[1], MOST_TARGETS)
    columns = min(count, 3)
    rows = -(-count // columns)
    figure, axes = new_figure(5.2 * columns, 4.9 * rows, rows, columns)
    for place, each in enumerate(axes):
        if place >= count:
            each.set_visible(False)
            continue
        actual, predicted = target[:, place], prediction[:, place]
        _cloud(each, actual, predicted)
        low, high = _limits(actual, predicted)
        each.plot([low, high], [low, high], color=GREY, linewidth=1, linestyle="--", label="predicted = actual")
        each.set_xlim(low, high)
        each.set_ylim(low, high)
        each.set_aspect("equal")
        each.set_xlabel(f"actual {shortened([names[place]], 30)[0]}")
        each.set_ylabel(f"predicted {shortened([names[place]], 30)[0]}")
        each.set_title(f"R² = {_r2(actual, predicted):.3f}", fontsize=10)
        each.legend(frameon=False, loc="upper left", fontsize=9)
    figure.suptitle(_titled(title, target), fontsize=11)
    return save(figure, path)


def draw_residuals(target: np.ndarray, prediction: np.ndarray, names: Sequence[str], title: str, path: Path) -> Path:
    """Draw residuals (predicted - actual) against the prediction, and how they are distributed, a row a target."""
    count = min(target.shape[1], MOST_TARGETS)
    figure, axes = new_figure(10, 3.7 * count, count, 2)
    for place in range(count):
        predicted = prediction[:, place]
        residual = predicted - target[:, place]
        name = shortened([names[place]], 30)[0]
        scatter, histogram = axes[2 * place], axes[2 * place + 1]
        _cloud(scatter, predicted, residual)
        scatter.axhline(0, color=GREY, linewidth=1, linestyle="--")
        scatter.set_xlabel(f"predicted {name}")
        scatter.set_ylabel("residual (predicted - actual)")
        histogram.hist(residual, bins=_bins(residual), color=BLUE, alpha=0.8)
        mean, deviation = residual.mean(), residual.std()
        histogram.axvline(mean, color=RED, linewidth=1.4, label=f"mean {mean:.4g}")
        for side in (mean - deviation, mean + deviation):
            histogram.axvline(side, color=ORANGE, linewidth=1.2, linestyle=":")
        histogram.plot([], [], color=ORANGE, linestyle=":", label=f"± deviation {deviation:.4g}")
        histogram.set_xlabel(f"residual of {name}")
        histogram.set_ylabel("test rows")
        histogram.legend(frameon=False, fontsize=9)
    figure.suptitle(_titled(title, target), fontsize=11)
    return save(figure, path)


def _cloud(axes: Axes, x: np.ndarray, y: np.ndarray) -> None:
    if len(x) > MOST_POINTS:
        axes.hexbin(x, y, gridsize=60, bins="log", cmap="Blues", mincnt=1, linewidths=0.1)
    else:
        axes.scatter(x, y, s=14, color=BLUE, alpha=0.55 if len(x) > 300 else 0.8, linewidths=0)


def _bins(values: np.ndarray) -> int:
    spread, size = np.ptp(values), np.abs(values).max(initial=0.0)
    return 1 if spread <= 1e-9 * size else min(60, max(10, int(np.sqrt(len(values)))))


def _limits(*values: np.ndarray) -> tuple[float, float]:
    low, high = min(v.min() for v in values), max(v.max() for v in values)
    margin = 0.04 * (high - low) or 1.0
    return float(low - margin), float(high + margin)


def _r2(actual: np.ndarray, predicted: np.ndarray) -> float:
    variance = np.square(actual - actual.mean()).sum()
    return float(1 - np.square(predicted - actual).sum() / variance) if variance > 0 else float("nan")


def _titled(title: str, target: np.ndarray) -> str:
    rows, targets = target.shape
    few = f", the first {MOST_TARGETS} of {targets} targets" if targets > MOST_TARGETS else ""
    return f"{title}\n{rows:,} test rows{few}"
