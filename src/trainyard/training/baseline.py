"""What a model has to beat: the majority class with the classes' shares, or one number (or quantiles) for all rows."""

import numpy as np
import torch
from torch import Tensor

from trainyard.data.prepared import Prepared
from trainyard.data.transforms import quantiles
from trainyard.models import Model, Regressor
from trainyard.training.evaluation import Outputs, measure


def baseline_metrics(model: Model, prepared: Prepared, tested: Outputs) -> dict[str, float]:
    """Return baseline/<metric> over the tested rows, by the model's own metrics."""
    return measure(model, tested._replace(output=_constant_output(model, prepared, tested.y)), "baseline")


def baseline_name(model: Model) -> str:
    """Return what the baseline predicts, for a person."""
    if not isinstance(model, Regressor):
        return "majority class"
    return "quantiles" if model.levels else "mean"


def _constant_output(model: Model, prepared: Prepared, y: Tensor) -> Tensor:
    """Return the output (N, outputs) that ignores the features.

    It is the logarithm of the class shares; or the mean of the training targets, in original units; or their quantiles.
    """
    if isinstance(model, Regressor):
        constant = _quantiles(model, prepared) if model.levels else _mean(model, prepared)
        return constant.to(y).expand(len(y), -1)
    counts = torch.tensor(prepared.class_counts, dtype=torch.float32, device=y.device)
    return (counts / counts.sum()).log().expand(len(y), -1)


def _mean(model: Regressor, prepared: Prepared) -> Tensor:
    if not model.units.powers:
        return torch.zeros(len(prepared.targets))
    units = model.units.to(torch.device("cpu"))
    original = units.original(torch.from_numpy(np.array(prepared.train.y)))
    weight = torch.ones(len(original)) if prepared.train.weight is None else torch.tensor(prepared.train.weight)
    share = (weight.double() / weight.double().sum())[:, None]
    return units.standardized((original * share).sum(0, keepdim=True))[0]


def _quantiles(model: Regressor, prepared: Prepared) -> Tensor:
    weight = None if prepared.train.weight is None else prepared.train.weight.astype(np.float64)
    columns = prepared.train.y.astype(np.float64).T
    return torch.from_numpy(np.concatenate([quantiles(y, np.array(model.levels), weight) for y in columns]))
