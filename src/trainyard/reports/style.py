"""How every plot looks, and how it gets to the disk.

Sizes are inches and places are computed from them, not sought by a layout engine: that halves the time of a plot.
"""

import math
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter, MaxNLocator, StrMethodFormatter

from trainyard.files import replacing

# Okabe and Ito (2008), told apart with every kind of color vision; without their yellow, which is faint on white
BLUE, ORANGE, GREEN, RED, PINK, SKY, BLACK = PALETTE = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#000000",
)  # fmt: skip
STEPS = (1, 2, 2.5, 5, 10)  # between ticks, times a power of ten
GREY, PALE = "#666666", "#C8C8C8"
DPI = 110
TITLE, TEXT, SMALL = 11, 9, 8  # points
HEAD = 0.62  # inches above the panels, for title and subtitle
EDGE = 0.12  # inches between the figure's edge and its text
LABEL = 0.46  # inches between the figure's left edge and the numbers of a vertical axis, for the label beside them
MINUS = "\N{MINUS SIGN}"
CHARACTER, WIDE = 0.62, 0.9  # widths of most characters and of wide ones, in their size, rather too much

# what a person's matplotlibrc must not change, and labels such as "$5" that are no mathematics
SETTINGS: dict[Any, Any] = {
    "text.parse_math": False, "font.family": ["DejaVu Sans"], "font.size": TEXT, "figure.dpi": DPI,
    "savefig.dpi": "figure", "savefig.bbox": None, "axes.unicode_minus": True,
}  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """Size of a panel's drawing area and the room around it for its labels, in inches."""

    width: float
    height: float
    left: float = 0.8
    right: float = 0.2
    above: float = 0.3
    below: float = 0.55


def room_on_the_left(*ranges: tuple[float, float]) -> float:
    """Return the inches left of panels for the labels and numbers of vertical axes that run from low to high."""
    labels = [label for low, high in ranges for label in Plain().format_ticks(_ticks(low, high))]
    return max(Panel.left, LABEL + text_inches(labels, SMALL))


def _ticks(low: float, high: float) -> list[float]:
    ticks = [float(tick) for tick in MaxNLocator(6, steps=STEPS).tick_values(low, high)]
    return [tick for tick in ticks if low <= tick <= high]


@contextmanager
def settings() -> Iterator[None]:
    """Draw with the settings of this module, and let characters that the font does not have pass as boxes."""
    with matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        yield


def new_figure(title: str, subtitle: str, panel: Panel, rows: int = 1, columns: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure with its heading and its axes, row by row, all of one size."""
    across, down = panel.left + panel.width + panel.right, panel.above + panel.height + panel.below
    width, height = across * columns, HEAD + down * rows
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    size = max(SMALL, min(TITLE, 0.99 * TITLE * (width - 2 * EDGE) / text_inches([title], TITLE)))
    figure.text(EDGE / width, 1 - 0.14 / height, fitted(title, width, size), fontsize=size, va="top")
    figure.text(EDGE / width, 1 - 0.38 / height, fitted(subtitle, width, SMALL), fontsize=SMALL, va="top", color=GREY)
    found = []
    for row in range(rows):
        for column in range(columns):
            bottom = down * (rows - 1 - row) + panel.below
            left = across * column + panel.left
            axes = figure.add_axes((left / width, bottom / height, panel.width / width, panel.height / height))
            _dress(axes)
            found.append(axes)
    return figure, found


def _dress(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=SMALL)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=STEPS))
        axis.set_major_formatter(Plain())


class Plain(Formatter):
    """Ticks with as many digits as tell them apart: 0.05, 1,500, 2.5e9."""

    def __call__(self, value: float, pos: int | None = None) -> str:
        """Return the label of one tick alone."""
        del pos
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the labels of all ticks of an axis."""
        ticks = sorted({float(value) for value in values})
        largest = max(map(abs, ticks), default=1.0)
        step = min((b - a for a, b in pairwise(ticks)), default=largest) or 1.0
        if largest >= 1e6 or step < 1e-5:
            digits = max(0, math.ceil(math.log10(largest / step)))
            return [_scientific(float(value), digits) for value in values]
        digits = next((d for d in range(7) if all(abs(round(t, d) - t) < step * 1e-3 for t in ticks)), 6)
        return [f"{value + 0.0:,.{digits}f}".replace("-", MINUS) for value in values]


def _scientific(value: float, digits: int) -> str:
    mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
    short = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{short}e{int(exponent)}".replace("-", MINUS) if value else "0"


def legend_above(axes: Axes, columns: int = 4) -> None:
    """Put the legend between the heading and the panel, where it covers no data."""
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, frameon=False, fontsize=SMALL, borderaxespad=0.1,
        handlelength=1.6, handletextpad=0.5, columnspacing=1.2, borderpad=0.1,
    )  # fmt: skip


def add_bar(figure: Figure, axes: Axes, colored: ScalarMappable, label: str, form: str) -> None:
    """Put the scale of the colors on the right of a panel, which needs 0.9 inches there; `form` is that of numbers."""
    width, height = figure.get_size_inches()
    box = axes.get_position()
    place = (box.x1 + 0.12 / width, box.y0, 0.14 / width, min(box.height, 3.5 / height))
    bar = figure.colorbar(colored, cax=figure.add_axes(place), label=label, format=StrMethodFormatter(form))
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=SMALL)
    bar.ax.minorticks_off()


def save(figure: Figure, path: Path) -> Path:
    """Write a figure as PNG, the same bytes for the same figure."""
    with replacing(path) as partial:
        figure.savefig(partial, format="png", metadata={"Software": None})
    return path


def text_inches(texts: Sequence[str], size: float) -> float:
    """Return the width of the longest text, by rule of thumb."""
    return max((sum(map(_character, text)) for text in texts), default=0) * size / 72


def _character(character: str) -> float:
    return WIDE if character.isupper() or character in "mw@%&…" else CHARACTER


def fitted(text: str, inches: float, size: float) -> str:
    """Return a text that is not wider than a figure of so many inches."""
    most = len(text)
    while most > 12 and text_inches([shortened(text, most)], size) > inches - 2 * EDGE:
        most -= 1
    return shortened(text, most)


def shortened(text: str, most: int) -> str:
    """Return a text of at most `most` characters, its middle left out."""
    if len(text) <= most:
        return text
    tail = (most - 1) // 2
    return f"{text[: most - 1 - tail]}…{text[len(text) - tail :]}"


def short_labels(labels: Sequence[object], most: int = 18) -> list[str]:
    """Return labels as texts on one line of at most `most` characters; those that would be one get their number."""
    texts = [" ".join(str(label).split()) for label in labels]
    short = [shortened(text, most) for text in texts]
    alike = {label for label, count in Counter(short).items() if count > 1}
    return [
        f"{number} {shortened(text, most - len(f'{number} '))}" if label in alike else label
        for number, (text, label) in enumerate(zip(texts, short, strict=True), start=1)
    ]
