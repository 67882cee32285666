import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score

from trainyard.models.ranking import average_precision, rank, roc_auc


def ranked(probability, y, weight=None):
    probability = torch.tensor(probability, dtype=torch.float64)
    w = torch.ones(len(y), dtype=torch.float64) if weight is None else torch.tensor(weight, dtype=torch.float64)
    return rank(probability, torch.tensor(y), w)


def test_of_two_classes_the_second_counts():
    ranking = ranked([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]], [0, 1, 1, 0])
    assert ranking.hits.shape == (4, 1)
    assert roc_auc(ranking).item() == 0.75
    expected = average_precision_score([0, 1, 1, 0], [0.1, 0.8, 0.4, 0.7])
    assert average_precision(ranking).item() == pytest.approx(expected)


def test_equal_probabilities_are_one_step():
    ranking = ranked([[0.5, 0.5]] * 4, [0, 1, 1, 0])
    assert roc_auc(ranking).item() == average_precision(ranking).item() == 0.5


def test_classes_that_no_row_has_are_left_out():
    probability = np.random.default_rng(0).dirichlet(np.ones(3), 20)
    y = np.arange(20) % 2
    widened = np.concatenate([probability, np.zeros((20, 1))], 1)
    for area in (roc_auc, average_precision):
        assert area(ranked(widened, y)).item() == pytest.approx(area(ranked(probability, y)).item())


def test_without_both_kinds_of_rows_there_is_no_area():
    assert roc_auc(ranked([[0.5, 0.5], [0.1, 0.9]], [0, 0])).isnan()
    assert average_precision(ranked([[0.5, 0.5], [0.1, 0.9]], [0, 0])).isnan()
