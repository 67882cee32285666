"""How well each class is told apart: F1 as bars, precision and recall as marks on them."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from trainyard.reports.style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    SKY,
    SMALL,
    Panel,
    legend_above,
    new_figure,
    save,
    short_labels,
    text_inches,
)

MOST_CLASSES = 30
ROW = 0.24  # inches of a class
LONGEST = 28  # characters of a class's name


def draw_per_class(rows: Sequence[Mapping[str, Any]], name: str, subtitle: str, path: Path) -> Path:
    """Draw the rows of per_class.json, of more than 30 classes those of the lowest F1; `name` is the target's column.

    Classes without test rows are named as such, and stand behind the others where not all are drawn.
    """
    labels = short_labels([row["label"] for row in rows], LONGEST)
    order = sorted(range(len(rows)), key=lambda place: (rows[place]["support"] == 0, rows[place]["f1"]))
    shown = sorted(order[:MOST_CLASSES]) if len(rows) <= MOST_CLASSES else order[:MOST_CLASSES]
    counts = [_count(rows[place]["support"]) for place in shown]
    panel = Panel(
        4.6, max(1.0, ROW * len(shown) + 0.1), left=max(0.8, 0.25 + text_inches([labels[n] for n in shown], SMALL)),
        right=0.2 + text_inches(counts, SMALL),
    )  # fmt: skip
    figure, (axes,) = new_figure(_title(rows, shown, name), subtitle, panel)
    _draw(axes, [rows[place] for place in shown])
    axes.set_yticks(range(len(shown)), [labels[place] for place in shown])
    for place, text in enumerate(counts):
        axes.annotate(text, (1, place), (6, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                      va="center", fontsize=SMALL, color=GREY)  # fmt: skip
    legend_above(axes)
    return save(figure, path)


def _draw(axes: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    places = np.arange(len(rows))
    columns = {name: np.array([row[name] for row in rows], float) for name in ("precision", "recall", "f1", "support")}
    there = columns["support"] > 0
    axes.barh(places, columns["f1"], height=0.66, color=SKY, alpha=0.55, label="F1")
    marks: dict[str, Any] = {"linestyle": "", "clip_on": False}
    axes.plot(columns["recall"][there], places[there], marker="o", markersize=6.5, color=BLUE, markerfacecolor="none",
              markeredgewidth=1.5, label="recall", **marks)  # fmt: skip
    axes.plot(columns["precision"], places, marker="d", markersize=4.5, color=ORANGE, markeredgecolor=BLACK,
              markeredgewidth=0.5, label="precision", **marks)  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(len(rows) - 0.4, -0.6))
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)


def _count(support: float) -> str:
    """Return the rows of a class, or their weight, as it stands beside its bar."""
    if support == 0:
        return "no test rows"
    return f"{support:,.5g} row{'s' if support != 1 else ''}"


def _title(rows: Sequence[Mapping[str, Any]], shown: Sequence[int], name: str) -> str:
    present = [row["f1"] for row in rows if row["support"] > 0 or row["precision"] > 0]
    mean = math.fsum(present) / len(present) if present else math.nan
    column = short_labels([name])[0]
    if len(shown) == len(rows):
        return f"Classes of {column}: macro F1 {mean:.3f}"
    return f"Classes of {column}: macro F1 {mean:.3f}, the {len(shown)} lowest of {len(rows):,}"
