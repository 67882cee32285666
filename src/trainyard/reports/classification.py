"""Plots of a classifier's test rows: the confusion matrix and the ROC curves."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import PowerNorm

from trainyard.reports.style import (
    BLACK,
    GREY,
    PALE,
    PALETTE,
    SMALL,
    Panel,
    add_bar,
    new_figure,
    save,
    short_labels,
    text_inches,
)

MOST_SHARES, MOST_COUNTS = 10, 25  # classes up to which cells tell shares and counts
SMALLEST, LARGEST = 1.9, 8.5  # inches of the matrix's side
LABEL_ROOM = 0.15  # inches that a label on an axis takes across
MOST_CURVES, CURVE_POINTS = 10, 500


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


def draw_roc(
    target: np.ndarray, probability: np.ndarray, classes: Sequence[object], name: str, subtitle: str, path: Path
) -> Path:
    """Draw the ROC curve of the second class of two, else of each class against the rest; of many the worst in color.

    target (N,) int64, probability (N, C); `name` is that of the target's column.
    """
    places = [1] if len(classes) == 2 else range(len(classes))
    curves = {place: roc_curve(target == place, probability[:, place]) for place in places}
    areas = {place: area for place, (_, _, area) in curves.items() if not np.isnan(area)}
    worst = sorted(sorted(areas, key=lambda place: areas[place])[:MOST_CURVES])
    labels = short_labels(classes)
    figure, (axes,) = new_figure(_roc_title(areas, classes, name), subtitle, Panel(3.6, 3.6, right=2.5, above=0.1))
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
    others = [np.column_stack(curves[place][:2]) for place in areas if place not in worst]
    axes.add_collection(LineCollection(others, colors=PALE, linewidths=0.7))
    for number, place in enumerate(worst):
        false_rate, true_rate, area = curves[place]
        color, style = PALETTE[number % len(PALETTE)], "-" if number < len(PALETTE) else "--"
        label = f"{labels[place]}: {area:.3f}"
        axes.plot(false_rate, true_rate, color=color, linewidth=1.5, linestyle=style, label=label)
    if others:
        axes.plot([], [], color=PALE, linewidth=1, label=f"{len(others)} better class{'es' if len(others) > 1 else ''}")
    axes.plot([], [], color=GREY, linewidth=1, linestyle=":", label="by chance: 0.500")
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel="false positive rate", ylabel="true positive rate")
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.02, 1), fontsize=SMALL, title="area under the curve",
                title_fontsize=SMALL, alignment="left")  # fmt: skip
    return save(figure, path)


def _roc_title(areas: dict[int, float], classes: Sequence[object], name: str) -> str:
    if not areas:
        return "ROC: the test rows are all of one class"
    label, column = short_labels([classes[1]])[0], short_labels([name])[0]
    if len(classes) == 2:
        return f"ROC of {column} = {label}: AUC {areas[1]:.4f}"
    return f"ROC of {column}, each class against the rest: macro AUC {np.mean(list(areas.values())):.4f}"


def roc_curve(positive: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return false and true positive rates, thinned for drawing, and the exact area; NaN where one kind is missing.

    positive (N,) bool, score (N,): the higher, the surer that a row is positive.
    """
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    hits = np.append(0, np.cumsum(positive[order])[ends])
    alarms = np.append(0, ends + 1 - np.cumsum(positive[order])[ends])
    if hits[-1] == 0 or alarms[-1] == 0:
        return np.array([0.0, 1.0]), np.array([0.0, 1.0]), float("nan")
    true_rate, false_rate = hits / hits[-1], alarms / alarms[-1]
    area = float(np.trapezoid(true_rate, false_rate))
    kept = np.unique(np.linspace(0, len(ends), min(len(ends) + 1, CURVE_POINTS)).astype(int))
    return false_rate[kept], true_rate[kept], area
