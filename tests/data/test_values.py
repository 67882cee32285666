import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.tables import column
from trainyard.data.values import WrongValueError, read_flags, read_numbers, read_texts, shortened


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1, None, 3), [1, np.nan, 3]),
        ((1.5, float("nan"), None), [1.5, np.nan, np.nan]),
        ((True, False, None), [1, 0, np.nan]),
        ((" 1.5 ", "-3e2", ".5", "", "  ", None, "NaN"), [1.5, -300, 0.5, np.nan, np.nan, np.nan, np.nan]),
        ((datetime.timedelta(seconds=90), None), [90, np.nan]),
        ((Decimal("1.25"),), [1.25]),
        ((None, None), [np.nan, np.nan]),
        ((2**60,), [2.0**60]),
    ],
)
def test_numbers(values, expected):
    numbers = read_numbers(column(*values))
    assert numbers.dtype == np.float64
    np.testing.assert_array_equal(numbers, expected)


@pytest.mark.parametrize(
    ("values", "row", "value", "expected"),
    [
        (("1", "abc", "x"), 1, "abc", "a number"),
        (([1], [2]), 0, [1], "a number"),
        ((1.0, float("inf")), 1, float("inf"), "a finite number"),
        (("1", "-inf"), 1, "-inf", "a finite number"),
        ((None, datetime.date(2020, 1, 1)), 1, datetime.date(2020, 1, 1), "a number"),
        (("1_000",), 0, "1_000", "a number"),
    ],
)
def test_no_number(values, row, value, expected):
    with pytest.raises(WrongValueError) as caught:
        read_numbers(column(*values))
    assert (caught.value.row, caught.value.value, caught.value.expected) == (row, value, expected)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((True, None, False), [1, np.nan, 0]),
        ((1, 0, None), [1, 0, np.nan]),
        ((1.0, 0.0, float("nan")), [1, 0, np.nan]),
        (("Yes", "no", " ", None, "TRUE", "f"), [1, 0, np.nan, np.nan, 1, 0]),
    ],
)
def test_flags(values, expected):
    np.testing.assert_array_equal(read_flags(column(*values)), expected)


@pytest.mark.parametrize(("values", "row"), [((1, 2), 1), (("yes", "perhaps"), 1), (([True],), 0)])
def test_no_flag(values, row):
    with pytest.raises(WrongValueError) as caught:
        read_flags(column(*values))
    assert caught.value.row == row
    assert caught.value.expected == "true or false"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((" a ", "", None, "b"), ["a", None, None, "b"]),
        ((12, None), ["12", None]),
        ((12.0, -0.0, 0.1, 1e20, None), ["12", "0", "0.1", "1e+20", None]),
        ((True, None), ["true", None]),
        ((datetime.date(2020, 1, 3),), ["2020-01-03"]),
        ((datetime.datetime(2020, 1, 3), None), ["2020-01-03", None]),
        ((datetime.datetime(2020, 1, 3, 4),), ["2020-01-03 04:00:00.000000"]),
    ],
)
def test_texts(values, expected):
    assert read_texts(column(*values)).to_pylist() == expected


def test_a_category_is_the_same_in_every_type_that_holds_it():
    kinds = [pa.int8(), pa.int64(), pa.float32(), pa.float64(), pa.uint16()]
    texts = [read_texts(column(7, 12, None, type=kind)).to_pylist() for kind in kinds]
    texts += [read_texts(column("7", "12", None)).to_pylist()]
    texts += [read_texts(column("7", "12", None).dictionary_encode()).to_pylist()]
    texts += [read_texts(column("7", "12", None, type=pa.large_string())).to_pylist()]
    assert all(text == ["7", "12", None] for text in texts)


def test_lists_are_no_categories():
    with pytest.raises(WrongValueError):
        read_texts(column([1], [2]))


@given(st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_survive_as_texts(values):
    texts = read_texts(column(*values, type=pa.float64()))
    np.testing.assert_array_equal(read_numbers(texts), read_numbers(column(*values, type=pa.float64())))


def test_a_value_in_a_message_is_not_endless():
    assert shortened("a" * 50) == repr("a" * 50)
    assert shortened(10**400) == f"{'1'.ljust(100, '0')}…"
