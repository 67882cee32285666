"""A sweep at a glance: the monitored metric against each parameter that was varied."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from trainyard.reports.curves import LOG_FROM, log_scale, metric_words
from trainyard.reports.style import (
    BLACK,
    BLUE,
    ORANGE,
    SMALL,
    Panel,
    legend_above,
    new_figure,
    save,
    short_labels,
    text_inches,
)

ACROSS = 3  # panels in a row
DECADE = 10.0  # largest over smallest number of a parameter, from which on its axis is logarithmic
REPEATED = ("seed", "dataset.fold")  # what makes repeats, unless nothing else was varied
LABEL = 16  # characters of a word below an axis
PANEL, ROTATED_BELOW = Panel(3.0, 2.5), 1.0
TICKS = 6  # numbers that are marked one by one at most


@dataclass(frozen=True)
class Varied:
    """A parameter with its value (M,) in each of M members, as it was typed."""

    name: str
    values: Sequence[str]

    @property
    def numbers(self) -> list[float] | None:
        """The values as numbers, None where one is a word."""
        try:
            found = [float(value) for value in self.values]
        except ValueError:
            return None
        return found if all(map(math.isfinite, found)) else None

    @property
    def words(self) -> list[str]:
        """The different values in the order in which they came."""
        return list(dict.fromkeys(self.values))

    @property
    def labels(self) -> list[str]:
        """The words below an axis; none where the values are numbers."""
        return [] if self.numbers is not None else short_labels([word or "(as set)" for word in self.words], LABEL)

    @property
    def places(self) -> list[float]:
        """Where each member stands on the axis (M,)."""
        words = self.words
        return self.numbers or [float(words.index(value)) for value in self.values]


def draw_sweep(sweep: Mapping[str, Any], subtitle: str, plots: Path) -> list[Path]:
    """Draw `sweep`, the content of sweep.json, to `plots/sweep.png`; nothing where fewer than two members compare."""
    members = [member for member in sweep.get("members", ()) if _is_good(member)]
    chosen = [dict(text.split("=", 1) for text in member["overrides"] if "=" in text) for member in members]
    names = varied_names(chosen)
    if len(members) < 2 or not names:
        return []
    varied = [Varied(name, [words.get(name, "") for words in chosen]) for name in names]
    measured = [float(member["monitor_value"]) for member in members]
    best = next((place for place, member in enumerate(members) if member["folder"] == sweep.get("best")), 0)
    words = metric_words(sweep["monitor"], "")
    title = f"Best validation {words} {measured[best]:.4g} with " + ", ".join(
        f"{each.name}={each.values[best]}" for each in varied
    )
    left_out = len(sweep["members"]) - len(members)
    subtitle += f" · {len(members)} members" + (f", {left_out} that did not finish left out" if left_out else "")
    columns = min(ACROSS, len(varied))
    panel = replace(PANEL, below=ROTATED_BELOW) if any(_is_crowded(each.labels) for each in varied) else PANEL
    figure, axes = new_figure(title, subtitle, panel, -(-len(varied) // columns), columns)
    for each, parameter in zip(axes, varied, strict=False):
        _draw(each, parameter, measured, best)
        each.set_ylabel(f"best validation {words}")
    legend_above(axes[0])
    _measure_alike(axes, measured)
    for spare in axes[len(varied) :]:
        spare.set_visible(False)
    return [save(figure, plots / "sweep.png")]


def varied_names(chosen: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the parameters whose values differ; seeds and folds only where nothing else does."""
    names = dict.fromkeys(name for words in chosen for name in words)
    differing = [name for name in names if len({words.get(name) for words in chosen}) > 1]
    return [name for name in differing if name not in REPEATED] or differing


def _is_good(member: Mapping[str, Any]) -> bool:
    value = member["monitor_value"]
    return member["status"] == "FINISHED" and value is not None and math.isfinite(value)


def _draw(axes: Axes, varied: Varied, measured: Sequence[float], best: int) -> None:
    """Draw members as points, the mean of those with one value (of seeds and folds: of all), and the best of all."""
    places = varied.places
    if varied.numbers is not None:
        _number_axis(axes, sorted(set(places)))
    else:
        _word_axis(axes, varied.labels)
    axes.plot(places, measured, "o", color=BLUE, markersize=5, alpha=0.6, label="member", markeredgewidth=0)
    at: dict[float, list[float]] = {}
    for place, value in zip(places, measured, strict=True):
        at.setdefault(place, []).append(value)
    if varied.name in REPEATED:
        axes.axhline(statistics.fmean(measured), color=ORANGE, linewidth=1.2, label="mean", zorder=1.5)
    elif any(len(values) > 1 for values in at.values()):
        means = [(place, statistics.fmean(values)) for place, values in sorted(at.items())]
        line = "-" if varied.numbers is not None else ""
        axes.plot(*zip(*means, strict=True), color=ORANGE, linestyle=line, marker="_", markersize=14, label="mean",
                  linewidth=1.2, markeredgewidth=2)  # fmt: skip
    axes.plot(places[best], measured[best], "o", color=BLACK, markersize=9, markerfacecolor="none",
              markeredgewidth=1.4, label="best")  # fmt: skip
    axes.set_xlabel(varied.name)


def _number_axis(axes: Axes, numbers: Sequence[float]) -> None:
    """Set the scale of different numbers, rising; few of them are the ticks themselves."""
    low, high = numbers[0], numbers[-1]
    if low > 0 and high / low >= DECADE:
        axes.set_xscale("log")
        decades = math.log10(high / low)
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if decades <= 1.5 else (1,), numticks=9))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlim(low / 1.25**decades, high * 1.25**decades)
    else:
        margin = 0.08 * (high - low)
        axes.set_xlim(low - margin, high + margin)
    if len(numbers) <= TICKS:
        axes.set_xticks(numbers)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _word_axis(axes: Axes, labels: Sequence[str]) -> None:
    turned = _is_crowded(labels)
    axes.set_xticks(range(len(labels)), labels, rotation=20 if turned else 0, ha="right" if turned else "center")
    axes.set_xlim(-0.6, len(labels) - 0.4)


def _is_crowded(labels: Sequence[str]) -> bool:
    return bool(labels) and text_inches(labels, SMALL) > PANEL.width / len(labels)


def _measure_alike(axes: Sequence[Axes], measured: Sequence[float]) -> None:
    """Give all panels the same vertical scale."""
    low, high = min(measured), max(measured)
    if low > 0 and high > LOG_FROM * low:
        for each in axes:
            log_scale(each, high / low)
            each.set_ylim(low / 1.3, high * 1.3)
        return
    margin = 0.08 * (high - low) or 0.1
    for each in axes:
        each.set_ylim(low - margin, high + margin)
