"""Metrics of a classifier over all rows of a part, on the device. Each equals scikit-learn's of the same name."""

import torch
from torch import Tensor

CALIBRATION_BINS = 15


def classification_metrics(logits: Tensor, y: Tensor, weight: Tensor | None = None) -> dict[str, Tensor]:
    """Return accuracy, balanced_accuracy, macro_f1, roc_auc, log_loss and ece, scalars in 64 bits.

    logits (N, C), y (N,) int64, weight (N,) or None.
    """
    log_probability = torch.log_softmax(logits.double(), dim=1)  # (N, C)
    probability = log_probability.exp()
    confidence, predicted = probability.max(dim=1)
    w = torch.ones_like(confidence) if weight is None else weight.double()
    total = w.sum()
    correct = (predicted == y).double()
    confusion = confusion_matrix(y, predicted, w, logits.shape[1])
    return {
        "accuracy": (correct * w).sum() / total,
        "balanced_accuracy": balanced_accuracy(confusion),
        "macro_f1": macro_f1(confusion),
        "roc_auc": roc_auc(probability, y, w),
        "log_loss": -(log_probability.gather(1, y[:, None])[:, 0] * w).sum() / total,
        "ece": calibration_error(confidence, correct, w),
    }


def confusion_matrix(y: Tensor, predicted: Tensor, weight: Tensor, classes: int) -> Tensor:
    """Return the weight of rows by true class (rows) and predicted class (columns), (C, C)."""
    counts = torch.zeros(classes * classes, dtype=weight.dtype, device=y.device)
    return counts.scatter_add_(0, y * classes + predicted, weight).view(classes, classes)


def balanced_accuracy(confusion: Tensor) -> Tensor:
    """Return the mean recall over the classes that occur."""
    true = confusion.sum(1)
    recall = confusion.diagonal() / true.clamp_min(1e-300)
    present = (true > 0).double()
    return (recall * present).sum() / present.sum()


def macro_f1(confusion: Tensor) -> Tensor:
    """Return the mean F1 over the classes that occur or are predicted."""
    size = confusion.sum(1) + confusion.sum(0)
    f1 = 2 * confusion.diagonal() / size.clamp_min(1e-300)
    present = (size > 0).double()
    return (f1 * present).sum() / present.sum()


def roc_auc(probability: Tensor, y: Tensor, weight: Tensor) -> Tensor:
    """Return the area under the ROC curve of class 1 of two, else the mean of one class against the rest.

    Ties count half (Hanley and McNeil, 1982). Classes that no row or every row has are left out; NaN where none is
    left.
    """
    scores = probability[:, 1:] if probability.shape[1] == 2 else probability  # (N, K)
    classes = torch.arange(probability.shape[1] - scores.shape[1], probability.shape[1], device=y.device)
    scores, order = scores.sort(dim=0, descending=True)
    sorted_weight = weight[order]
    positive = (y[order] == classes) * sorted_weight
    hits, alarms = positive.cumsum(0), (sorted_weight - positive).cumsum(0)
    group_end = torch.ones_like(scores, dtype=torch.bool)
    group_end[:-1] = scores[1:] != scores[:-1]
    area = (group_end * (alarms - _before(alarms, group_end)) * (hits + _before(hits, group_end))).sum(0) / 2
    pairs = hits[-1] * alarms[-1]
    valid = (pairs > 0).double()
    return (area / pairs.clamp_min(1e-300) * valid).sum() / valid.sum()


def _before(counts: Tensor, group_end: Tensor) -> Tensor:
    ends = (counts * group_end).cummax(0).values
    return torch.cat([torch.zeros_like(ends[:1]), ends[:-1]])


def calibration_error(confidence: Tensor, correct: Tensor, weight: Tensor) -> Tensor:
    """Return the expected calibration error (Guo et al., 2017) over 15 bins of equal width."""
    bins = (confidence * CALIBRATION_BINS).ceil().long().clamp(1, CALIBRATION_BINS) - 1
    gap = torch.zeros(CALIBRATION_BINS, dtype=weight.dtype, device=weight.device)
    return gap.scatter_add_(0, bins, (confidence - correct) * weight).abs().sum() / weight.sum()
