"""The simulated fish against the formulas they are drawn from."""

from dataclasses import replace

import numpy as np
import pytest

from tests.data.tables import source_of
from trainyard.config.schema.dataset import Salmon
from trainyard.data.export import export_csv
from trainyard.data.salmon import AGE_MIN, SCHEMA, normal, simulate, simulate_salmon
from trainyard.lineage.digest import bytes_md5

SALMON = Salmon(name="salmon", target=("length_mm",))


def columns(config):
    return [column.to_numpy() for column in simulate_salmon(config).columns]


def test_the_same_fish_on_every_machine():
    table = simulate_salmon(SALMON)
    assert bytes_md5(export_csv(source_of(table))) == "ed925e75ca68df2a7f897927f745b936"
    assert table.schema.equals(SCHEMA)
    assert table.slice(0, 2).to_pylist() == [
        {"age_years": 3.45, "weight_g": 8302.0, "length_mm": 967.0},
        {"age_years": 1.04, "weight_g": 2732.0, "length_mm": 607.0},
    ]


def test_more_rows_begin_with_the_same_fish():
    few, many = simulate_salmon(replace(SALMON, rows=50)), simulate_salmon(replace(SALMON, rows=80))
    assert many.slice(0, 50).equals(few)


@pytest.mark.parametrize("change", [{"simulation_seed": 1}, {"growth_rate": 0.4}, {"mortality": 0.0}, {"rows": 4001}])
def test_other_numbers_give_other_fish(change):
    assert not simulate_salmon(replace(SALMON, **change)).equals(simulate_salmon(SALMON))


def test_without_variation_length_and_weight_are_the_formulas():
    age, weight, length = columns(replace(SALMON, length_variation=0.0, weight_variation=0.0))
    expected = 1250 * (1 - np.exp(-0.45 * (age + 0.3)))
    np.testing.assert_allclose(length, expected, atol=0.5 + 0.005 * 0.45 * 1250)  # rounding of length and of age
    np.testing.assert_allclose(weight, 0.0087 * (length / 10) ** 3.05, rtol=3.05 * 0.5 / length.min() + 0.001)


def test_variation_has_the_mean_and_deviation_of_the_config():
    config = replace(SALMON, rows=40_000, length_variation=0.2)
    age, weight, length = columns(config)
    infinity = length / (1 - np.exp(-0.45 * (age + 0.3)))
    assert infinity.mean() == pytest.approx(1250, rel=0.005)
    assert infinity.std() / infinity.mean() == pytest.approx(0.2, rel=0.02)
    deviation = np.log(weight / (0.0087 * (length / 10) ** 3.05))
    assert deviation.mean() == pytest.approx(0, abs=0.002)
    assert deviation.std() == pytest.approx(0.10, rel=0.02)
    assert abs(np.corrcoef(deviation, infinity)[0, 1]) < 0.02


def test_ages_follow_the_mortality():
    years = SALMON.age_max - AGE_MIN
    age = columns(replace(SALMON, rows=40_000))[0]
    dead = 1 - np.exp(-0.36 * years)
    assert age.mean() == pytest.approx(AGE_MIN + 1 / 0.36 - years * (1 - dead) / dead, rel=0.01)
    assert AGE_MIN <= age.min() < age.max() <= SALMON.age_max
    uniform = columns(replace(SALMON, rows=40_000, mortality=0.0))[0]
    assert uniform.mean() == pytest.approx(AGE_MIN + years / 2, rel=0.01)
    assert uniform.std() == pytest.approx(years / 12**0.5, rel=0.01)


@pytest.mark.parametrize(("years", "centimeters", "kilograms"), [(1, (50, 60), (1.3, 2.5)), (2, (75, 87), (4.5, 7.5)),
                                                                (3, (90, 103), (8, 12.5))])  # fmt: skip
def test_the_typical_fish_is_an_atlantic_salmon(years, centimeters, kilograms):
    _, weight, length = simulate(replace(SALMON, length_variation=0.0), np.array([0.5]), np.array([0.5]),
                                 np.array([0.5]))  # fmt: skip
    age, weight, length = columns(replace(SALMON, rows=20_000))
    near = abs(age - years) < 0.1
    assert centimeters[0] < np.median(length[near]) / 10 < centimeters[1]
    assert kilograms[0] < np.median(weight[near]) / 1000 < kilograms[1]
    assert length.max() < 1700  # the longest caught measured 1.6 m
    assert weight.min() > 500


def test_normal_is_the_inverse_of_the_distribution_function():
    assert normal(np.array([0.5, 0.9750021048517795, 0.15865525393145707])) == pytest.approx([0, 1.96, -1])
