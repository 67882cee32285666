import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.data.buffers import LONGEST, number_array, plain_array, text_array, unpacked

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
KINDS = [st.floats(), st.integers(-(2**63), 2**63 - 1), st.booleans(), TEXTS]
COLUMNS = st.one_of([st.lists(st.none() | kind) for kind in KINDS])
DTYPES = st.sampled_from(["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"])


@given(COLUMNS)
def test_lists_become_what_pyarrow_makes_of_them(values):
    assert plain_array(values).equals(pa.array(values, from_pandas=True))
    assert plain_array(tuple(values)).equals(pa.array(values, from_pandas=True))


@given(st.data(), DTYPES)
def test_arrays_become_what_pyarrow_makes_of_them(data, dtype):
    elements = st.sampled_from([0, 1, 7]) | (st.just(np.nan) if dtype.startswith("f") else st.nothing())
    values = np.array(data.draw(st.lists(elements, max_size=20)), dtype)
    for given_values in (values, values[::2], values[::-1]):
        made = plain_array(given_values)
        made.validate(full=True)
        assert made.equals(pa.array(given_values, from_pandas=True))


@pytest.mark.parametrize("values", [
    [1, 2.5], [1, "a"], [True, 2], [2**63], [b"a"], [[1]], [{}], np.ones((2, 2)), np.array(["a"]),
    np.ma.masked_array([1.0, 2.0], [True, False]), np.array([1.0], ">f8"), np.array([1], "M8[s]"), {1: 2}, range(3),
    [np.float64(1)],
])  # fmt: skip
def test_other_values_are_left_to_pyarrow(values):
    assert plain_array(values) is None


def test_a_text_that_is_none_is_refused():
    with pytest.raises(UnicodeEncodeError):
        plain_array(["\ud800"])


def test_texts_that_one_array_cannot_hold_are_left_to_pyarrow(monkeypatch):
    monkeypatch.setattr("trainyard.data.buffers.LONGEST", 3)
    assert plain_array(["ab", "c"]).to_pylist() == ["ab", "c"]
    assert plain_array(["ab", "cd"]) is None
    with pytest.raises(OverflowError):
        text_array(["ab", "cd"])
    assert np.iinfo(np.int32).max == LONGEST


@given(st.lists(st.lists(st.none() | st.floats(allow_nan=False), max_size=9), max_size=4), st.integers(0, 5))
def test_columns_are_read_as_pyarrow_reads_them(chunks, start):
    column = pa.chunked_array([pa.array(chunk, pa.float64()) for chunk in chunks], pa.float64()).slice(start)
    np.testing.assert_array_equal(unpacked(column, np.float64, np.nan), column.to_numpy())


@given(st.lists(st.none() | st.integers(-9, 9), max_size=20), st.integers(0, 9))
def test_missing_whole_numbers_become_what_they_are_to_be(values, start):
    array = pa.array(values, pa.int32())[start:]
    assert unpacked(array, np.int32, -10).tolist() == [-10 if value is None else value for value in values[start:]]


def test_rows_of_an_array_that_are_missing_are_null():
    assert number_array(np.array([1, 2, 3]), np.array([True, False, True])).to_pylist() == [1, None, 3]
    assert number_array(np.array([1.0, np.nan])).null_count == 1


def test_pandas_is_not_imported():
    code = ("import sys, numpy as np; from trainyard.data.buffers import *; "
            "unpacked(plain_array([1.5, None]), np.float64, np.nan), plain_array(['a', None]), plain_array([True]); "
            "print('pandas' in sys.modules)")  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
