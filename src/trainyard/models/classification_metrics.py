"""Metrics of a classifier over all rows of a part, on the device. Each equals scikit-learn's of the same name."""

from typing import NamedTuple

import torch
from torch import Tensor

from trainyard.models.ranking import areas, average_precision, roc_auc

CALIBRATION_BINS = 15
TOP = 5
AT_ONCE = 1 << 20  # logits that are looked at together; several numbers of 64 bits are made of each
DTYPES = (torch.float64, torch.int64, torch.float64, torch.float64, torch.float64)  # of PerRow


class PerRow(NamedTuple):
    """What the logits of a row say, all (N,): see `look`."""

    confidence: Tensor
    predicted: Tensor
    log_loss: Tensor
    brier: Tensor
    top: Tensor


def classification_metrics(logits: Tensor, y: Tensor, weight: Tensor | None = None) -> dict[str, Tensor]:
    """Return accuracy, balanced_accuracy, macro_f1, roc_auc, pr_auc, log_loss, brier and ece, scalars in 64 bits.

    logits (N, C), y (N,) int64, weight (N,) or None. Where there are more than five classes, top5_accuracy is there
    too. Beside the logits, memory is taken for their probabilities in 64 bits.
    """
    probability, found = look_at_all(logits, y)
    w = torch.ones_like(found.confidence) if weight is None else weight.double()
    total = w.sum()
    correct = (found.predicted == y).double()
    counts = count_classes(y, found.predicted, w, logits.shape[1])
    ranking = areas(probability, y, w)
    metrics = {"accuracy": (correct * w).sum() / total}
    if logits.shape[1] > TOP:
        metrics["top5_accuracy"] = (found.top * w).sum() / total
    return metrics | {
        "balanced_accuracy": balanced_accuracy(counts),
        "macro_f1": macro_f1(counts),
        "roc_auc": roc_auc(ranking),
        "pr_auc": average_precision(ranking),
        "log_loss": -(found.log_loss * w).sum() / total,
        "brier": (found.brier * w).sum() / total,
        "ece": calibration_error(found.confidence, correct, w),
    }


def look_at_all(logits: Tensor, y: Tensor) -> tuple[Tensor, PerRow]:
    """Return the probabilities (N, C) float64 of logits (N, C), and what the rows say, some of them at a time.

    What is kept of them is written where it belongs at once: small pieces between large ones that come and go would
    hold on to several times the memory.
    """
    probability = torch.empty(logits.shape, dtype=torch.float64, device=logits.device)
    step = max(1, AT_ONCE // logits.shape[1])
    if len(y) <= step:
        return probability, look(logits, y, probability)
    kept = PerRow(*(torch.empty(len(y), dtype=dtype, device=logits.device) for dtype in DTYPES))
    for start in range(0, len(y), step):
        part = slice(start, start + step)
        for whole, piece in zip(kept, look(logits[part], y[part], probability[part]), strict=True):
            whole[part] = piece
    return probability, kept


def look(logits: Tensor, y: Tensor, probability: Tensor) -> PerRow:
    """Return what some rows say, and write their probabilities (n, C): the largest one and its class, the logarithm of
    that of the true class, the squared distance to the truth, and 1 where the truth is among the top five."""
    log_probability = torch.log_softmax(logits.double(), dim=1)
    torch.exp(log_probability, out=probability)
    confidence, predicted = probability.max(dim=1)
    own = log_probability.gather(1, y[:, None])[:, 0]
    return PerRow(confidence, predicted, own, squared_distance(probability, y), among_the_top(probability, y))


class Counts(NamedTuple):
    """The weight of rows by class, all (C,): those that were told right, those that are of it, those told to be."""

    right: Tensor
    true: Tensor
    told: Tensor


def count_classes(y: Tensor, predicted: Tensor, weight: Tensor, classes: int) -> Counts:
    """Return the weight of rows (N,) float64 by true class y (N,) and predicted class (N,)."""
    nothing = torch.zeros(classes, dtype=weight.dtype, device=y.device)
    right = nothing.scatter_add(0, y, weight * (predicted == y))
    return Counts(right, nothing.scatter_add(0, y, weight), nothing.scatter_add(0, predicted, weight))


def among_the_top(probability: Tensor, y: Tensor) -> Tensor:
    """Return 1 for rows (N,) whose true class is among the five most probable ones, of equals the later class."""
    own = probability.gather(1, y[:, None])
    later = torch.arange(probability.shape[1], device=y.device) > y[:, None]
    before = (probability > own) | ((probability == own) & later)
    return (before.sum(1) < TOP).double()


def balanced_accuracy(counts: Counts) -> Tensor:
    """Return the mean recall over the classes that occur."""
    recall = counts.right / counts.true.clamp_min(1e-300)
    present = (counts.true > 0).double()
    return (recall * present).sum() / present.sum()


def macro_f1(counts: Counts) -> Tensor:
    """Return the mean F1 over the classes that occur or are predicted."""
    size = counts.true + counts.told
    f1 = 2 * counts.right / size.clamp_min(1e-300)
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
