import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score

from trainyard.models import ranking as module
from trainyard.models.ranking import areas, average_precision, roc_auc


def ranked(probability, y, weight=None):
    probability = torch.tensor(probability, dtype=torch.float64)
    w = torch.ones(len(y), dtype=torch.float64) if weight is None else torch.tensor(weight, dtype=torch.float64)
    return areas(probability, torch.tensor(y), w)


def test_of_two_classes_the_second_counts():
    ranking = ranked([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]], [0, 1, 1, 0])
    assert ranking.hits.tolist() == [2]
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


@pytest.mark.parametrize("classes", [3, 2])
def test_classes_that_are_sorted_some_at_a_time_come_to_the_same(monkeypatch, classes):
    probability, y = np.random.default_rng(0).dirichlet(np.ones(classes), 40), np.arange(40) % classes
    whole = ranked(probability, y)
    monkeypatch.setattr(module, "SORTED", 50)
    for part, other in zip(ranked(probability, y), whole, strict=True):
        assert part.numpy() == pytest.approx(other.numpy(), rel=1e-12)


def test_of_many_classes_rows_are_searched():
    probability, y = np.random.default_rng(0).dirichlet(np.ones(150), 60), np.arange(60)
    found = ranked(probability, y)
    precision = [average_precision_score(y == k, probability[:, k]) for k in range(60)]
    assert average_precision(found).item() == pytest.approx(np.mean(precision))
    assert len(found.hits) == 150
