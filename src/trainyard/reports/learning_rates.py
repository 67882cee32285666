"""The plot of the learning-rate finder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.ticker import LogFormatterMathtext, LogLocator, NullFormatter

from trainyard.reports.style import BLACK, BLUE, ORANGE, Panel, legend_above, new_figure, save

HIGHEST = 2.0  # times the first loss: what lies above is divergence and would squeeze the rest


def draw_learning_rates(
    rates: Sequence[float], losses: Sequence[float], smoothed: Sequence[float], suggestion: float | None, subtitle: str,
    path: Path,
) -> Path:  # fmt: skip
    """Draw the loss of each step, and smoothed, against its learning rate, and mark the suggestion."""
    found = "no learning rate lowers the loss" if suggestion is None else f"steepest descent at {suggestion:.2g}"
    figure, (axes,) = new_figure(f"Learning-rate finder: {found}", subtitle, Panel(5.4, 3.0))
    axes.plot(rates, losses, color=BLUE, alpha=0.45, linewidth=1, marker="o", markersize=2, label="a step")
    axes.plot(rates, smoothed, color=ORANGE, linewidth=1.8, label="smoothed")
    if suggestion is not None:
        at = float(np.interp(np.log(suggestion), np.log(rates), smoothed))
        axes.axvline(suggestion, color=BLACK, linewidth=1, linestyle=":", label=f"suggestion {suggestion:.2g}")
        axes.plot([suggestion], [at], "o", color=BLACK, markersize=7, markerfacecolor="none", markeredgewidth=1.4)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(numticks=10))
    axes.xaxis.set_major_formatter(_Power())
    axes.xaxis.set_minor_formatter(NullFormatter())
    low, high = min(losses), max(smoothed[: int(np.argmin(smoothed)) + 1])
    top = max(high, min(max(losses), HIGHEST * high))
    axes.set_ylim(low - 0.08 * (top - low), top + 0.08 * (top - low))
    axes.set(xlabel="learning rate", ylabel="loss of a minibatch")
    legend_above(axes)
    return save(figure, path)


class _Power(LogFormatterMathtext):
    """Ticks as 1e-3, since mathematics is not set in these plots."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        del pos
        return f"{x:.0e}".replace("e-0", "e-").replace("e+0", "e")
