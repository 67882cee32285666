import numpy as np
import pyarrow as pa
import torch
from hypothesis import given
from hypothesis import strategies as st

from trainyard.data.encoders import BooleanEncoder, CategoryEncoder, DatetimeEncoder, NumericEncoder
from trainyard.data.transforms import Identity, Standard
from trainyard.export.columns import ABSENT, Choice, NumberCode, feature_module

PARTS = ("year", "elapsed", "month sin", "month cos", "weekday sin", "weekday cos", "time sin", "time cos")
MOMENT = DatetimeEncoder("seen", "datetime", "year-month-day", 10**15, dict.fromkeys(PARTS, Identity()), True)


def features(encoder, tensor):
    parts = feature_module(encoder)(tensor)
    return torch.stack(parts, dim=1).numpy()


def encoded(encoder, column):
    out = np.empty((len(column), len(encoder.features)))
    encoder.write(pa.chunked_array([column]), out)
    return out


@given(st.lists(st.none() | st.floats(-1e9, 1e9), min_size=1, max_size=20))
def test_a_number_is_filled_transformed_and_told_missing(values):
    encoder = NumericEncoder("size", "double", 2.5, Standard(3.0, 2.0), True)
    tensor = torch.tensor([float("nan") if value is None else value for value in values], dtype=torch.float64)
    assert np.array_equal(features(encoder, tensor), encoded(encoder, pa.array(values, pa.float64())))


@given(st.lists(st.none() | st.booleans(), min_size=1, max_size=20))
def test_a_flag_is_one_or_minus_one_or_missing(values):
    encoder = BooleanEncoder("wild", "boolean", True)
    tensor = torch.tensor([float("nan") if value is None else float(value) for value in values], dtype=torch.float64)
    assert np.array_equal(features(encoder, tensor), encoded(encoder, pa.array(values, pa.bool_())))


@given(st.lists(st.none() | st.integers(-60 * 10**15, 250 * 10**15), min_size=1, max_size=20))
def test_a_moment_has_the_parts_of_the_calendar_from_the_year_1_to_9999(values):
    tensor = torch.tensor([ABSENT if value is None else value for value in values])
    expected = encoded(MOMENT, pa.array(values, pa.timestamp("us")))
    np.testing.assert_allclose(features(MOMENT, tensor), expected, rtol=1e-15, atol=1e-12)


def test_a_category_of_numbers_has_the_codes_that_its_texts_have():
    encoder = CategoryEncoder("code", "double", ("1", "2.5", "30"), missing=True, embedded=True)
    values = [30.0, None, 2.5, 7.0, 1.0]
    codes = NumberCode((1.0, 2.5, 30.0), missing=4)(torch.tensor([30.0, np.nan, 2.5, 7.0, 1.0], dtype=torch.float64))
    assert codes.tolist() == encoder.read_codes(pa.chunked_array([pa.array(values, pa.float64())])).tolist()


def test_a_category_of_few_values_has_a_column_for_each():
    encoder = CategoryEncoder("color", "string", ("blue", "red"), missing=True, embedded=False)
    column = pa.array(["red", "green", None, "blue"])
    (found,) = Choice(encoder)(torch.tensor([2, 0, 3, 1]))
    assert np.array_equal(found.numpy(), encoded(encoder, column))
