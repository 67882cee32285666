"""The plot of benchmarks/scale.py: time an epoch, time to prepare and memory, against what grew."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from trainyard.reports.style import BLUE, GREY, ORANGE, SKY, SMALL, Panel, new_figure, save, settings

if TYPE_CHECKING:
    from benchmarks.scale import Case, Cost

SHOWN = {"rows": "rows", "columns": "columns", "width": "units of both hidden layers", "classes": "classes"}


def draw_scale(axes: "Mapping[str, Sequence[Case]]", costs: "Mapping[Case, Cost]", path: Path) -> Path:
    """Draw a column of panels for each axis, seconds above and GiB below, both axes logarithmic."""
    others = "100,000 rows of 20 columns, two hidden layers of 64 units, batches of 1,024, one thread"
    with settings():
        figure, panels = new_figure(
            "What a training costs as it grows", others, Panel(2.6, 2.3, above=0.35, below=0.6), 2, len(SHOWN)
        )
        for place, (name, label) in enumerate(SHOWN.items()):
            seconds, memory = panels[place], panels[place + len(SHOWN)]
            cases = axes[name]
            sizes = [getattr(case, name) for case in cases]
            _plot(seconds, sizes, [costs[case].epoch for case in cases], BLUE, "an epoch")
            _plot(seconds, sizes, [costs[case].prepare for case in cases], ORANGE, "preparing, once")
            _plot(memory, sizes, [costs[case].memory for case in cases], BLUE, "training")
            _plot(memory, sizes, [costs[case].preparing for case in cases], ORANGE, "preparing, once")
            if name == "rows":
                mapped = axes["rows, mapped"]
                _plot(seconds, sizes, [costs[case].epoch for case in mapped], SKY, "an epoch, mapped", "--")
                _plot(memory, sizes, [costs[case].memory for case in mapped], SKY, "training, mapped", "--")
            for predicted, label_of_it in (("predicted", "as predicted"), ("predicted_preparing", None)):
                foreseen = [getattr(case, predicted) for case in cases]
                memory.plot(sizes, foreseen, color=GREY, linestyle=":", linewidth=1, label=label_of_it)
            for panel, what in ((seconds, "seconds"), (memory, "GiB")):
                _dress(panel, label, what)
        return save(figure, path)


def _plot(axes: Axes, x: Sequence[int], y: Sequence[float], color: str, label: str, style: str = "-") -> None:
    axes.plot(x, y, color=color, linestyle=style, marker="o", markersize=4, linewidth=1.5, label=label)


def _size(value: float, _place: int | None) -> str:
    return f"{value:,.10g}" if value < 1e5 else f"{value:.0e}".replace("e+0", "e")


def _dress(axes: Axes, label: str, what: str) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(numticks=8))
        axis.set_major_formatter(FuncFormatter(_size))
        axis.set_minor_formatter(NullFormatter())
    low, high = axes.get_ylim()
    room = 3.0 if high / low > 30 else 1.5 * 30 * low / high  # above, for the legend
    axes.set_ylim(low / 1.5, high * room)
    axes.set(xlabel=label, ylabel=what)
    axes.legend(frameon=False, fontsize=SMALL, loc="upper left", borderaxespad=0.1)
