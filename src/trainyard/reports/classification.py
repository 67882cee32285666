"""The confusion matrix of a classifier's test rows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm

from trainyard.reports.style import BLACK, SMALL, Panel, add_bar, new_figure, save, short_labels, text_inches

MOST_CLASSES = 1000  # of more, no cell and no curve could be told from the others, and each pair of classes is a cell
MOST_SHARES, MOST_COUNTS = 10, 25  # classes up to which cells tell shares and counts
SMALLEST, LARGEST = 1.9, 8.5  # inches of the matrix's side
LABEL_ROOM = 0.15  # inches that a label on an axis takes across


def draw_confusion(
    target: np.ndarray, probability: np.ndarray, classes: Sequence[object], name: str, subtitle: str, path: Path
) -> Path:
    """Draw rows by true and predicted class: shares of the true class as color, counts as numbers.

    target (N,) int64, probability (N, C); `name` is that of the target's column.
    """
    counts = confusion(target, probability.argmax(1), len(classes))
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    cell = 0.62 if len(classes) <= MOST_SHARES else 0.36 if len(classes) <= MOST_COUNTS else 0.2
    side = min(LARGEST, max(SMALLEST, cell * len(classes)))
    labels = short_labels(classes)
    labels_room = text_inches(labels, SMALL)
    turned = labels_room > side / len(classes) - 0.05
    panel = Panel(
        side, side, left=max(1.35, 0.55 + labels_room), right=1.0, above=0.1,
        below=0.5 + (labels_room if turned else 0.15),
    )  # fmt: skip
    accuracy = np.trace(counts) / max(counts.sum(), 1)
    title = f"Confusion matrix: {counts.sum():,} test rows, {accuracy:.1%} right"
    figure, (axes,) = new_figure(title, subtitle, panel)
    counted = len(classes) <= MOST_COUNTS
    norm = PowerNorm(1 if counted else 0.5, 0, 1)  # where no number tells of few errors, their color must
    image = axes.imshow(share, cmap="Blues", norm=norm)
    axes.grid(visible=False)
    axes.spines[:].set_visible(True)
    every = max(1, int(np.ceil(LABEL_ROOM * len(classes) / side)))
    places = range(0, len(classes), every)
    axes.set_xticks(places, labels[::every], rotation=90 if turned else 0)
    axes.set_yticks(places, labels[::every])
    if counted:
        _write_cells(axes, counts, share, side / len(classes))
    axes.set_xlabel(f"predicted {short_labels([name], 30)[0]}")
    axes.set_ylabel(f"true {short_labels([name], 30)[0]}")
    add_bar(figure, axes, image, "share of the true class", "{x:.0%}")
    return save(figure, path)


def confusion(target: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Return how many rows of each true class (first axis) were taken for each class (C, C) int64."""
    return np.bincount(target * classes + predicted, minlength=classes**2).reshape(classes, classes)


def _write_cells(axes: Axes, counts: np.ndarray, share: np.ndarray, inches: float) -> None:
    """Write counts, and shares where there is room, into the cells that are not empty."""
    shares = len(counts) <= MOST_SHARES
    for row, column in zip(*np.nonzero(counts), strict=True):
        text = f"{counts[row, column]:,}"
        if shares:
            text += f"\n{share[row, column]:.0%}"
        size = min(SMALL, inches / text_inches(text.split("\n"), SMALL) * SMALL * 0.9)
        color = "white" if share[row, column] > 0.5 else BLACK
        axes.text(column, row, text, ha="center", va="center", color=color, fontsize=size, linespacing=1.1)
