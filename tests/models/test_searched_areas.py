import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from trainyard.models import searched_areas as module
from trainyard.models.ranking import sort_areas
from trainyard.models.searched_areas import search_areas


def sample(seed, rows, classes, ties):
    rng = np.random.default_rng(seed)
    probability = torch.from_numpy(rng.dirichlet(np.ones(classes), rows))
    if ties:
        probability = (probability * 4).round() / 4
    y = torch.from_numpy(rng.integers(0, classes, rows))
    return probability, y, torch.from_numpy(rng.uniform(0, 3, rows))


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(2, 9), st.booleans())
def test_searching_and_sorting_come_to_the_same(seed, rows, classes, ties):
    probability, y, weight = sample(seed, rows, classes, ties)
    found, by_order = search_areas(probability, y, weight), sort_areas(probability, 0, y, weight)
    for part, other in zip(found, by_order, strict=True):
        assert part.numpy() == pytest.approx(other.numpy(), rel=1e-9, abs=1e-9)


def test_classes_that_are_searched_some_at_a_time_come_to_the_same(monkeypatch):
    probability, y, _ = sample(0, 50, 7, True)
    whole = search_areas(probability, y, torch.ones(50, dtype=torch.float64))
    monkeypatch.setattr(module, "AT_ONCE", 120)
    some = search_areas(probability, y, torch.ones(50, dtype=torch.float64))
    for part, other in zip(some, whole, strict=True):
        assert part.numpy() == pytest.approx(other.numpy(), rel=1e-12)
