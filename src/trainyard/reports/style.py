"""How every plot looks, and how it gets to the disk."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from trainyard.files import replacing

# Okabe and Ito (2008): told apart with every kind of colour vision
BLUE, ORANGE, GREEN, PINK, SKY, RED, YELLOW, BLACK = PALETTE = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000",
)  # fmt: skip
GREY = "#777777"
DPI = 110


def new_figure(width: float, height: float, rows: int = 1, columns: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure of `width` x `height` inches with its axes, row by row."""
    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False)
    flat: list[Axes] = list(axes.flat)
    for each in flat:
        each.spines[["top", "right"]].set_visible(False)
        each.grid(alpha=0.25, linewidth=0.6)
        each.set_axisbelow(True)
    return figure, flat


def save(figure: Figure, path: Path) -> Path:
    """Write a figure as PNG, the same bytes for the same figure."""
    with replacing(path) as partial:
        figure.savefig(partial, format="png", metadata={"Software": None})
    return path


def shortened(labels: Sequence[object], most: int = 14) -> list[str]:
    """Return labels of at most `most` characters."""
    texts = [str(label) for label in labels]
    return [text if len(text) <= most else text[: most - 1] + "…" for text in texts]
