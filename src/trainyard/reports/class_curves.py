"""Curves of a classifier's test rows over all thresholds: ROC and precision-recall, of each class against the rest."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from trainyard.reports.style import GREY, PALE, PALETTE, SMALL, Panel, new_figure, save, short_labels

MOST_CURVES, CURVE_POINTS = 10, 500
PANEL = Panel(3.6, 3.6, right=2.5, above=0.1)
NO_CURVE = np.array([0.0, 1.0])


class Curve(NamedTuple):
    """Points of a curve (P,), thinned for drawing, and the exact area below it; NaN where it has none."""

    x: np.ndarray
    y: np.ndarray
    area: float


class Passed(NamedTuple):
    """The rows (their weight) that are of the class, and that are not, above each threshold (P,), the first above all.

    Rows that are equally sure pass together.
    """

    hits: np.ndarray
    alarms: np.ndarray


def draw_roc(
    target: np.ndarray, probability: np.ndarray, classes: Sequence[object], name: str, subtitle: str, path: Path,
    weight: np.ndarray | None = None,
) -> Path:  # fmt: skip
    """Draw the ROC curve of the second class of two, else of each class against the rest; of many the worst in color.

    target (N,) int64, probability (N, C), weight (N,) or None; `name` is that of the target's column.
    """
    curves = _curves(roc_curve, target, probability, weight)
    areas = _areas(curves)
    figure, (axes,) = new_figure(_title("ROC", "AUC", areas, classes, name), subtitle, PANEL)
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
    _draw(axes, curves, areas, short_labels(classes))
    axes.plot([], [], color=GREY, linewidth=1, linestyle=":", label="by chance: 0.500")
    axes.set(xlabel="false positive rate", ylabel="true positive rate")
    _legend(axes, "area under the curve")
    return save(figure, path)


def draw_precision_recall(
    target: np.ndarray, probability: np.ndarray, classes: Sequence[object], name: str, subtitle: str, path: Path,
    weight: np.ndarray | None = None,
) -> Path:  # fmt: skip
    """Draw precision against recall of the second class of two, else of each class; of many the worst in color.

    The arrays are those of `draw_roc`. Classes without test rows have no curve.
    """
    curves = _curves(precision_recall_curve, target, probability, weight)
    areas = _areas(curves)
    figure, (axes,) = new_figure(_title("Precision-recall", "AP", areas, classes, name), subtitle, PANEL)
    if len(classes) == 2 and areas:
        share = float(np.average(target == 1, weights=weight))
        axes.axhline(share, color=GREY, linewidth=1, linestyle=":")
    _draw(axes, curves, areas, short_labels(classes))
    if len(classes) == 2 and areas:
        axes.plot([], [], color=GREY, linewidth=1, linestyle=":", label=f"by chance: {share:.3f}")
    axes.set(xlabel="recall", ylabel="precision")
    _legend(axes, "average precision")
    return save(figure, path)


def roc_curve(positive: np.ndarray, score: np.ndarray, weight: np.ndarray | None = None) -> Curve:
    """Return false against true positive rates and their exact area.

    positive (N,) bool, score (N,): the higher, the surer that a row is positive; weight (N,) or None.
    """
    hits, alarms = _passed(positive, score, weight)
    if hits[-1] == 0 or alarms[-1] == 0:
        return Curve(NO_CURVE, NO_CURVE, float("nan"))
    true_rate, false_rate = hits / hits[-1], alarms / alarms[-1]
    kept = _thinned(len(true_rate))
    return Curve(false_rate[kept], true_rate[kept], float(np.trapezoid(true_rate, false_rate)))


def precision_recall_curve(positive: np.ndarray, score: np.ndarray, weight: np.ndarray | None = None) -> Curve:
    """Return recall against precision, and the average precision: the area as a sum of steps, as scikit-learn has it.

    The arrays are those of `roc_curve`.
    """
    hits, alarms = _passed(positive, score, weight)
    if hits[-1] == 0:
        return Curve(NO_CURVE, NO_CURVE, float("nan"))
    recall = hits / hits[-1]
    precision = np.append(1.0, hits[1:] / np.maximum(hits[1:] + alarms[1:], 1e-300))
    area = float((np.diff(recall) * precision[1:]).sum())
    precision[0] = precision[1]  # the surest rows; before them nothing is known
    kept = _thinned(len(recall))
    steps = np.repeat(recall[kept], 2)[:-1], np.repeat(precision[kept], 2)[1:]
    return Curve(*steps, area)


def _passed(positive: np.ndarray, score: np.ndarray, weight: np.ndarray | None) -> Passed:
    order = np.argsort(-score, kind="stable")
    w = np.ones(len(score)) if weight is None else weight[order].astype(float)
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    hits, total = np.cumsum(positive[order] * w)[ends], np.cumsum(w)[ends]
    return Passed(np.append(0, hits), np.append(0, total - hits))


def _thinned(count: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(count, CURVE_POINTS)).astype(int))


def _curves(
    curve: Callable[[np.ndarray, np.ndarray, np.ndarray | None], Curve], target: np.ndarray, probability: np.ndarray,
    weight: np.ndarray | None,
) -> dict[int, Curve]:  # fmt: skip
    """Return the curves by number of the class: the second one of two, else all."""
    places = [1] if probability.shape[1] == 2 else range(probability.shape[1])
    return {place: curve(target == place, probability[:, place], weight) for place in places}


def _areas(curves: Mapping[int, Curve]) -> dict[int, float]:
    return {place: curve.area for place, curve in curves.items() if not np.isnan(curve.area)}


def _draw(axes: Axes, curves: Mapping[int, Curve], areas: Mapping[int, float], labels: Sequence[str]) -> None:
    """Draw the curves of the least areas in color, and the others pale behind them."""
    worst = sorted(sorted(areas, key=lambda place: areas[place])[:MOST_CURVES])
    others = [np.column_stack(curves[place][:2]) for place in areas if place not in worst]
    axes.add_collection(LineCollection(others, colors=PALE, linewidths=0.7))
    for number, place in enumerate(worst):
        x, y, area = curves[place]
        color, style = PALETTE[number % len(PALETTE)], "-" if number < len(PALETTE) else "--"
        axes.plot(x, y, color=color, linewidth=1.5, linestyle=style, label=f"{labels[place]}: {area:.3f}")
    if others:
        axes.plot([], [], color=PALE, linewidth=1, label=f"{len(others)} better class{'es' if len(others) > 1 else ''}")
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))


def _legend(axes: Axes, title: str) -> None:
    if not axes.get_legend_handles_labels()[0]:
        return
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.02, 1), fontsize=SMALL, title=title,
                title_fontsize=SMALL, alignment="left")  # fmt: skip


def _title(curve: str, area: str, areas: Mapping[int, float], classes: Sequence[object], name: str) -> str:
    column = short_labels([name])[0]
    if not areas and len(classes) == 2 and curve != "ROC":
        return f"{curve}: no test row is {short_labels([classes[1]])[0]}"
    if not areas:
        return f"{curve}: the test rows are all of one class"
    if len(classes) == 2:
        return f"{curve} of {column} = {short_labels([classes[1]])[0]}: {area} {areas[1]:.4f}"
    return f"{curve} of {column}, each class against the rest: macro {area} {np.mean(list(areas.values())):.4f}"
