"""The plot of a benchmark: rows a second against rows in a batch, a panel a network."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from trainyard.benchmark.engines import NAMES, Spec
from trainyard.benchmark.paragraph import crossing
from trainyard.benchmark.rows import Row
from trainyard.benchmark.table import short
from trainyard.reports.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    RED,
    SMALL,
    Panel,
    new_figure,
    save,
    settings,
)

COLORS = dict(zip(NAMES, (BLACK, PINK, BLUE, GREEN, RED, ORANGE), strict=True))
MARKS = {"32": "o", "tf32": "s", "bf16-mixed": "^", "auto": "D"}
COLUMNS = 2
LEGEND_WIDTH = 2.2  # inches


def draw_benchmark(rows: Sequence[Row], subtitle: str, path: Path) -> Path:
    """Draw the ranked rows: dashed with one thread, solid with all, thick on a GPU; where a GPU begins to pay.

    A network without any has no panel, unless none has one.
    """
    networks = list(dict.fromkeys(row.network for row in [row for row in rows if row.ranked] or rows))
    columns = max(1, min(COLUMNS, len(networks)))
    panel = Panel(4.1, 2.7, left=0.75, right=LEGEND_WIDTH)
    with settings():
        rows_of_panels = max(1, -(-len(networks) // columns))
        figure, panels = new_figure("Training speed by batch size", subtitle, panel, rows_of_panels, columns)
        for axes, network in zip(panels, networks, strict=False):
            draw_network(axes, network, [row for row in rows if row.network == network])
        for axes in panels[len(networks) :]:
            axes.set_visible(False)
        return save(figure, path)


def draw_network(axes: Axes, network: str, rows: Sequence[Row]) -> None:
    """Draw the engines of one network."""
    most = max((row.spec.threads for row in rows), default=1)
    for spec in dict.fromkeys(row.spec for row in rows):
        of_engine = sorted((row.batch_size, row.speed) for row in rows if row.spec == spec and row.ranked)
        if of_engine:
            axes.plot(
                *zip(*of_engine, strict=True), label=spec.name, color=COLORS[spec.kind], marker=MARKS[spec.precision],
                markersize=3.5, linestyle=style(spec, most), linewidth=2.2 if spec.device == "cuda" else 1.3,
            )  # fmt: skip
    size = crossing([row for row in rows if row.ranked])
    if size is not None:
        axes.axvline(size, color=GREY, linewidth=1, linestyle=":", label=f"GPU pays from {size:,}")
    axes.set(xscale="log", yscale="log", xlabel="rows in a batch", ylabel="rows a second")
    axes.set_title(network, fontsize=SMALL + 1, loc="left")
    sizes = sorted({row.batch_size for row in rows})
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(sizes)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    if axes.get_lines():
        axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), frameon=False, fontsize=SMALL, handlelength=2.2)


def style(spec: Spec, most: int) -> str:
    """Return the line of an engine: dashed where it does not use all threads of the CPU."""
    return "-" if spec.device == "cuda" or spec.threads == most else "--"
