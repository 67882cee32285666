"""What follows the training of a run: test metrics, predictions, the packaged model and the flat metrics file."""

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from trainyard.config.schema.dataset import Csv
from trainyard.config.schema.model import Classifier
from trainyard.files import json_text, json_values, replacing, write_text
from trainyard.inference.build_card import READING, build_card
from trainyard.inference.package import kept_tensors, save_package
from trainyard.inference.probe import probe_outputs
from trainyard.models import Regressor
from trainyard.models.calibration import fit_temperature
from trainyard.models.per_class import per_class
from trainyard.training.baseline import baseline_metrics
from trainyard.training.evaluation import outputs
from trainyard.training.fit import Fitted
from trainyard.training.plan import Plan
from trainyard.training.tested import FinalOutputs, prediction_arrays, tested_metrics


def fitted_temperature(plan: Plan, fitted: Fitted) -> float | None:
    """Return what logits are divided by, fitted on the validation rows; None where no calibration was asked for."""
    model = plan.config.model
    if not isinstance(model, Classifier) or not model.calibrate:
        return None
    batch_size = plan.config.training.eval_batch_size
    return fit_temperature(*outputs(fitted.model, plan.open_validation(), batch_size, plan.device))


def final_outputs(plan: Plan, fitted: Fitted) -> FinalOutputs:
    """Return what the fitted model makes of the test rows, calibrated on the validation rows where that was asked."""
    temperature, batch_size = fitted_temperature(plan, fitted), plan.config.training.eval_batch_size
    return FinalOutputs(outputs(fitted.model, plan.open_test(), batch_size, plan.device), temperature)


def final_metrics(plan: Plan, fitted: Fitted, tested: FinalOutputs | None) -> dict[str, float]:
    """Return test/..., baseline/..., best/..., uncalibrated/... and how much was trained, flat.

    Where no row was `tested` (None), there are only those of the validation.
    """
    member = fitted.member
    of_test = {}
    if tested is not None:
        baseline = baseline_metrics(fitted.model, plan.prepared, tested.raw)
        of_test = {**tested_metrics(fitted.model, tested), **baseline}
    return {
        **of_test,
        **best_metrics(fitted),
        "trained/epochs": member.step / plan.steps_per_epoch,
        "trained/steps": float(member.step),
    }


def best_metrics(fitted: Fitted) -> dict[str, float]:
    """Return best/<metric> of the validation at the best epoch, and best/epoch."""
    member = fitted.member
    best = next((row for row in member.history if row["epoch"] == member.best_epoch), {})
    metrics = {f"best/{name[4:]}": value for name, value in best.items() if name.startswith("val/")}
    return {"best/epoch": float(member.best_epoch), **metrics} if metrics else {}


def write_tested(folder: Path, plan: Plan, fitted: Fitted, tested: FinalOutputs) -> list[Path]:
    """Write what the model made of the test rows into the folder of its run, and return the files."""
    predictions = folder / "predictions.npz"
    write_predictions(predictions, plan, fitted, tested)
    return [predictions, *write_per_class(folder, plan, tested)]


def write_predictions(path: Path, plan: Plan, fitted: Fitted, tested: FinalOutputs) -> None:
    """Write what was predicted for the test rows: classes and probabilities, or targets in original units.

    Arrays: `target` (N,) int64 and `probability` (N, C) float32; or `target` and `prediction` (N, T) float64, and of a
    model of quantiles `quantile` (N, T, Q) float64 at `level` (Q,); and `weight` (N,) where rows have one.
    """
    columns = prediction_arrays(fitted.model, tested.outputs)
    with replacing(path) as partial, partial.open("wb") as file:
        np.savez(file, allow_pickle=False, row=np.asarray(plan.prepared.test.rows), **columns)


def write_per_class(folder: Path, plan: Plan, tested: FinalOutputs) -> list[Path]:
    """Write precision, recall, F1 and support of each class as per_class.json and .csv; nothing for a regressor."""
    classes = plan.prepared.classes
    if classes is None:
        return []
    rows = [asdict(row) for row in per_class(*tested.outputs, classes)]
    text = io.StringIO()
    table = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    files = {folder / "per_class.json": json_text(rows), folder / "per_class.csv": text.getvalue()}
    for path, content in files.items():
        write_text(path, content)
    return list(files)


def package(
    plan: Plan, fitted: Fitted, folder: Path, metrics: Mapping[str, float], lineage: Mapping[str, Any],
    temperature: float | None = None,
) -> Path:  # fmt: skip
    """Write the self-contained model of a run and return its folder."""
    config, prepared, model = plan.config, plan.prepared, fitted.model
    card = build_card(
        task=prepared.task, model=config.model, network=config.network, inputs=plan.inputs, outputs=plan.outputs,
        preprocessing=prepared.preprocessing, classes=prepared.classes, targets=prepared.targets,
        target_mean=prepared.target_mean, target_scale=prepared.target_scale, precision=plan.device.precision,
        example=prepared.example, metrics=metrics, lineage=lineage, temperature=temperature,
        target_powers=[asdict(power) for power in prepared.target_powers],
        quantiles=model.levels if isinstance(model, Regressor) else (), class_counts=prepared.class_counts,
        testing={
            "batch_size": config.training.eval_batch_size, "compile": config.training.compile,
            "weight": config.dataset.weight,
        },
        reading={name: getattr(config.dataset, name) for name in READING} if isinstance(config.dataset, Csv) else None,
    )  # fmt: skip
    tensors = kept_tensors(model.network.state_dict())
    probed = probe_outputs(card, tensors, prepared.probe_x, prepared.probe_codes, config.trusted)
    card["probe_outputs"] = json_values(probed)
    save_package(folder / "model", state=tensors, card=card)
    return folder / "model"
