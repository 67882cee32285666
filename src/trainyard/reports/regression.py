"""Plots of a regressor's test rows: predicted against actual, and the residuals."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from trainyard.reports.style import (
    BLUE,
    GREY,
    MINUS,
    ORANGE,
    RED,
    STEPS,
    TEXT,
    Panel,
    add_bar,
    legend_above,
    new_figure,
    room_on_the_left,
    save,
    short_labels,
)

MOST_POINTS, MOST_TARGETS = 3000, 6
DENSITY = LinearSegmentedColormap.from_list("density", ["#B9D7EA", BLUE, "#001F3F"])  # a single row is seen on white
BEYOND = 6.0  # deviations, by quartiles, from which on a residual is told and not drawn in the histogram


def draw_predicted(target: np.ndarray, prediction: np.ndarray, names: Sequence[str], subtitle: str, path: Path) -> Path:
    """Draw predicted against actual values (N, T), in original units, a panel a target."""
    shown = short_labels(names[:MOST_TARGETS], 26)
    columns = min(len(shown), 3)
    side = 3.6 if len(shown) == 1 else 2.7
    limits = [_limits(target[:, place], prediction[:, place]) for place in range(len(shown))]
    panel = Panel(side, side, left=room_on_the_left(*limits), right=_bar_room(target))
    title = _title("Predicted against actual", target, names)
    rows = -(-len(shown) // columns)
    figure, axes = new_figure(title, f"{subtitle} · dashed: predicted = actual", panel, rows, columns)
    for place, each in enumerate(axes):
        if place >= len(shown):
            figure.delaxes(each)
            continue
        actual, predicted = target[:, place], prediction[:, place]
        low, high = limits[place]
        each.set(xlim=(low, high), ylim=(low, high))
        _cloud(figure, each, actual, predicted)
        each.plot([low, high], [low, high], color=GREY, linewidth=1, linestyle="--")
        each.set_xlabel(f"actual {shown[place]}")
        each.set_ylabel(f"predicted {shown[place]}")
        error = np.sqrt(np.square(predicted - actual).mean())
        each.set_title(f"R² {_r2(actual, predicted):.3f}, RMSE {error:.4g}", fontsize=TEXT, loc="left", pad=4)
    return save(figure, path)


def draw_residuals(target: np.ndarray, prediction: np.ndarray, names: Sequence[str], subtitle: str, path: Path) -> Path:
    """Draw residuals (actual - predicted) against the prediction, and how they are distributed, a row a target."""
    shown = short_labels(names[:MOST_TARGETS], 26)
    residuals = target[:, : len(shown)] - prediction[:, : len(shown)]
    limits = [_limits(residual, np.zeros(1)) for residual in residuals.T]
    height = 2.9 if len(shown) == 1 else 2.2
    panel = Panel(4.0, height, left=room_on_the_left(*limits, (0, len(target))), right=_bar_room(target))
    title = _title("Residuals", target, names)
    figure, axes = new_figure(title, f"{subtitle} · residual = actual {MINUS} predicted", panel, len(shown), 2)
    for place, name in enumerate(shown):
        predicted, residual = prediction[:, place], residuals[:, place]
        scatter, histogram = axes[2 * place], axes[2 * place + 1]
        scatter.set(xlim=_limits(predicted), ylim=limits[place])
        _cloud(figure, scatter, predicted, residual)
        scatter.axhline(0, color=GREY, linewidth=1, linestyle="--")
        scatter.set_xlabel(f"predicted {name}")
        scatter.set_ylabel("residual")
        _histogram(histogram, residual)
        histogram.set_xlabel(f"residual of {name}")
    return save(figure, path)


def _histogram(axes: Axes, residual: np.ndarray) -> None:
    """Draw how residuals (N,) are distributed; those far out are counted in words, for they would squeeze the rest."""
    low, high = _core(residual)
    inside = residual[(residual >= low) & (residual <= high)]
    bins = min(60, max(8, int(np.sqrt(len(inside)))))
    if high - low <= 1e-9 * max(abs(low), abs(high)):  # all the same, but for what numbers round
        low, high, bins = low - 0.5, high + 0.5, 1
    counts, edges = np.histogram(inside, bins=bins, range=(low, high))
    axes.stairs(counts, edges, fill=True, color=BLUE)
    mean, deviation = residual.mean(), residual.std()
    axes.axvline(mean, color=RED, linewidth=1.4, label=f"mean {mean:.3g}")
    axes.axvspan(mean - deviation, mean + deviation, color=ORANGE, alpha=0.2, linewidth=0, zorder=0)
    axes.plot([], [], color=ORANGE, alpha=0.3, linewidth=6, label=f"± deviation {deviation:.3g}")
    if len(inside) < len(residual):
        axes.plot([], [], " ", label=f"{len(residual) - len(inside):,} further out")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)
    axes.set_ylabel("test rows")
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=STEPS, integer=True))
    legend_above(axes)


def _core(values: np.ndarray) -> tuple[float, float]:
    """Return the range of values (N,) without those that lie far from all others."""
    first, middle, third = np.quantile(values, (0.25, 0.5, 0.75))
    reach = BEYOND * (third - first) / 1.35 or np.inf
    return float(max(values.min(), middle - reach)), float(min(values.max(), middle + reach))


def _cloud(figure: Figure, axes: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Draw points (N,), or how many lie where if they would cover each other."""
    if len(x) <= MOST_POINTS:
        axes.scatter(x, y, s=14, color=BLUE, alpha=0.8 if len(x) <= 300 else 0.4, linewidths=0)
        return
    extent = (*axes.get_xlim(), *axes.get_ylim())
    cells = axes.hexbin(x, y, gridsize=50, bins="log", cmap=DENSITY, mincnt=1, linewidths=0.1, extent=extent)
    axes.set(xlim=extent[:2], ylim=extent[2:])
    add_bar(figure, axes, cells, "test rows in a cell", "{x:,.0f}")


def _bar_room(target: np.ndarray) -> float:
    return 0.2 if len(target) <= MOST_POINTS else 1.0


def _limits(*values: np.ndarray) -> tuple[float, float]:
    low, high = float(min(v.min() for v in values)), float(max(v.max() for v in values))
    margin = 0.04 * (high - low) or abs(low) * 0.1 or 1.0
    return low - margin, high + margin


def _r2(actual: np.ndarray, predicted: np.ndarray) -> float:
    variance = np.square(actual - actual.mean()).sum()
    return float(1 - np.square(predicted - actual).sum() / variance) if variance > 0 else float("nan")


def _title(what: str, target: np.ndarray, names: Sequence[str]) -> str:
    few = f", the first {MOST_TARGETS} of {len(names)} targets" if len(names) > MOST_TARGETS else ""
    return f"{what}: {len(target):,} test row{'s' if len(target) != 1 else ''}{few}"
