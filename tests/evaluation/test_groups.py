import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.errors import DataError
from trainyard.evaluation.groups import FEW, MISSING, group_rows


def groups(values, name="c"):
    return {value: rows.tolist() for value, rows in group_rows(pa.table({"c": values}), name).items()}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["b", None, "a", "b"], {"a": [2], "b": [0, 3], MISSING: [1]}),
        ([10, 9, 10, None], {"9": [1], "10": [0, 2], MISSING: [3]}),
        ([2.5, float("nan"), -1.0], {"-1": [2], "2.5": [0], MISSING: [1]}),
        ([True, False, True], {"false": [1], "true": [0, 2]}),
        ([None, None], {MISSING: [0, 1]}),
    ],
)
def test_each_value_is_a_group_in_order_and_missing_ones_come_last(values, expected):
    found = groups(values)
    assert {key.lower().removesuffix(".0"): rows for key, rows in found.items()} == expected
    assert [key.lower().removesuffix(".0") for key in found] == list(expected)


def test_categories_are_groups():
    assert groups(pa.array(["x", "y", "x"]).dictionary_encode()) == {"x": [0, 2], "y": [1]}


def test_many_numbers_are_cut_at_their_quartiles():
    found = groups([*range(100), None])
    assert list(found) == ["up to 24", "24 to 49", "49 to 74", "above 74", MISSING]
    assert [len(rows) for rows in found.values()] == [25, 25, 25, 25, 1]


@given(st.lists(st.one_of(st.none(), st.integers(-50, 50), st.floats(-1e6, 1e6)), min_size=1, max_size=60))
def test_groups_part_the_rows(values):
    found = groups(pa.array(values, pa.float64()))
    assert sorted(row for rows in found.values() for row in rows) == list(range(len(values)))
    assert all(found.values())
    assert len(found) <= FEW + 1


@pytest.mark.parametrize(
    ("values", "name", "words"),
    [
        (["a"], "d", "There is no column d to group rows by"),
        ([f"v{n}" for n in range(51)], "c", "Column c has 51 different values; rows are grouped by at most 50."),
        ([[1], [2]], "c", "Column c holds values of type list"),
    ],
)
def test_what_cannot_be_grouped_is_told(values, name, words):
    with pytest.raises(DataError, match=words):
        groups(values, name)


def test_rows_are_indices():
    assert group_rows(pa.table({"c": ["a"]}), "c")["a"].dtype == np.int64
