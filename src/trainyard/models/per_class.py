"""How well each class is told apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from trainyard.models.classification_metrics import count_classes


@dataclass(frozen=True)
class ClassResult:
    """Precision, recall and F1 of a class, 0 where they have no value, and the rows (their weight) that are of it."""

    label: str | int | float | bool
    precision: float
    recall: float
    f1: float
    support: float


def per_class(
    logits: Tensor, y: Tensor, weight: Tensor | None, classes: Sequence[str | int | float | bool]
) -> list[ClassResult]:
    """Return the result of each class, in their order. logits (N, C), y (N,) int64, weight (N,) or None."""
    w = torch.ones(len(y), dtype=torch.float64, device=y.device) if weight is None else weight.double()
    right, true, predicted = count_classes(y, logits.argmax(1), w, len(classes))
    columns = (
        right / predicted.clamp_min(1e-300), right / true.clamp_min(1e-300),
        2 * right / (true + predicted).clamp_min(1e-300), true,
    )  # fmt: skip
    rows = torch.stack(columns, dim=1).tolist()
    return [ClassResult(label, *row) for label, row in zip(classes, rows, strict=True)]
