"""Classifier: one of several classes."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from trainyard.config import schema
from trainyard.models.base import Model
from trainyard.models.classification_metrics import classification_metrics


class Classifier(Model):
    """Cross-entropy over classes 0 .. C-1, C >= 2, with label smoothing and class weights on request."""

    task = "classification"

    def __init__(self, network: nn.Module, config: schema.Classifier, class_counts: Sequence[int]):
        super().__init__(network)
        self.label_smoothing = config.label_smoothing
        self.class_weight: Tensor | None = None
        if config.class_weights == "balanced":
            counts = torch.tensor(class_counts, dtype=torch.float64).clamp_min(1)
            self.class_weight = (counts.sum() / (len(counts) * counts)).float()

    def row_loss(self, output: Tensor, y: Tensor) -> Tensor:
        """Return the cross-entropy (B,) of logits (B, C) against classes y (B,) int64."""
        return functional.cross_entropy(output, y, reduction="none", label_smoothing=self.label_smoothing)

    def row_weight(self, y: Tensor, weight: Tensor | None) -> Tensor | None:
        """Return the weights of the rows times those of their classes (B,)."""
        if self.class_weight is None:
            return weight
        self.class_weight = self.class_weight.to(y.device)
        balanced = self.class_weight.index_select(0, y)
        return balanced if weight is None else balanced * weight

    def metrics(self, output: Tensor, y: Tensor, weight: Tensor | None) -> Mapping[str, Tensor]:
        """Return loss, accuracy, balanced_accuracy, macro_f1, roc_auc, log_loss and ece of logits (N, C)."""
        return {"loss": self.mean_loss(output, y, weight), **classification_metrics(output, y, weight)}
