"""What a model has to beat: the majority class with the classes' shares, or the mean of the training targets."""

import torch
from torch import Tensor

from trainyard.data.prepared import Prepared
from trainyard.models import Model
from trainyard.training.evaluation import Outputs, measure


def baseline_metrics(model: Model, prepared: Prepared, tested: Outputs) -> dict[str, float]:
    """Return baseline/<metric> over the tested rows, by the model's own metrics."""
    return measure(model, tested._replace(output=_constant_output(prepared, tested.y)), "baseline")


def _constant_output(prepared: Prepared, y: Tensor) -> Tensor:
    """Return the output (N, outputs) that ignores the features: the logarithm of the class shares, or zeros."""
    if prepared.class_counts is None:
        return torch.zeros_like(y)
    counts = torch.tensor(prepared.class_counts, dtype=torch.float32, device=y.device)
    return (counts / counts.sum()).log().expand(len(y), -1)
