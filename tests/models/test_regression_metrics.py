import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from trainyard.models.regression_metrics import quantile_metrics, regression_metrics, weighted_median


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 60), st.integers(1, 4), st.booleans())
def test_every_metric_equals_scikit_learns(seed, rows, targets, weighted):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(rows, targets)) * rng.uniform(1, 100, targets)
    predicted = y + rng.normal(size=y.shape)
    weight = rng.uniform(0.1, 3, rows) if weighted else None
    given_weight = {"sample_weight": weight}
    names = [f"t{index}" for index in range(targets)]
    error = torch.from_numpy(predicted - y)
    found = regression_metrics(error, torch.from_numpy(y), None if weight is None else torch.from_numpy(weight), names)
    expected = {
        "rmse": reference.root_mean_squared_error(y, predicted, **given_weight),
        "mae": reference.mean_absolute_error(y, predicted, **given_weight),
        "r2": reference.r2_score(y, predicted, **given_weight),
        "mape": reference.mean_absolute_percentage_error(y, predicted, **given_weight),
    }
    if not weighted:
        expected["medae"] = reference.median_absolute_error(y, predicted)
    assert {name: found[name].item() for name in expected} == pytest.approx(expected, rel=1e-9)


def test_each_target_has_its_own_where_there_are_several():
    error = torch.tensor([[1.0, -2.0], [1.0, 2.0]], dtype=torch.float64)
    y = torch.tensor([[0.0, 1.0], [4.0, 5.0]], dtype=torch.float64)
    found = {name: value.item() for name, value in regression_metrics(error, y, None, ["a", "b"]).items()}
    assert found["mae/a"] == 1
    assert found["mae/b"] == 2
    assert found["mae"] == 1.5
    assert found["r2/a"] == pytest.approx(1 - 1 / 4)


@pytest.mark.parametrize(("weight", "median"), [([1.0, 1, 1, 1], 2.5), ([1.0, 1, 1, 5], 4), ([5.0, 1, 1, 1], 1)])
def test_the_median_is_that_of_the_weight(weight, median):
    values = torch.tensor([[1.0], [2], [3], [4]], dtype=torch.float64)
    assert weighted_median(values, torch.tensor(weight, dtype=torch.float64)).item() == median


def test_r2_of_a_constant_target_is_no_number():
    zeros = torch.zeros(3, 1, dtype=torch.float64)
    assert regression_metrics(zeros + 1, zeros, None, ["a"])["r2"].isnan()


def test_mape_leaves_out_where_the_target_is_nought():
    error = torch.tensor([[5.0], [1.0], [-3.0]], dtype=torch.float64)
    y = torch.tensor([[0.0], [2.0], [6.0]], dtype=torch.float64)
    assert regression_metrics(error, y, None, ["a"])["mape"] == 0.5
    assert regression_metrics(error, y, None, ["a"], torch.tensor([[True], [True], [False]]))["mape"] == 0.5
    assert regression_metrics(error, y, torch.tensor([9.0, 3.0, 1.0]), ["a"])["mape"] == 0.5
    assert regression_metrics(error, y * 0, None, ["a"])["mape"].isnan()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3), st.booleans())
def test_intervals_are_measured_by_coverage_width_and_pinball(seed, targets, weighted):
    rng = np.random.default_rng(seed)
    y, levels = rng.normal(size=(20, targets)), (0.1, 0.5, 0.9)
    quantiles = np.sort(rng.normal(size=(20, targets, 3)))
    weight = rng.uniform(0.1, 2, 20) if weighted else np.ones(20)
    found = quantile_metrics(torch.from_numpy(quantiles), torch.from_numpy(y),
                             torch.from_numpy(weight) if weighted else None, "abc"[:targets], levels)  # fmt: skip
    low, high = quantiles[:, :, 0], quantiles[:, :, -1]
    pinball = [reference.mean_pinball_loss(y, quantiles[:, :, k], alpha=level, sample_weight=weight)
               for k, level in enumerate(levels)]  # fmt: skip
    expected = {
        "pinball": np.mean(pinball),
        "coverage": np.average(((low <= y) & (y <= high)).mean(1), weights=weight),
        "interval_width": np.average((high - low).mean(1), weights=weight),
    }
    assert {name: found[name].item() for name in expected} == pytest.approx(expected)
    assert ("coverage/a" in found) is (targets > 1)


def test_a_single_quantile_makes_no_interval():
    assert list(quantile_metrics(torch.zeros(2, 1, 1), torch.zeros(2, 1), None, ["a"], (0.9,))) == ["pinball"]
