"""Plots of a classifier's test rows: the confusion matrix and the ROC curves."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from trainyard.reports.style import BLACK, GREY, PALETTE, new_figure, save, shortened

MOST_COUNTED, MOST_CURVES, CURVE_POINTS = 20, 8, 500


def draw_confusion(
    target: np.ndarray, probability: np.ndarray, classes: Sequence[object], title: str, path: Path
) -> Path:
    """Draw rows by true and predicted class: shares of the true class as colour, counts as numbers.

    target (N,) int64, probability (N, C).
    """
    size = len(classes)
    counts = np.zeros((size, size), np.int64)
    np.add.at(counts, (target, probability.argmax(1)), 1)
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    inches = min(12.0, max(4.6, 2.4 + 0.42 * size))
    figure, (axes,) = new_figure(inches + 0.8, inches)
    axes.grid(visible=False)
    image = axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    labels = shortened(classes)
    rotation = 90 if max(map(len, labels)) > 3 else 0
    axes.set_xticks(range(size), labels, rotation=rotation, fontsize=9 if size <= MOST_COUNTED else 7)
    axes.set_yticks(range(size), labels, fontsize=9 if size <= MOST_COUNTED else 7)
    if size <= MOST_COUNTED:
        for row, column in zip(*np.nonzero(counts), strict=True):
            color = "white" if share[row, column] > 0.5 else BLACK
            text = f"{counts[row, column]:,}"
            axes.text(column, row, text, ha="center", va="center", color=color, fontsize=9 if len(text) < 5 else 7)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    figure.colorbar(image, ax=axes, label="share of the true class", fraction=0.046, pad=0.03)
    accuracy = np.trace(counts) / max(counts.sum(), 1)
    axes.set_title(f"{title}\n{counts.sum():,} test rows, {accuracy:.1%} right", fontsize=11)
    return save(figure, path)


def draw_roc(target: np.ndarray, probability: np.ndarray, classes: Sequence[object], title: str, path: Path) -> Path:
    """Draw the ROC curve of the second class of two, else of each class against the rest, at most the worst eight."""
    figure, (axes,) = new_figure(6.4, 5.4)
    places = [1] if len(classes) == 2 else range(len(classes))
    curves = {place: roc_curve(target == place, probability[:, place]) for place in places}
    areas = {place: area for place, (_, _, area) in curves.items() if not np.isnan(area)}
    worst = sorted(areas, key=lambda place: areas[place])[:MOST_CURVES]
    labels = shortened(classes)
    for color, place in zip(PALETTE, sorted(worst), strict=False):
        false_rate, true_rate, area = curves[place]
        axes.plot(false_rate, true_rate, color=color, linewidth=1.5, label=f"{labels[place]} (area {area:.3f})")
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":", label="chance (area 0.500)")
    _square(axes)
    axes.set_xlabel("false positive rate")
    axes.set_ylabel("true positive rate")
    few = f"; the {len(worst)} worst classes of {len(areas)}" if len(worst) < len(areas) else ""
    mean = f"mean area {np.mean(list(areas.values())):.4f}" if areas else "no class has rows of both kinds"
    axes.set_title(f"{title}\n{mean}{few}", fontsize=11)
    axes.legend(frameon=False, loc="lower right", fontsize=9)
    return save(figure, path)


def roc_curve(positive: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return false and true positive rates, thinned for drawing, and the exact area; NaN where one kind is missing."""
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    hits = np.append(0, np.cumsum(positive[order])[ends])
    alarms = np.append(0, (np.arange(1, len(score) + 1) - np.cumsum(positive[order]))[ends])
    if hits[-1] == 0 or alarms[-1] == 0:
        return np.array([0.0, 1.0]), np.array([0.0, 1.0]), float("nan")
    true_rate, false_rate = hits / hits[-1], alarms / alarms[-1]
    area = float(np.trapezoid(true_rate, false_rate))
    kept = np.unique(np.linspace(0, len(ends), min(len(ends) + 1, CURVE_POINTS)).astype(int))
    return false_rate[kept], true_rate[kept], area


def _square(axes: Axes) -> None:
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_aspect("equal")
