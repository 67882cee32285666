"""The areas under the curves that follow from the order of rows by the probability of a class, for many classes too."""

from typing import NamedTuple

import torch
from torch import Tensor

from trainyard.models.running_sum import running_sum
from trainyard.models.searched_areas import search_areas

SORTED = 1 << 22  # probabilities that are sorted at once; what is made of them takes ten times their memory
MANY = 100  # classes from which searching takes less time than sorting all rows for each of them


class Areas(NamedTuple):
    """Of each of K classes, all (K,) float64: `hits` is the weight of its rows and `pairs` that times all others'.

    `roc` is the area under the ROC curve times `pairs`, `precision` that under the precision-recall curve times `hits`.
    """

    roc: Tensor
    pairs: Tensor
    precision: Tensor
    hits: Tensor


def areas(probability: Tensor, y: Tensor, weight: Tensor) -> Areas:
    """Return the areas for class 1 of two, else for each class against the rest.

    probability (N, C), y (N,) int64, weight (N,) float64. The memory beside the probabilities is bounded.
    """
    rows, count = probability.shape
    if count >= MANY:
        return Areas(*search_areas(probability, y, weight))
    first = 1 if count == 2 else 0
    step = max(1, SORTED // max(rows, 1))
    parts = [
        sort_areas(probability[:, start : min(start + step, count)], start, y, weight)
        for start in range(first, count, step)
    ]
    return parts[0] if len(parts) == 1 else Areas(*map(torch.cat, zip(*parts, strict=True)))


def sort_areas(scores: Tensor, first: int, y: Tensor, weight: Tensor) -> Areas:
    """Return the areas of the classes `first` and following, by their scores (N, K), sorted."""
    classes = torch.arange(first, first + scores.shape[1], device=y.device)
    scores, order = scores.sort(dim=0, descending=True)
    sorted_weight = weight[order]
    positive = (y[order] == classes) * sorted_weight
    hits, alarms = running_sum(positive), running_sum(sorted_weight - positive)
    group_end = torch.ones_like(scores, dtype=torch.bool)  # where the next row is less probable
    group_end[:-1] = scores[1:] != scores[:-1]
    hits_before, alarms_before = _before(hits, group_end), _before(alarms, group_end)
    roc = (group_end.double() * (alarms - alarms_before) * (hits + hits_before)).sum(0) / 2
    precision = hits / (hits + alarms).clamp_min(1e-300)
    steps = (group_end.double() * (hits - hits_before) * precision).sum(0)
    return Areas(roc, hits[-1] * alarms[-1], steps, hits[-1])


def _before(counts: Tensor, group_end: Tensor) -> Tensor:
    """Return what was there before a group of equals."""
    ends = (counts * group_end).cummax(0).values
    return torch.cat([torch.zeros_like(ends[:1]), ends[:-1]])


def roc_auc(found: Areas) -> Tensor:
    """Return the area under the ROC curve, the mean over classes; ties count half (Hanley and McNeil, 1982).

    Classes that no row or every row has are left out; NaN where none is left.
    """
    return _mean_share(found.roc, found.pairs)


def average_precision(found: Areas) -> Tensor:
    """Return the area under the precision-recall curve as a sum of steps, the mean over the classes that occur."""
    return _mean_share(found.precision, found.hits)


def _mean_share(part: Tensor, whole: Tensor) -> Tensor:
    valid = (whole > 0).double()
    return (part / whole.clamp_min(1e-300) * valid).sum() / valid.sum()
