from dataclasses import asdict

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.synthetic import make_prepared
from trainyard.data.target_power import TargetPower
from trainyard.data.target_transform import fit_power
from trainyard.data.target_units import TargetUnits

CPU = torch.device("cpu")


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["log", "log1p", "box_cox"]), st.floats(-6, 6))
def test_there_and_back_again(seed, kind, level):
    y = np.exp(np.random.default_rng(seed).normal(level, 1, 30))
    power = fit_power(y, kind, None)
    transformed = power(y)
    units = TargetUnits([transformed.mean()], [transformed.std()], [power])
    standard = (transformed - transformed.mean()) / transformed.std()
    np.testing.assert_allclose(units.original(torch.from_numpy(standard[:, None]))[:, 0].numpy(), y, rtol=1e-7)
    np.testing.assert_allclose(units.standardized(torch.from_numpy(y[:, None]))[:, 0].numpy(), standard, atol=1e-9)


@pytest.mark.parametrize("power", [-2.0, -0.1, 0.0, 0.1, 2.0])
def test_what_lies_far_outside_stays_a_number(power):
    units = TargetUnits([0.0], [1.0], [TargetPower(power, 0.0, 1.0, 500.0)])
    found = units.original(torch.tensor([[-1e6], [1e6]]))
    assert found.isfinite().all()
    assert 0 <= found[0, 0] <= found[1, 0] <= 500


def test_without_a_transform_it_is_scale_and_mean():
    units = TargetUnits.of(make_prepared("regression", targets=2)).to(CPU)
    values = torch.tensor([[1.0, 2.0]])
    assert units.original(values).tolist() == [[2.0, 16.0]]
    assert units.standardized(units.original(values)).tolist() == values.tolist()
    assert units.difference(values, torch.zeros(1, 2)).tolist() == [[2.0, 6.0]]


def test_a_difference_is_one_of_original_units():
    units = TargetUnits([0.0], [1.0], [TargetPower(0.0, 0.0, 0.0, 100.0)])
    assert units.difference(torch.tensor([[1.0]]), torch.tensor([[0.0]])).item() == pytest.approx(np.e - 1)


def test_a_card_gives_the_same_units():
    power = TargetPower(0.5, 0.0, 0.3, 100.0)
    card = {"target_mean": [1.0], "target_scale": [2.0], "target_powers": [asdict(power)]}
    assert TargetUnits.of_card(card).powers == (power,)


def test_quantiles_keep_their_order_in_original_units():
    units = TargetUnits([0.0, 1.0], [1.0, 2.0], [TargetPower(0.0, 0.0, 0.0, 1e9), TargetPower(-0.5, 0.0, 0.0, 1e9)])
    found = units.original_quantiles(torch.linspace(-3, 3, 10).view(1, 1, 10).expand(1, 2, 10))
    assert (found.diff(dim=2) >= 0).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_nought_is_known_after_rounding(dtype):
    units = TargetUnits([123.4, 0.0], [7.7, 2.0])
    truth = torch.tensor([[0.0, 0.0], [1e-3, 1e-9]], dtype=torch.float64)
    assert units.is_zero(units.standardized(truth).to(dtype)).tolist() == [[True, True], [False, False]]


def test_a_logarithm_has_no_nought():
    units = TargetUnits([0.0], [1.0], [TargetPower(0.0, 0.0, 0.0, 10.0)])
    assert not units.is_zero(torch.tensor([[-50.0], [0.0]])).any()
