"""Metrics of a classifier over all rows of a part, on the device. Each equals scikit-learn's of the same name."""

import torch
from torch import Tensor

from trainyard.models.ranking import average_precision, rank, roc_auc

CALIBRATION_BINS = 15
TOP = 5


def classification_metrics(logits: Tensor, y: Tensor, weight: Tensor | None = None) -> dict[str, Tensor]:
    """Return accuracy, balanced_accuracy, macro_f1, roc_auc, pr_auc, log_loss, brier and ece, scalars in 64 bits.

    logits (N, C), y (N,) int64, weight (N,) or None. Where there are more than five classes, top5_accuracy is there
    too.
    """
    log_probability = torch.log_softmax(logits.double(), dim=1)  # (N, C)
    probability = log_probability.exp()
    confidence, predicted = probability.max(dim=1)
    w = torch.ones_like(confidence) if weight is None else weight.double()
    total = w.sum()
    correct = (predicted == y).double()
    confusion = confusion_matrix(y, predicted, w, logits.shape[1])
    ranking = rank(probability, y, w)
    metrics = {"accuracy": (correct * w).sum() / total}
    if logits.shape[1] > TOP:
        metrics["top5_accuracy"] = (among_the_top(probability, y) * w).sum() / total
    return metrics | {
        "balanced_accuracy": balanced_accuracy(confusion),
        "macro_f1": macro_f1(confusion),
        "roc_auc": roc_auc(ranking),
        "pr_auc": average_precision(ranking),
        "log_loss": -(log_probability.gather(1, y[:, None])[:, 0] * w).sum() / total,
        "brier": (squared_distance(probability, y) * w).sum() / total,
        "ece": calibration_error(confidence, correct, w),
    }


def confusion_matrix(y: Tensor, predicted: Tensor, weight: Tensor, classes: int) -> Tensor:
    """Return the weight of rows by true class (rows) and predicted class (columns), (C, C)."""
    counts = torch.zeros(classes * classes, dtype=weight.dtype, device=y.device)
    return counts.scatter_add_(0, y * classes + predicted, weight).view(classes, classes)


def among_the_top(probability: Tensor, y: Tensor) -> Tensor:
    """Return 1 for rows (N,) whose true class is among the five most probable ones, of equals the later class."""
    own = probability.gather(1, y[:, None])
    later = torch.arange(probability.shape[1], device=y.device) > y[:, None]
    before = (probability > own) | ((probability == own) & later)
    return (before.sum(1) < TOP).double()


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


def squared_distance(probability: Tensor, y: Tensor) -> Tensor:
    """Return the squared distance (N,) of the probabilities to those of one who knows; of two classes half of it.

    Its mean is the Brier score (Brier, 1950).
    """
    truth = torch.zeros_like(probability).scatter_(1, y[:, None], 1.0)
    distance = (probability - truth).square().sum(1)
    return distance / 2 if probability.shape[1] == 2 else distance


def calibration_error(confidence: Tensor, correct: Tensor, weight: Tensor) -> Tensor:
    """Return the expected calibration error (Guo et al., 2017) over 15 bins of equal width."""
    bins = (confidence * CALIBRATION_BINS).ceil().long().clamp(1, CALIBRATION_BINS) - 1
    gap = torch.zeros(CALIBRATION_BINS, dtype=weight.dtype, device=weight.device)
    return gap.scatter_add_(0, bins, (confidence - correct) * weight).abs().sum() / weight.sum()
