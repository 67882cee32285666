"""Learning curves: losses by epoch, and the metric that training looks at."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from trainyard.reports.style import (
    BLACK,
    BLUE,
    ORANGE,
    Panel,
    legend_above,
    new_figure,
    room_on_the_left,
    save,
    shortened,
)

LOG_FROM = 15  # times the smallest loss: from there on the largest hides how the small ones differ
MARKED = 25  # points of a line at most that are marked one by one

History = Mapping[int, Mapping[str, float]]  # epoch -> metrics


@dataclass(frozen=True)
class Monitored:
    """What training looked at: a metric such as val/loss, the epoch in which it was best, and words for the axes.

    `loss` names the loss; `target` the one column that is predicted, if it is one and a number.
    """

    metric: str = "val/loss"
    best_epoch: int | None = None
    loss: str = ""
    target: str = ""


def draw_curves(history: History, monitored: Monitored, subtitle: str, path: Path) -> Path:
    """Draw train and validation loss and, beside them, the monitored metric or else the first one that is no loss."""
    shown = monitored.metric if monitored.metric != "val/loss" else _first_metric(history)
    ranges = [_range(history, names) for names in (("train/loss", "val/loss"), (shown or "val/loss",))]
    panel = Panel(4.2, 2.9, left=room_on_the_left(*ranges))
    figure, axes = new_figure(_title(history, monitored), subtitle, panel, columns=2 if shown else 1)
    losses = _line(axes[0], history, "train/loss", "train", BLUE)
    losses += _line(axes[0], history, "val/loss", "validation", ORANGE)
    axes[0].set_ylabel(f"loss ({monitored.loss})" if monitored.loss else "loss")
    if losses and min(losses) > 0 and max(losses) > LOG_FROM * min(losses):
        log_scale(axes[0], max(losses) / min(losses))
    if shown:
        _line(axes[1], history, shown, "validation", ORANGE)
        axes[1].set_ylabel(metric_words(shown, monitored.target))
    for each, name in zip(axes, ("val/loss", shown or ""), strict=False):
        _epochs(each, history)
        _mark_best(each, history, name, monitored)
        legend_above(each)
    return save(figure, path)


def metric_words(name: str, target: str) -> str:
    """Return a metric such as val/rmse/price as a person says it: rmse of price."""
    metric, _, of = name.removeprefix("val/").partition("/")
    units = of or (target if metric in ("rmse", "mae", "medae") else "")
    return metric.replace("_", " ") + (f" of {shortened(units, 28)}" if units else "")


def _title(history: History, monitored: Monitored) -> str:
    count = max(history)
    trained = f"Learning curves: {count} epoch{'s' if count != 1 else ''}"
    value = history.get(monitored.best_epoch or 0, {}).get(monitored.metric)
    if value is None:
        return trained
    words = metric_words(monitored.metric, "")
    return f"{trained}, best validation {words} {value:.4g} in epoch {monitored.best_epoch}"


def _first_metric(history: History) -> str | None:
    names = [name for metrics in history.values() for name in metrics if name.startswith("val/")]
    return next((name for name in names if name != "val/loss"), None)


def _range(history: History, names: tuple[str, ...]) -> tuple[float, float]:
    """Return the smallest and the largest finite value of metrics, (0, 1) where there is none."""
    values = [metrics[name] for metrics in history.values() for name in names if name in metrics]
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    return min(finite), max(finite)


def _line(axes: Axes, history: History, name: str, label: str, color: str) -> list[float]:
    """Draw one metric and return its values; those that are no numbers leave a gap."""
    points = [(epoch, metrics[name]) for epoch, metrics in sorted(history.items()) if name in metrics]
    if points:
        epochs, values = zip(*points, strict=True)
        marker = "o" if len(points) <= MARKED else ""
        axes.plot(epochs, values, color=color, label=label, linewidth=1.6, marker=marker, markersize=3)
    return [value for _, value in points if math.isfinite(value)]


def _mark_best(axes: Axes, history: History, name: str, monitored: Monitored) -> None:
    best = monitored.best_epoch
    if not best:
        return
    axes.axvline(best, color=BLACK, linewidth=1, linestyle=":", label=f"best epoch ({best})", zorder=1.5)
    value = history.get(best, {}).get(name)
    if value is not None and name == monitored.metric:
        axes.plot([best], [value], "o", color=BLACK, markersize=6, markerfacecolor="none", markeredgewidth=1.4)


def _epochs(axes: Axes, history: History) -> None:
    first, last = min(history), max(history)
    margin = 0.5 if last - first < 10 else 0.03 * (last - first)
    axes.set_xlim(first - margin, last + margin)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=(1, 2, 5, 10), integer=True, min_n_ticks=1))


def log_scale(axes: Axes, ratio: float) -> None:
    """Put the vertical axis on a logarithmic scale that spans `ratio`."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if ratio < 1000 else (1,), numticks=9))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())
