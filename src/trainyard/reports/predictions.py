"""The plots of what a model predicted for rows whose truth is known."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trainyard.data.pixels import image_column
from trainyard.reports.calibration import draw_calibration
from trainyard.reports.class_curves import draw_precision_recall, draw_roc
from trainyard.reports.classification import MOST_CLASSES, draw_confusion
from trainyard.reports.intervals import draw_intervals
from trainyard.reports.per_class import draw_per_class
from trainyard.reports.regression import draw_predicted, draw_residuals
from trainyard.reports.style import shortened
from trainyard.reports.text import number
from trainyard.reports.worst_images import draw_worst_images

Arrays = Mapping[str, np.ndarray]
WORD, LINE = 11, 22  # characters of a class and of a line above an image


def draw_predictions(
    arrays: Arrays, card: Mapping[str, Any], subtitle: str, plots: Path, *, classes: Sequence[Mapping[str, Any]] = ()
) -> list[Path]:
    """Draw the arrays of a predictions.npz into the folder `plots`, and return the files.

    `card` is that of the model, `classes` are the rows of a per_class.json. Rows whose prediction is no number, after
    a training that failed, are left out.
    """
    predicted = arrays["probability" if "probability" in arrays else "prediction"]
    right = np.asarray(np.isfinite(predicted).all(1))
    if not right.any():
        return []
    if not right.all():
        subtitle += f" · {(~right).sum():,} rows without a prediction left out"
    kept = {name: values[right] for name, values in arrays.items() if len(values) == len(right) and name != "level"}
    if "probability" in arrays:
        return _draw_classes(kept, card, subtitle, plots, classes)
    drawn = _draw_numbers(kept, card, subtitle, plots)
    if "quantile" in kept:
        values = kept["target"], kept["quantile"], arrays["level"], card["targets"], subtitle
        drawn.append(draw_intervals(*values, plots / "intervals.png"))
    return drawn


def _draw_classes(
    kept: Arrays, card: Mapping[str, Any], subtitle: str, plots: Path, classes: Sequence[Mapping[str, Any]]
) -> list[Path]:
    name, weight = card["targets"][0], kept.get("weight")
    rows = kept["target"], kept["probability"], card["classes"], name, subtitle
    drawn = []
    if len(card["classes"]) <= MOST_CLASSES:
        drawn += [
            draw_confusion(*rows, plots / "confusion_matrix.png"), draw_roc(*rows, plots / "roc.png", weight),
            draw_precision_recall(*rows, plots / "precision_recall.png", weight),
        ]  # fmt: skip
    drawn.append(draw_calibration(*rows, plots / "calibration.png", weight, card.get("temperature")))
    if classes:
        drawn.append(draw_per_class(classes, name, subtitle, plots / "per_class.png"))
    return drawn


def _draw_numbers(kept: Arrays, card: Mapping[str, Any], subtitle: str, plots: Path) -> list[Path]:
    values = kept["target"], kept["prediction"], card["targets"], subtitle
    return [draw_predicted(*values, plots / "predicted_actual.png"), draw_residuals(*values, plots / "residuals.png")]


def draw_worst(table: Path, pixels: Path, card: Mapping[str, Any], subtitle: str, plots: Path) -> list[Path]:
    """Draw the images of a worst_examples.csv with its worst_examples.npz; nothing where there are none."""
    image = image_column(card.get("preprocessing", {"columns": []}))
    if image is None or not pixels.exists():
        return []
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with np.load(pixels, allow_pickle=False) as arrays:
        images = arrays["image"]
    what = "least probable classes" if "true" in rows[0] else "largest errors"
    limits = float(image["low"]), float(image["high"])
    title = f"Worst predictions: the {len(rows)} test images with the {what}"
    captions = [_caption(row) for row in rows]
    return [draw_worst_images(images, captions, limits, title, subtitle, plots / "worst_examples.png")]


def _caption(row: Mapping[str, str]) -> tuple[str, ...]:
    """Return the lines above an image: where it is from, and what is true and was predicted."""
    where = shortened(row.get("file") or f"row {row['row']}", LINE)
    if "true" not in row:
        actual, predicted = (number(float(row[name])) for name in ("actual", "predicted"))
        return where, f"actual {actual}", f"predicted {predicted}"
    true, predicted = (shortened(" ".join(row[name].split()), WORD) for name in ("true", "predicted"))
    share, own = float(row["probability"]), float(row["probability of the true class"])
    return where, f"true {true} {own:.0%}", f"seen as {predicted} {share:.0%}"
