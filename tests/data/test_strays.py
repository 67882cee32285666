import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.data.strays import Stray, first_stray


def column(*values):
    return pa.chunked_array([pa.array(values[:2], pa.string()), pa.array(values[2:], pa.string())])


def test_names_the_first_text_among_numbers():
    assert first_stray(column("1", None, "2.5", "many", "-3e4", "few", "7")) == Stray(3, "many", 2, 6)


@pytest.mark.parametrize("values", [("1", "2"), ("a", "b", "1"), (None, None), ()])
def test_columns_of_numbers_or_of_texts_have_none(values):
    assert first_stray(column(*values)) is None


def test_columns_of_other_kinds_have_none():
    assert first_stray(pa.chunked_array([[1, 2]])) is None


@given(st.floats() | st.integers())
def test_every_number_is_a_number(number):
    assert first_stray(column(str(number), "x", "1", "1")) == Stray(1, "x", 1, 4)


@pytest.mark.parametrize("text", ["1,5", "1 000", "1_000", "12 mm", "$3", "-", ".", "1e", "e5", "1.2.3", "infinit"])
def test_what_looks_like_a_number_and_is_none(text):
    assert first_stray(column("1", text, "2", "3")) == Stray(1, text, 1, 4)


def test_codes_with_leading_zeros_are_no_numbers():
    assert first_stray(column("007", "x", "1", "1")) is None
