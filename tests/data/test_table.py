import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from trainyard.data.table import missing_columns, table_from
from trainyard.errors import DataError

NAMES = ("a", "b")
ROWS = {"a": [1.5, None], "b": ["x", None]}


@pytest.mark.parametrize(
    "rows",
    [
        pa.table(ROWS),
        pa.table(ROWS).to_batches()[0],
        pd.DataFrame(ROWS),
        pd.DataFrame(ROWS, index=["p", "q"]),
        ROWS,
        {"a": np.array([1.5, np.nan]), "b": ("x", None)},
        [{"a": 1.5, "b": "x"}, {"a": None, "b": None}],
        [{"b": "x", "a": 1.5}, {}],
        iter([{"a": 1.5, "b": "x"}, {"a": float("nan")}]),
        np.array([[1.5, "x"], [None, None]], object),
    ],
)
def test_rows_in_any_form(rows):
    assert table_from(rows, NAMES).select(NAMES).to_pydict() == ROWS


def test_what_else_speaks_arrow():
    class Frame:
        def __arrow_c_stream__(self, requested_schema=None):
            return pa.table(ROWS).__arrow_c_stream__(requested_schema)

    assert table_from(Frame(), NAMES).to_pydict() == ROWS


def test_columns_of_one_name_stay_two():
    frame = pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"])
    assert table_from(frame, NAMES).column_names == ["a", "b", "a"]
    assert missing_columns(["a", "b"], ["a", "b", "a"]) == ["There are 2 columns a; rename all but one."]


def test_one_row():
    assert table_from({"a": 1, "b": "x"}, NAMES).to_pydict() == {"a": [1], "b": ["x"]}


def test_kinds_that_pandas_has():
    frame = pd.DataFrame({
        "category": pd.Categorical(["u", None]),
        "time": pd.to_datetime(["2020-01-01", None]),
        "integer": pd.array([1, None], "Int64"),
        "mixed": [1, "x"],
        "gap": [pd.NA, "x"],
        5: [True, None],
    })  # fmt: skip
    table = table_from(frame, NAMES)
    assert table.to_pydict() == {
        "category": ["u", None], "time": [datetime.datetime(2020, 1, 1), None], "integer": [1, None],
        "mixed": ["1", "x"], "gap": [None, "x"], "5": [True, None],
    }  # fmt: skip


def test_mixed_kinds_become_texts():
    rows = [{"a": 1}, {"a": "2"}, {"a": None}, {"a": float("nan")}, {"a": True}]
    assert table_from(rows, NAMES).to_pydict() == {"a": ["1", "2", None, None, "True"]}


def test_arrays_of_numbers():
    assert table_from(np.array([[1, 2], [3, 4]]), NAMES).to_pydict() == {"a": [1, 3], "b": [2, 4]}
    assert table_from(np.zeros((0, 2)), NAMES).num_rows == 0


@pytest.mark.parametrize("rows", [[], {"a": [], "b": []}])
def test_no_rows(rows):
    table = table_from(rows, NAMES)
    assert (table.num_rows, table.column_names) == (0, ["a", "b"])


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (5, "Rows come as a pandas DataFrame, a pyarrow Table, a dict of columns, a list of dicts or a 2-D numpy "
         "array, but these are of type int."),
        ("a,b", "but these are of type str."),
        ([1, 2], "but this list holds 1."),
        (np.zeros((3, 4)), "An array of rows has the shape (rows, 2), with a, b; this one has the shape (3, 4)."),
        (np.zeros(3), "this one has the shape (3,)."),
        ({"a": [1, 2], "b": [1]}, "The columns of a dict are lists of as many values each: a has 2, b has 1."),
        ({"a": [1, 2], "b": "x"}, "The columns of a dict are lists of as many values each: a has 2, b has 1."),
    ],
)  # fmt: skip
def test_what_is_no_rows(rows, fault):
    with pytest.raises(DataError) as caught:
        table_from(rows, NAMES)
    assert caught.value.faults[0].endswith(fault)
