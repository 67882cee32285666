"""The files of an evaluation; the same evaluation writes the same bytes."""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from trainyard.evaluation.evaluate import Evaluation
from trainyard.evaluation.output import METRICS, PLOTS, PREDICTIONS
from trainyard.files import json_text, replacing, write_text
from trainyard.inference import Model
from trainyard.reports.class_curves import draw_roc
from trainyard.reports.classification import MOST_CLASSES, draw_confusion
from trainyard.reports.regression import draw_predicted, draw_residuals
from trainyard.reports.style import settings


def write_evaluation(folder: Path, found: Evaluation, model: Model, subtitle: str, by: str | None) -> list[Path]:
    """Write an evaluation into a folder and return its files.

    metrics.json is flat, null where a metric has no value; predictions.csv has a line per row: its number in the source
    (from 0), what is true and what was predicted; by_<column>.csv a line per group; plots/ as those of a run.
    """
    files = [folder / METRICS, folder / PREDICTIONS]
    write_csv(files[1], {"row": found.numbers, **found.columns})
    write_text(files[0], json_text(found.metrics))
    if by is not None:
        names = list(dict.fromkeys(name for group in found.groups.values() for name in group))
        table = {name: np.array([group.get(name, math.nan) for group in found.groups.values()]) for name in names}
        files.append(folder / f"by_{file_name(by)}.csv")
        write_csv(files[-1], {by: np.array(list(found.groups)), **table})
    return files + draw_evaluation(folder / PLOTS, found, model, subtitle)


def draw_evaluation(plots: Path, found: Evaluation, model: Model, subtitle: str) -> list[Path]:
    """Draw confusion matrix and ROC, or predicted against actual and residuals, and return the files.

    Nothing is drawn of more than a thousand classes.
    """
    if len(model.classes or ()) > MOST_CLASSES:
        return []
    with settings():
        if model.classes is not None:
            rows = found.arrays["target"], found.arrays["probability"], model.classes, model.targets[0], subtitle
            return [draw_confusion(*rows, plots / "confusion_matrix.png"), draw_roc(*rows, plots / "roc.png")]
        values = found.arrays["target"], found.arrays["prediction"], model.targets, subtitle
        return [draw_predicted(*values, plots / "predicted_actual.png"),
                draw_residuals(*values, plots / "residuals.png")]  # fmt: skip


def write_csv(path: Path, columns: Mapping[str, np.ndarray]) -> None:
    """Write columns (N,) as CSV, floats in the fewest digits that give them back, whole or not at all."""
    arrays = [pa.array(column if column.dtype != object else column.tolist()) for column in columns.values()]
    table = pa.table(arrays, names=list(columns))
    with replacing(path) as partial:
        pacsv.write_csv(table, partial, pacsv.WriteOptions(quoting_style="needed"))


def file_name(text: str) -> str:
    """Return a text as the name of a file or folder in another one, or a part of such a name."""
    name = "".join(character if character.isalnum() or character in "-_." else "_" for character in text)
    return name if name.strip(".") else "_"
