"""Areas under the curves of many classes: rows are not sorted for each class, but put among those of the class."""

import torch
from torch import Tensor

from trainyard.models.running_sum import running_sum

AT_ONCE = 1 << 20  # probabilities that are looked at together


def search_areas(probability: Tensor, y: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return for each class the area under the ROC curve times the pairs, the pairs, that under the precision-recall
    curve times the hits, and the hits, all (C,) float64: what models.ranking.Areas holds.

    probability (N, C), y (N,) int64, weight (N,) float64. The area under the ROC curve is the share of pairs of a row
    of the class and another in which the first is more probable (Hanley and McNeil, 1982); the other area is the mean
    over the rows of a class of the precision among all that are as probable. For both it is enough to know how many
    rows are above each row of the class, and those are few where classes are many.
    """
    rows, classes = probability.shape
    hits = torch.zeros(classes, dtype=weight.dtype, device=y.device).scatter_add(0, y, weight)
    count, order = torch.bincount(y, minlength=classes), y.argsort(stable=True)
    first = torch.cat([count.new_zeros(1), count.cumsum(0)[:-1]])  # in `order`, of the rows of each class
    roc, precision = torch.zeros_like(hits), torch.zeros_like(hits)
    step = max(1, AT_ONCE // max(rows, 1))
    for start in range(0, classes, step):
        part = slice(start, start + step)
        scores = probability[:, part].T.contiguous()  # (K, N)
        members = torch.arange(max(1, int(count[part].max())), device=y.device)
        there = members < count[part, None]  # (K, P)
        own_rows = order[(first[part, None] + members).clamp_max(rows - 1)]
        own, places = torch.where(there, scores.gather(1, own_rows), torch.inf).sort(1)
        own_weight = torch.where(there, weight[own_rows], 0.0).gather(1, places)
        as_probable, above = _weights_above(own, scores, weight.expand_as(scores))
        as_probable_own, above_own = _weights_above(own, own, own_weight)
        others = (weight.sum() - hits[part])[:, None]
        alarms = ((as_probable - as_probable_own) + (above - above_own)) / 2
        roc[part] = (own_weight * (others - alarms)).sum(1)
        precision[part] = (own_weight * as_probable_own / as_probable.clamp_min(1e-300)).sum(1)
    return roc, hits * (weight.sum() - hits), precision, hits


def _weights_above(thresholds: Tensor, scores: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return the weight of scores (K, N) that are at least each threshold (K, P), sorted, and of those above it."""
    classes, count = thresholds.shape
    offset = torch.arange(classes, device=scores.device)[:, None] * (count + 1)
    found = []
    for right in (True, False):
        place = torch.searchsorted(thresholds, scores, right=right).add_(offset)  # thresholds that are passed
        sums = torch.zeros(classes * (count + 1), dtype=weight.dtype, device=scores.device)
        sums.scatter_add_(0, place.view(-1), weight.reshape(-1))
        found.append(running_sum(sums.view(classes, count + 1).T.flip(0)).flip(0)[1:].T)
    return found[0], found[1]
