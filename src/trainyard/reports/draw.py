"""Every plot of a run, as a pure function of its folder."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from trainyard.reports.classification import draw_confusion, draw_roc
from trainyard.reports.curves import draw_curves
from trainyard.reports.regression import draw_predicted, draw_residuals
from trainyard.tracking.reading import read_journal


def draw(folder: Path) -> list[Path]:
    """Draw what there is to draw of the run in `folder` into its `plots/`, and return the files.

    Learning curves come from the journal; confusion matrix and ROC, or predicted against actual and residuals, from
    `predictions.npz` and the model's card. What a run did not get to is left out.
    """
    records = read_journal(folder)
    title = str(records[0]["name"])
    plots = folder / "plots"
    history = [(r["step"], r["values"]) for r in records if r["type"] == "metrics" and "train/loss" in r["values"]]
    final = _json(folder / "metrics.json")
    drawn = []
    if history:
        best = final.get("best/epoch")
        monitor = _monitor(records)
        drawn.append(
            draw_curves(history, monitor, int(best) if best else None, title, plots / "learning_curves.png")
        )
    card = _json(folder / "model" / "card.json")
    if card and (folder / "predictions.npz").exists():
        with np.load(folder / "predictions.npz", allow_pickle=False) as arrays:
            drawn += _draw_predictions(dict(arrays), card, title, plots)
    return drawn


def _draw_predictions(arrays: dict[str, np.ndarray], card: dict[str, Any], title: str, plots: Path) -> list[Path]:
    if "probability" in arrays:
        rows = arrays["target"], arrays["probability"], card["classes"]
        return [
            draw_confusion(*rows, title, plots / "confusion_matrix.png"),
            draw_roc(*rows, title, plots / "roc.png"),
        ]
    values = arrays["target"], arrays["prediction"], card["targets"]
    return [
        draw_predicted(*values, title, plots / "predicted_actual.png"),
        draw_residuals(*values, title, plots / "residuals.png"),
    ]


def _monitor(records: list[dict[str, Any]]) -> str:
    params = [record["values"] for record in records if record["type"] == "params"]
    return str(next((values["training.monitor"] for values in params if "training.monitor" in values), "val/loss"))


def _json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found
