import json
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import QuantileTransformer, StandardScaler

from trainyard.data.transforms import (
    FITS,
    Identity,
    mean_and_deviation,
    quantiles,
    transform_from_dict,
    transform_to_dict,
)

numbers = st.floats(allow_nan=False, allow_infinity=False)
columns = st.lists(numbers, min_size=1, max_size=40).map(np.array)
names = st.sampled_from(sorted(FITS))


@given(names, columns, columns)
def test_any_numbers_become_numbers_and_keep_their_order(name, train, values):
    transform = FITS[name](train, None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = transform(np.sort(values))
    assert result.dtype == np.float64
    assert not np.isnan(result).any()
    assert (result[1:] >= result[:-1] - 1e-12).all()


@given(names, columns, columns)
def test_one_row_is_as_many_and_json_keeps_every_bit(name, train, values):
    transform = FITS[name](train, None)
    together = transform(values)
    alone = [transform(np.array([value]))[0] for value in values]
    assert together.tobytes() == np.array(alone).tobytes()
    again = transform_from_dict(json.loads(json.dumps(transform_to_dict(transform))))
    assert again == transform
    assert again(values).tobytes() == together.tobytes()


@given(names, st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(0, 3)), min_size=1, max_size=30))
def test_a_weight_counts_like_rows_that_are_there_more_often(name, rows):
    values, weight = np.array([row[0] for row in rows]), np.array([row[1] for row in rows], float)
    weight[0] += 1
    weighted = FITS[name](values, weight)
    repeated = FITS[name](np.repeat(values, weight.astype(int)), None)
    probe = np.linspace(values.min(), values.max(), 7)
    np.testing.assert_allclose(weighted(probe), repeated(probe), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("offset", [0, 1e3, 1e12, -1e15])
def test_standard_at_huge_offsets(offset):
    values = offset + np.arange(1000.0)
    result = FITS["standard"](values, None)(values)
    np.testing.assert_allclose(result, StandardScaler().fit_transform(np.arange(1000.0)[:, None])[:, 0], atol=1e-2)
    assert abs(result.mean()) < 1e-3
    np.testing.assert_allclose(result.std(), 1, rtol=1e-9)


@pytest.mark.parametrize("values", [[3.25] * 5, [0.1] * 3, [1e-310] * 2, [7.0]])
@pytest.mark.parametrize("name", ["standard", "robust", "quantile"])
def test_a_constant_column_becomes_zero(name, values):
    np.testing.assert_array_equal(FITS[name](np.array(values), None)(np.array(values)), 0)


def test_extremes_have_a_deviation():
    center, scale = mean_and_deviation(np.array([1e308, -1e308]), None)
    assert center == 0
    np.testing.assert_allclose(scale, 1e308)
    center, scale = mean_and_deviation(np.array([1e-300, 3e-300]), None)
    np.testing.assert_allclose([center, scale], [2e-300, 1e-300])


def test_robust_is_not_moved_by_outliers_and_bends_them():
    rng = np.random.default_rng(0)
    values = rng.normal(50, 4, 10_001)
    plain, spoilt = (FITS["robust"](column, None) for column in (values, np.append(values, [1e9] * 5)))
    np.testing.assert_allclose([plain.center, plain.scale], [50, 4], rtol=0.03)
    np.testing.assert_allclose([spoilt.center, spoilt.scale], [plain.center, plain.scale], rtol=0.01)
    assert 2.999 < spoilt(np.array([1e9]))[0] <= 3
    np.testing.assert_allclose(plain(np.array([plain.center + 0.1])), 0.1 / plain.scale, rtol=1e-3)


def test_robust_without_quartiles_takes_the_range():
    transform = FITS["robust"](np.array([0.0] * 9 + [10.0]), None)
    assert (transform.center, transform.scale) == (0, 5)


def test_quantile_makes_odd_shapes_normal():
    rng = np.random.default_rng(0)
    values = rng.lognormal(sigma=2, size=20_000)
    result = FITS["quantile"](values, None)(values)
    assert abs(result.mean()) < 0.01
    assert abs(result.std() - 1) < 0.02
    transformer = QuantileTransformer(output_distribution="normal", n_quantiles=1000, subsample=None)
    oracle = transformer.fit_transform(values[:, None])[:, 0]
    inner = np.abs(oracle) < 2
    np.testing.assert_allclose(result[inner], oracle[inner], atol=0.05)


def test_quantile_puts_ties_in_their_middle():
    values = np.array([0.0] * 50 + [1.0] * 50)
    result = FITS["quantile"](values, None)(np.array([0.0, 1.0, 0.5]))
    np.testing.assert_allclose(result, [-0.798, 0.798, 0], atol=0.01)  # means of half normal distributions


def test_quantiles_are_values_that_occur():
    assert quantiles(np.array([4.0, 1.0, 2.0, 3.0]), np.array([0.25, 0.5, 0.75])).tolist() == [1, 2, 3]


def test_none_leaves_values_alone():
    values = np.array([1e300, -3.0])
    assert FITS["none"](values, None) == Identity()
    assert FITS["none"](values, None)(values) is values
