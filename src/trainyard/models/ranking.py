"""Rows ordered by the probability of each class, and the areas under the curves that follow from the order."""

from typing import NamedTuple

import torch
from torch import Tensor

from trainyard.models.running_sum import running_sum


class Ranking(NamedTuple):
    """What each of K classes gathers from its most to its least probable rows, all (N, K) float64.

    `hits` is the weight of rows of the class so far, `alarms` that of others, `group_end` 1 where the next row is less
    probable, and `hits_before` and `alarms_before` are what was there before a group of equals.
    """

    hits: Tensor
    alarms: Tensor
    group_end: Tensor
    hits_before: Tensor
    alarms_before: Tensor


def rank(probability: Tensor, y: Tensor, weight: Tensor) -> Ranking:
    """Return the ranking for class 1 of two, else for each class against the rest.

    probability (N, C), y (N,) int64, weight (N,) float64.
    """
    scores = probability[:, 1:] if probability.shape[1] == 2 else probability  # (N, K)
    classes = torch.arange(probability.shape[1] - scores.shape[1], probability.shape[1], device=y.device)
    scores, order = scores.sort(dim=0, descending=True)
    sorted_weight = weight[order]
    positive = (y[order] == classes) * sorted_weight
    hits, alarms = running_sum(positive), running_sum(sorted_weight - positive)
    group_end = torch.ones_like(scores, dtype=torch.bool)
    group_end[:-1] = scores[1:] != scores[:-1]
    return Ranking(hits, alarms, group_end.double(), _before(hits, group_end), _before(alarms, group_end))


def _before(counts: Tensor, group_end: Tensor) -> Tensor:
    ends = (counts * group_end).cummax(0).values
    return torch.cat([torch.zeros_like(ends[:1]), ends[:-1]])


def roc_auc(ranking: Ranking) -> Tensor:
    """Return the area under the ROC curve, the mean over classes; ties count half (Hanley and McNeil, 1982).

    Classes that no row or every row has are left out; NaN where none is left.
    """
    hits, alarms, group_end, hits_before, alarms_before = ranking
    area = (group_end * (alarms - alarms_before) * (hits + hits_before)).sum(0) / 2
    return _mean_share(area, hits[-1] * alarms[-1])


def average_precision(ranking: Ranking) -> Tensor:
    """Return the area under the precision-recall curve as a sum of steps, the mean over the classes that occur."""
    hits, alarms, group_end, hits_before, _ = ranking
    precision = hits / (hits + alarms).clamp_min(1e-300)
    return _mean_share((group_end * (hits - hits_before) * precision).sum(0), hits[-1])


def _mean_share(part: Tensor, whole: Tensor) -> Tensor:
    valid = (whole > 0).double()
    return (part / whole.clamp_min(1e-300) * valid).sum() / valid.sum()
