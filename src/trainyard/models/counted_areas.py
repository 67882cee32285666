"""Areas under the curves of many classes, by comparing each row with all others in the column of its own class."""

import torch
from torch import Tensor

COMPARED = 1 << 21  # pairs of rows at once


def count_areas(probability: Tensor, y: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return for each class the area under the ROC curve times the pairs, the pairs, that under the precision-recall
    curve times the hits, and the hits, all (C,) float64: what models.ranking.Areas holds.

    probability (N, C), y (N,) int64, weight (N,) float64. The area under the ROC curve is the share of pairs of a row
    of the class and another in which the first is more probable (Hanley and McNeil, 1982), so that N x N comparisons
    are enough, however many classes there are; the other area is the mean over the rows of a class of the precision
    among all that are as probable.
    """
    rows, classes = probability.shape
    nothing = torch.zeros(classes, dtype=weight.dtype, device=y.device)
    hits = nothing.scatter_add(0, y, weight)
    others = weight.sum() - hits
    order = y.argsort(stable=True)  # rows of a class together: their columns lie together in memory
    roc, precision = [], []
    for chosen in torch.split(order, max(1, COMPARED // max(rows, 1))):
        own = y[chosen]
        scores, mine = probability[:, own], probability[chosen, own]  # (N, n), (n,)
        same = y[:, None] == own
        as_probable, less = scores >= mine, scores < mine
        there, there_of_class = weight @ as_probable.double(), weight @ (as_probable & same).double()
        below = weight @ (less & ~same).double()
        equal = others[own] - below - weight @ ((scores > mine) & ~same).double()
        roc.append(weight[chosen] * (below + equal / 2))
        precision.append(weight[chosen] * there_of_class / there.clamp_min(1e-300))
    roc_by_class = nothing.scatter_add(0, y[order], torch.cat(roc))
    return roc_by_class, hits * others, nothing.scatter_add(0, y[order], torch.cat(precision)), hits
