"""What comes out of a finished run, in a folder of its own: for the stages of a pipeline, which know no run folders."""

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

from trainyard.files import json_text, write_text
from trainyard.tracking.reading import read_journal

MODEL, RUN, CURVES, METRICS = "model", "run.json", "curves.csv", "training.json"


def write_outcome(folder: Path, output: Path, root: Path) -> None:
    """Write what the run in `folder` came to into `output`, replacing what is there of an earlier one.

    - model/: the packaged model
    - run.json: which run it was, also in MLflow; it stays true when DVC brings the folder back from its cache
    - curves.csv: the metrics of each epoch, a row each
    - training.json: the metrics of training and validation, flat
    """
    output.mkdir(parents=True, exist_ok=True)
    partial = output / f".{MODEL}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(folder / MODEL, partial)
    shutil.rmtree(output / MODEL, ignore_errors=True)
    partial.rename(output / MODEL)
    journal = read_journal(folder)
    write_text(output / CURVES, curves(journal))
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    kept = {name: value for name, value in metrics.items() if name.startswith(("best/", "trained/"))}
    write_text(output / METRICS, json_text(kept))
    write_text(output / RUN, json_text(whose(folder, journal[0], root)))


def curves(journal: list[dict[str, Any]]) -> str:
    """Return the metrics of each epoch as CSV; an epoch that was trained again after a stop counts once."""
    epochs = {record["step"]: record["values"] for record in journal if _is_of_epoch(record)}
    names = list(dict.fromkeys(name for values in epochs.values() for name in values))
    text = io.StringIO()
    table = csv.DictWriter(text, ["epoch", *names], lineterminator="\n")
    table.writeheader()
    table.writerows({"epoch": epoch, **values} for epoch, values in sorted(epochs.items()))
    return text.getvalue()


def _is_of_epoch(record: dict[str, Any]) -> bool:
    return record["type"] == "metrics" and "train/loss" in record["values"]


def whose(folder: Path, begin: dict[str, Any], root: Path) -> dict[str, Any]:
    """Return which run it was: its name and id, its folder below the project root, and where MLflow has it."""
    inside = folder.resolve().is_relative_to(root.resolve())
    found: dict[str, Any] = {
        "name": begin["name"], "id": begin["id"], "experiment": begin["experiment"],
        "folder": str(folder.resolve().relative_to(root.resolve())) if inside else str(folder.resolve()),
    }  # fmt: skip
    link = folder / "mlflow.json"
    if link.is_file():
        found["mlflow"] = json.loads(link.read_text(encoding="utf-8"))
    return found
