"""What follows the training of a run: test metrics, predictions, the packaged model and the flat metrics file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from trainyard.files import replacing
from trainyard.inference.card import build_card
from trainyard.inference.package import save_package
from trainyard.training.baseline import baseline_metrics
from trainyard.training.evaluation import Outputs, measure, outputs
from trainyard.training.fit import Fitted
from trainyard.training.plan import Plan


def test_outputs(plan: Plan, fitted: Fitted) -> Outputs:
    """Return the fitted model's outputs over the test rows."""
    return outputs(fitted.model, plan.open_test(), plan.config.training.eval_batch_size, plan.device)


def final_metrics(plan: Plan, fitted: Fitted, tested: Outputs) -> dict[str, float]:
    """Return test/..., baseline/..., best/... and how much was trained, flat."""
    member = fitted.member
    return {
        **measure(fitted.model, tested, "test"),
        **baseline_metrics(fitted.model, plan.prepared, tested),
        **best_metrics(fitted),
        "trained/epochs": float(member.epoch),
        "trained/steps": float(member.step),
    }


def best_metrics(fitted: Fitted) -> dict[str, float]:
    """Return best/<metric> of the validation at the best epoch, and best/epoch."""
    member = fitted.member
    best = next((row for row in member.history if row["epoch"] == member.best_epoch), {})
    metrics = {f"best/{name[4:]}": value for name, value in best.items() if name.startswith("val/")}
    return {"best/epoch": float(member.best_epoch), **metrics} if metrics else {}


def write_predictions(path: Path, plan: Plan, tested: Outputs) -> None:
    """Write what was predicted for the test rows: classes and probabilities, or targets in original units.

    Arrays: `target` (N,) int64 and `probability` (N, C) float32; or `target` and `prediction` (N, T) float64.
    """
    prepared, output = plan.prepared, tested.output.double()
    if prepared.task == "classification":
        arrays = {"target": tested.y, "probability": torch.softmax(output, dim=1).float()}
    else:
        scale = torch.tensor(prepared.target_scale, dtype=torch.float64, device=output.device)
        mean = torch.tensor(prepared.target_mean, dtype=torch.float64, device=output.device)
        arrays = {"target": tested.y.double() * scale + mean, "prediction": output * scale + mean}
    columns = {name: tensor.cpu().numpy() for name, tensor in arrays.items()}
    with replacing(path) as partial, partial.open("wb") as file:
        np.savez(file, allow_pickle=False, row=np.asarray(prepared.test.rows), **columns)


def package(plan: Plan, fitted: Fitted, folder: Path, metrics: Mapping[str, float], lineage: Mapping[str, Any]) -> Path:
    """Write the self-contained model of a run and return its folder."""
    prepared = plan.prepared
    card = build_card(
        task=prepared.task, network=plan.config.network, inputs=plan.inputs, outputs=plan.outputs,
        preprocessing=prepared.preprocessing, classes=prepared.classes, targets=prepared.targets,
        target_mean=prepared.target_mean, target_scale=prepared.target_scale, precision=plan.device.precision,
        example=prepared.example, metrics=metrics, lineage=lineage,
    )  # fmt: skip
    save_package(folder / "model", state=fitted.model.network.state_dict(), card=card)
    return folder / "model"
