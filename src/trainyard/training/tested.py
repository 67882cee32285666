"""What a fitted model makes of rows that it was not trained on: its outputs, their metrics and its predictions."""

from dataclasses import dataclass

import numpy as np
import torch

from trainyard.models import Model, Regressor
from trainyard.networks.quantiles import rising_quantiles
from trainyard.training.evaluation import Outputs, measure

CALIBRATED = ("log_loss", "brier", "ece")  # metrics that look at how sure a model is


@dataclass(frozen=True)
class FinalOutputs:
    """The fitted model's outputs over the tested rows, and the temperature that its logits are divided by."""

    raw: Outputs
    temperature: float | None = None

    @property
    def outputs(self) -> Outputs:
        """The outputs as they are predicted from."""
        return self.raw if self.temperature is None else self.raw._replace(output=self.raw.output / self.temperature)


def tested_metrics(model: Model, tested: FinalOutputs) -> dict[str, float]:
    """Return test/<metric> of what is predicted, and what belongs to them.

    Of a calibrated model, test/loss stays that of the outputs that were trained, uncalibrated/<metric> is what the
    probabilities were worth before, and calibration/temperature by what they were changed. test/mape_left_out is the
    number of targets that are 0, where there are any.
    """
    metrics = measure(model, tested.raw, "test")
    if tested.temperature is not None:
        before = {f"uncalibrated/{name}": metrics[f"test/{name}"] for name in CALIBRATED}
        metrics = {**measure(model, tested.outputs, "test"), "test/loss": metrics["test/loss"], **before}
        metrics["calibration/temperature"] = tested.temperature
    if isinstance(model, Regressor):
        zeros = int(model.units.is_zero(tested.raw.y).sum())
        metrics |= {"test/mape_left_out": float(zeros)} if zeros else {}
    return metrics


def prediction_arrays(model: Model, predicted: Outputs) -> dict[str, np.ndarray]:
    """Return what outputs predict, by name, beside the targets.

    `target` (N,) int64 and `probability` (N, C) float32; or `target` and `prediction` (N, T) float64, and of a model of
    quantiles `quantile` (N, T, Q) float64 at `level` (Q,); and `weight` (N,) where rows have one.
    """
    output, y, weight = predicted
    if isinstance(model, Regressor):
        units = model.units.to(output.device)
        arrays = {"target": units.original(y), "prediction": units.original(model.point(output))}
        if model.levels:
            arrays["quantile"] = units.original_quantiles(rising_quantiles(output, model.levels))
            arrays["level"] = torch.tensor(model.levels, dtype=torch.float64)
    else:
        arrays = {"target": y, "probability": torch.softmax(output.double(), dim=1).float()}
    if weight is not None:
        arrays["weight"] = weight
    return {name: tensor.cpu().numpy() for name, tensor in arrays.items()}
