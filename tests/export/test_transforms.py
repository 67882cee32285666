import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from trainyard.data.transforms import FITS, Identity
from trainyard.export.transforms import Bend

NUMBERS = st.floats(-1e308, 1e308)
KNOWN = np.concatenate([np.random.default_rng(0).normal(3, 2, 500), np.full(100, 3.0)])


@pytest.mark.parametrize("name", FITS)
@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_a_transform_gives_what_it_gives_in_numpy(name, values):
    transform = FITS[name](KNOWN, None)
    values = np.array(values)
    with np.errstate(over="ignore"):
        expected = transform(values)
    np.testing.assert_allclose(Bend(transform)(torch.from_numpy(values)).numpy(), expected, rtol=1e-15, atol=1e-15)


@given(st.lists(NUMBERS, min_size=1, max_size=20), st.lists(NUMBERS, min_size=1, max_size=20))
def test_quantiles_of_any_numbers_keep_their_lines(known, values):
    transform = FITS["quantile"](np.array(known), None)
    expected = transform(np.array(values))
    found = Bend(transform)(torch.tensor(values, dtype=torch.float64)).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_none_leaves_values_as_they_are():
    values = torch.tensor([1.5, -2.0], dtype=torch.float64)
    assert torch.equal(Bend(Identity())(values), values)
