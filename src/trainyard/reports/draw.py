"""Every plot of a run or sweep, and its report, as a pure function of its folder."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trainyard.files import numbers
from trainyard.reports.curves import Monitored, draw_curves
from trainyard.reports.predictions import draw_predictions, draw_worst
from trainyard.reports.run_page import write_run_page
from trainyard.reports.style import settings
from trainyard.reports.sweep import draw_sweep
from trainyard.reports.sweep_page import write_sweep_page
from trainyard.reports.worst import IMAGES, TABLE
from trainyard.tracking.reading import read_journal

Records = Sequence[dict[str, Any]]


def draw(folder: Path) -> list[Path]:
    """Draw what there is to draw of the run or sweep in `folder` into its `plots/`, and return the files.

    Of a sweep that is the monitored metric against what was varied, from `sweep.json`. Of a run, learning curves come
    from the journal; what was predicted from `predictions.npz` and the model's card. All stand in `report.html`, the
    last of the files. What a run did not get to is left out. Raises JournalError where no run is.
    """
    records = read_journal(folder)
    if records[0]["kind"] == "sweep":
        content = _json(folder / "sweep.json")
        with settings():
            drawn = draw_sweep(content, f"sweep {records[0]['name']}", folder / "plots")
        return [*drawn, *write_sweep_page(folder, content, records, drawn)]
    card = _json(folder / "model" / "card.json")
    plots, subtitle = folder / "plots", _subtitle(records)
    with settings():
        drawn = _draw_history(records, card, numbers(_json(folder / "metrics.json")), subtitle, plots)
        if card and (folder / "predictions.npz").exists():
            with np.load(folder / "predictions.npz", allow_pickle=False) as arrays:
                drawn += draw_predictions(dict(arrays), card, subtitle, plots, classes=_rows(folder))
        if (folder / TABLE).exists():
            drawn += draw_worst(folder / TABLE, folder / IMAGES, card, subtitle, plots)
    return [*drawn, *write_run_page(folder, drawn)]


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


def _subtitle(records: Records) -> str:
    """Return dataset and run, as a person finds them again."""
    dataset = next((record["name"] for record in records if record["type"] == "dataset"), records[0]["experiment"])
    return f"dataset {dataset} · run {records[0]['name']}"


def _rows(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of per_class.json; none of a regressor."""
    path = folder / "per_class.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def _json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found
