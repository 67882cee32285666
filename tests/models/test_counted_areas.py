import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from trainyard.models import counted_areas as module
from trainyard.models.counted_areas import count_areas
from trainyard.models.ranking import sort_areas


def sample(seed, rows, classes, ties):
    rng = np.random.default_rng(seed)
    probability = torch.from_numpy(rng.dirichlet(np.ones(classes), rows))
    if ties:
        probability = (probability * 4).round() / 4
    y = torch.from_numpy(rng.integers(0, classes, rows))
    return probability, y, torch.from_numpy(rng.uniform(0, 3, rows))


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(2, 9), st.booleans())
def test_counting_and_sorting_come_to_the_same(seed, rows, classes, ties):
    probability, y, weight = sample(seed, rows, classes, ties)
    counted, by_order = count_areas(probability, y, weight), sort_areas(probability, 0, y, weight)
    for part, other in zip(counted, by_order, strict=True):
        assert part.numpy() == pytest.approx(other.numpy(), rel=1e-9, abs=1e-9)


def test_rows_that_are_compared_some_at_a_time_are_the_same_bits(monkeypatch):
    probability, y, _ = sample(0, 50, 7, True)
    whole = count_areas(probability, y, torch.ones(50, dtype=torch.float64))
    monkeypatch.setattr(module, "COMPARED", 120)
    some = count_areas(probability, y, torch.ones(50, dtype=torch.float64))
    assert all(torch.equal(part, other) for part, other in zip(some, whole, strict=True))
