"""Out-of-fold predictions: each row as predicted by the member of a cross-validation that tested it."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trainyard.files import replacing
from trainyard.training.standings import Member

NAME = "out_of_fold"
OF_NO_ROW = ("level",)  # arrays of predictions.npz that are alike for all rows
Arrays = Mapping[str, np.ndarray]


def write_out_of_fold(folder: Path, members: Sequence[Member], seed: int) -> tuple[dict[str, float], list[Path]]:
    """Write the predictions of members of one choice to `folder`; return out_of_fold/<metric> and the files.

    `out_of_fold.npz` has, by source row, `row`, `fold`, `seed` (N,) int64 and the arrays of predictions.npz;
    `out_of_fold.csv` targets and predictions with names of classes. Where the choice was trained with several seeds, a
    row is there once for each. `seed` is that of members whose overrides give none.
    """
    parts = [_predicted(member, seed) for member in members]
    by_row = {name: np.concatenate([part[name] for part in parts]) for name in parts[0] if name not in OF_NO_ROW}
    order = np.lexsort((by_row["seed"], by_row["row"]))
    arrays = {name: array[order] for name, array in by_row.items()}
    arrays |= {name: array for name, array in parts[0].items() if name in OF_NO_ROW}
    card = json.loads((members[0].result.folder / "model" / "card.json").read_text(encoding="utf-8"))
    files = [folder / f"{NAME}.npz", folder / f"{NAME}.csv"]
    with replacing(files[0]) as partial, partial.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    with replacing(files[1]) as partial, partial.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text, lineterminator="\n").writerows(_lines(arrays, card))
    measured = {f"{NAME}/{name}": value for name, value in _measure(arrays, card).items()}
    return {**measured, f"{NAME}/rows": float(len(order))}, files


def _predicted(member: Member, seed: int) -> dict[str, np.ndarray]:
    """Return what a member predicted for the rows that it tested."""
    with np.load(member.result.folder / "predictions.npz", allow_pickle=False) as arrays:
        found = dict(arrays)
    chosen = dict(override.split("=", 1) for override in member.overrides if "=" in override)
    rows = len(found["row"])
    return {
        "row": found.pop("row"),
        "fold": np.full(rows, int(chosen["dataset.fold"]), np.int64),
        "seed": np.full(rows, int(chosen.get("seed", seed)), np.int64),
        **found,
    }


def _measure(arrays: Arrays, card: Mapping[str, Any]) -> dict[str, float]:
    """Return the metrics of all rows together, as those of a test part are measured."""
    import torch

    from trainyard.models.classification_metrics import classification_metrics
    from trainyard.models.regression_metrics import regression_metrics

    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    target, weight = tensors["target"], tensors.get("weight")
    if "probability" in tensors:
        logits = tensors["probability"].double().clamp_min(torch.finfo(torch.float32).tiny).log()
        found = classification_metrics(logits, target, weight)
    else:
        found = regression_metrics(tensors["prediction"] - target, target, weight, card["targets"])
    return {name: float(value) for name, value in found.items()}


def _lines(arrays: Arrays, card: Mapping[str, Any]) -> list[list[Any]]:
    """Return a header and a line for each prediction."""
    places = [arrays[name].tolist() for name in ("row", "fold", "seed")]
    if "probability" in arrays:
        classes, probability = card["classes"], arrays["probability"]
        label = [classes[place] for place in arrays["target"].tolist()]
        predicted = [classes[place] for place in probability.argmax(1).tolist()]
        names = ["target", "prediction", *(f"probability_{each}" for each in classes)]
        columns = [label, predicted, *probability.T.tolist()]
    else:
        targets = card["targets"]
        endings = [""] if len(targets) == 1 else [f"_{target}" for target in targets]
        names = [*(f"target{ending}" for ending in endings), *(f"prediction{ending}" for ending in endings)]
        columns = [*arrays["target"].T.tolist(), *arrays["prediction"].T.tolist()]
    return [["row", "fold", "seed", *names], *map(list, zip(*places, *columns, strict=True))]
