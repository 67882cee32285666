"""Classifier: one of several classes."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from trainyard.config.schema import model as schema
from trainyard.models.base import NOTHING_OWN, Model
from trainyard.models.classification_metrics import classification_metrics
from trainyard.models.losses import focal_loss
from trainyard.models.own import Own


class Classifier(Model):
    """Cross-entropy, focal or own loss over classes 0 .. C-1, C >= 2, with class weights on request."""

    task = "classification"

    def __init__(
        self, network: nn.Module, config: schema.Classifier, class_counts: Sequence[int], own: Own = NOTHING_OWN
    ):
        super().__init__(network, own)
        self.label_smoothing = config.label_smoothing
        self.focal_gamma = config.focal_gamma if config.loss == "focal" else None
        self.class_weight: Tensor | None = None
        if config.class_weights == "balanced":
            counts = torch.tensor(class_counts, dtype=torch.float64).clamp_min(1)
            self.class_weight = (counts.sum() / (len(counts) * counts)).float()

    def row_loss(self, output: Tensor, y: Tensor) -> Tensor:
        """Return the loss (B,) of logits (B, C) against classes y (B,) int64."""
        if self.own_loss is not None:
            return self.own_loss(output, y)
        if self.focal_gamma is not None:
            return focal_loss(output, y, self.focal_gamma)
        return functional.cross_entropy(output, y, reduction="none", label_smoothing=self.label_smoothing)

    def row_weight(self, y: Tensor, weight: Tensor | None) -> Tensor | None:
        """Return the weights of the rows times those of their classes (B,)."""
        if self.class_weight is None:
            return weight
        self.class_weight = self.class_weight.to(y.device)
        balanced = self.class_weight.index_select(0, y)
        return balanced if weight is None else balanced * weight

    def task_metrics(self, output: Tensor, y: Tensor, weight: Tensor | None) -> Mapping[str, Tensor]:
        """Return accuracy, balanced_accuracy, macro_f1, roc_auc, ... of logits (N, C)."""
        return classification_metrics(output, y, weight)

    def seen(self, what: str, output: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits (N, C), classes (N,) int64 or probabilities (N, C) float64, and y (N,) int64."""
        if what == "prediction":
            return output.argmax(1), y
        return (torch.softmax(output.double(), dim=1) if what == "probability" else output), y
