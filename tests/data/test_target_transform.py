import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import boxcox

from tests.data.tables import csv, source_of
from trainyard.data.assemble import assemble
from trainyard.data.target import Target
from trainyard.data.target_transform import fit_power, most_likely_power, power_notes, transform_target
from trainyard.errors import DataError

TRAIN = np.arange(60)


def where(row):
    return f"row {row + 1}"


def target_of(*columns):
    return Target("regression", "asked for", np.stack(columns, axis=1), None)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(-2, 2), st.floats(1e-3, 1e3))
def test_the_power_is_scipys(seed, power, scale):
    z = np.random.default_rng(seed).normal(size=80).clip(-2.5, 2.5)
    y = scale * np.exp(0.3 * z) if abs(power) < 0.1 else scale * (1 + 0.1 * z) ** (1 / power)
    logarithms = np.log(y)
    expected = boxcox(y)[1]
    found = most_likely_power(logarithms - logarithms.mean(), None)
    if abs(expected) < 4.9:
        assert found == pytest.approx(expected, abs=1e-3)


def test_a_weight_of_two_counts_like_a_row_twice():
    y = np.random.default_rng(1).lognormal(size=50)
    weight = np.ones(50)
    weight[:20] = 2
    weighted, repeated = fit_power(y, "box_cox", weight), fit_power(np.append(y, y[:20]), "box_cox", None)
    assert weighted.power == pytest.approx(repeated.power, abs=1e-6)
    assert weighted.center == pytest.approx(repeated.center)


def test_equal_targets_are_left_at_power_one():
    assert most_likely_power(np.zeros(4), None) == 1.0


def test_it_is_fitted_on_the_training_rows_alone():
    y = np.random.default_rng(0).lognormal(size=100)
    changed = y.copy()
    changed[60:] *= 100
    first, second = (transform_target(target_of(v), ["y"], "box_cox", TRAIN, None, where)[1] for v in (y, changed))
    assert first == second


def test_classes_and_none_stay_as_they_are():
    classes = Target("classification", "", np.arange(3), ("a", "b", "c"))
    assert transform_target(classes, ["y"], "log", TRAIN, None, where) == (classes, ())
    numbers = target_of(np.zeros(100))
    assert transform_target(numbers, ["y"], "none", TRAIN, None, where) == (numbers, ())


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("log", 0, "The target price is 0 (row 8), and a logarithm needs numbers above 0. Take "
         "model.target_transform=log1p where there are zeros, or none."),
        ("box_cox", -3.5, "The target price is -3.5 (row 8), and Box-Cox needs numbers above 0. Take"),
        ("log1p", -1, "The target price is -1 (row 8), and log1p needs numbers above -1. Take "
         "model.target_transform=none."),
    ],
)  # fmt: skip
def test_a_target_that_has_no_logarithm_names_its_row(kind, value, told):
    good, bad = np.ones(100), np.ones(100)
    bad[[7, 9]] = value
    with pytest.raises(DataError) as refused:
        transform_target(target_of(good, bad), ["size", "price"], kind, TRAIN, None, where)
    (fault,) = refused.value.faults
    assert fault.startswith(told)


@pytest.mark.parametrize("kind", ["log", "log1p", "box_cox"])
def test_prepared_targets_are_standardised_after_the_transform(kind):
    rng = np.random.default_rng(0)
    source = source_of({"x": rng.normal(size=200), "y": rng.lognormal(2, 1, 200)})
    made = assemble(source, csv("y"), "auto", True, kind)
    np.testing.assert_allclose(made.train.y.mean(0), 0, atol=1e-9)
    np.testing.assert_allclose(made.train.y.std(0), 1)
    transformed = made.target_powers[0](source.table["y"].to_numpy()[made.val.rows])
    np.testing.assert_allclose(made.val.y[:, 0] * made.target_scale[0] + made.target_mean[0], transformed)
    assert any("Box-Cox" in note for note in made.summary.notes) is (kind == "box_cox")


def test_the_fitted_power_is_told():
    power = fit_power(np.random.default_rng(0).lognormal(size=50), "box_cox", None)
    assert power_notes(["y"], [power])[0].startswith("y is transformed by Box-Cox with power ")
    assert power_notes(["y"], []) == ()
