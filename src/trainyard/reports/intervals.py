"""What predicted quantiles are worth: how many test rows lie below each, and the intervals between the outermost."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from trainyard.reports.calibration import wilson
from trainyard.reports.regression import MOST_TARGETS
from trainyard.reports.style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    SKY,
    SMALL,
    STEPS,
    Panel,
    legend_above,
    new_figure,
    room_on_the_left,
    save,
    short_labels,
)

MOST_ROWS = 300  # that are drawn one by one
PANEL_WIDTH, WIDEST = 3.4, 8.0  # inches, and points of an interval at most


def draw_intervals(
    target: np.ndarray, quantile: np.ndarray, level: np.ndarray, names: Sequence[str], subtitle: str, path: Path
) -> Path:
    """Draw observed against nominal shares below each quantile, and intervals by their middle, a row a target.

    target (N, T), quantile (N, T, Q) in original units, level (Q,) rising.
    """
    shown = short_labels(names[:MOST_TARGETS], 26)
    chosen = np.unique(np.linspace(0, len(target) - 1, min(len(target), MOST_ROWS)).astype(int))
    limits = [(float(min(low.min(), y.min())), float(max(high.max(), y.max())))
              for low, high, y in zip(quantile[..., 0].T, quantile[..., -1].T, target.T, strict=True)]  # fmt: skip
    panel = Panel(PANEL_WIDTH, 2.9 if len(shown) == 1 else 2.4, left=room_on_the_left((0, 1), *limits[: len(shown)]))
    few = f" · {len(chosen)} of {len(target):,} rows as intervals" if len(chosen) < len(target) else ""
    subtitle += f"{few} · error bars: 95 %"
    figure, axes = new_figure(_title(target, quantile, level), subtitle, panel, len(shown), 2)
    for place, name in enumerate(shown):
        coverage, intervals = axes[2 * place], axes[2 * place + 1]
        y, bounds = target[:, place], quantile[:, place]
        _draw_coverage(coverage, y, bounds, level)
        observed = f"observed, {name}" if len(shown) > 1 else "observed"
        coverage.set(xlabel="nominal share below a quantile", ylabel=observed)
        order = np.argsort(bounds[:, len(level) // 2], kind="stable")[chosen]
        _draw_intervals(intervals, y[order], bounds[order])
        intervals.set(xlabel="test rows by their prediction", ylabel=name)
    return save(figure, path)


def _draw_coverage(axes: Axes, y: np.ndarray, bounds: np.ndarray, level: np.ndarray) -> None:
    observed = (y[:, None] <= bounds).mean(0)
    low, high = wilson(observed, np.full(len(level), len(y)))
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
    axes.errorbar(level, observed, yerr=np.abs(np.stack([low, high]) - observed), color=BLUE, ecolor=SKY, marker="o",
                  markersize=4, linewidth=1.5, elinewidth=1.2)  # fmt: skip
    for nominal, share in zip(level, observed, strict=True):
        axes.annotate(f"{share:.1%}", (nominal, share), (7, -9), textcoords="offset points", fontsize=SMALL)
    axes.set(xlim=(-0.02, 1.16), ylim=(-0.1, 1.06))
    axes.set_xticks(np.linspace(0, 1, 6))


def _draw_intervals(axes: Axes, y: np.ndarray, bounds: np.ndarray) -> None:
    """Draw the outermost quantiles (n, Q) of rows, the middle one, and where the actual values (n,) lie."""
    places = np.arange(len(y))
    outside = (y < bounds[:, 0]) | (y > bounds[:, -1])
    axes.vlines(places, bounds[:, 0], bounds[:, -1], color=SKY, alpha=0.5, label="interval",
                linewidth=min(WIDEST, 0.9 * PANEL_WIDTH * 72 / len(y)))  # fmt: skip
    axes.plot(places, bounds[:, bounds.shape[1] // 2], color=BLACK, linewidth=1, label="middle")
    for marker, color, which, label in (("o", BLUE, ~outside, "inside"), ("x", ORANGE, outside, "outside")):
        axes.plot(places[which], y[which], linestyle="", marker=marker, markersize=3 if marker == "o" else 4,
                  color=color, label=label)  # fmt: skip
    axes.set_xlim(-0.6, len(y) - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=STEPS, integer=True))
    legend_above(axes)


def _title(target: np.ndarray, quantile: np.ndarray, level: np.ndarray) -> str:
    inside = ((target >= quantile[..., 0]) & (target <= quantile[..., -1])).mean()
    nominal = level[-1] - level[0]
    rows = f"{len(target):,} test row{'s' if len(target) != 1 else ''}"
    return f"Intervals: {inside:.1%} of {rows} inside, {nominal:.1%} expected"
