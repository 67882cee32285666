"""Every plot of a run, as a pure function of its folder."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trainyard.files import numbers
from trainyard.reports.classification import draw_confusion, draw_roc
from trainyard.reports.curves import Monitored, draw_curves
from trainyard.reports.regression import draw_predicted, draw_residuals
from trainyard.reports.style import settings
from trainyard.reports.sweep import draw_sweep
from trainyard.tracking.reading import read_journal

Records = Sequence[dict[str, Any]]


def draw(folder: Path) -> list[Path]:
    """Draw what there is to draw of the run or sweep in `folder` into its `plots/`, and return the files.

    Of a sweep that is the monitored metric against what was varied, from `sweep.json`. Of a run, learning curves come
    from the journal; confusion matrix and ROC, or predicted against actual and residuals, from `predictions.npz` and
    the model's card. What a run did not get to is left out. Raises JournalError where no run is.
    """
    records = read_journal(folder)
    if records[0]["kind"] == "sweep":
        with settings():
            return draw_sweep(_json(folder / "sweep.json"), f"sweep {records[0]['name']}", folder / "plots")
    card = _json(folder / "model" / "card.json")
    plots, subtitle = folder / "plots", _subtitle(records)
    with settings():
        drawn = _draw_history(records, card, numbers(_json(folder / "metrics.json")), subtitle, plots)
        if card and (folder / "predictions.npz").exists():
            with np.load(folder / "predictions.npz", allow_pickle=False) as arrays:
                drawn += _draw_predictions(dict(arrays), card, subtitle, plots)
    return drawn


def _draw_history(
    records: Records, card: dict[str, Any], final: dict[str, Any], subtitle: str, plots: Path
) -> list[Path]:
    """Draw the learning curves; of an epoch that was trained twice, after a resume, the later one counts."""
    history = {r["step"]: r["values"] for r in records if r["type"] == "metrics" and "train/loss" in r["values"]}
    if not history:
        return []
    chosen: dict[str, Any] = {}
    for record in records:
        chosen |= record["values"] if record["type"] == "params" else {}
    numbers = [] if card.get("classes") else card.get("targets", [])
    loss = str(chosen.get("model.loss", "")).replace("_", " ")
    monitored = Monitored(
        metric=str(chosen.get("training.monitor", "val/loss")),
        best_epoch=int(final["best/epoch"]) if "best/epoch" in final else None,
        loss=f"{loss}, standardized" if loss and numbers else loss,
        target=numbers[0] if len(numbers) == 1 else "",
    )
    return [draw_curves(history, monitored, subtitle, plots / "learning_curves.png")]


def _draw_predictions(arrays: dict[str, np.ndarray], card: dict[str, Any], subtitle: str, plots: Path) -> list[Path]:
    """Draw what was predicted; rows whose prediction is no number, after a training that failed, are left out."""
    target, predicted = arrays["target"], arrays["probability" if "probability" in arrays else "prediction"]
    right = np.isfinite(predicted).all(1)
    if not right.any():
        return []
    if not right.all():
        subtitle += f" · {(~right).sum():,} rows without a prediction left out"
    target, predicted = target[right], predicted[right]
    if "probability" in arrays:
        rows = target, predicted, card["classes"], card["targets"][0], subtitle
        return [draw_confusion(*rows, plots / "confusion_matrix.png"), draw_roc(*rows, plots / "roc.png")]
    values = target, predicted, card["targets"], subtitle
    return [draw_predicted(*values, plots / "predicted_actual.png"), draw_residuals(*values, plots / "residuals.png")]


def _subtitle(records: Records) -> str:
    """Return dataset and run, as a person finds them again."""
    dataset = next((record["name"] for record in records if record["type"] == "dataset"), records[0]["experiment"])
    return f"dataset {dataset} · run {records[0]['name']}"


def _json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found
