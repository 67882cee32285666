import datetime

import numpy as np
import pyarrow as pa
import pytest

from tests.data.tables import source_of
from trainyard.data.columns import Feature
from trainyard.data.overlap import codes_of_numbers, count_duplicates, find_leaks
from trainyard.data.split import Split
from trainyard.data.target import Target

SPLIT = Split(np.array([0, 1, 2]), np.array([3, 4]), np.array([5, 6]), "")


def features(**kinds):
    return [Feature(name, kind, "standard") for name, kind in kinds.items()]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("numeric", [1.0, 0.0, None, -0.0, 2.0, None, 3.0]),
        ("numeric", ["1", "2", "3", "2.0", "4", "1", "9"]),
        ("category", ["a", None, "b ", "b", "c", None, "d"]),
        ("boolean", [True, None, True, True, False, None, False]),
        ("datetime", [datetime.date(2020, 1, day) for day in (1, 2, 3, 1, 4, 2, 5)]),
    ],
)
def test_rows_that_are_in_train_as_well(kind, values):
    table = source_of({"x": values}).table
    assert count_duplicates(table, features(x=kind), SPLIT) == {"val": 1, "test": 1}


def test_all_features_have_to_be_equal():
    columns = {"a": [1, 1, 2, 1, 2, 1, 9], "b": [5, 6, 7, 7, 7, 6, 9]}
    both = features(a="numeric", b="numeric")
    assert count_duplicates(source_of(columns).table, both, SPLIT) == {"val": 1, "test": 1}
    swapped = {"a": [1, 2, 3, 9, 9, 9, 9], "b": [9, 9, 9, 1, 2, 3, 4]}
    assert count_duplicates(source_of(swapped).table, both, SPLIT) == {"val": 0, "test": 0}


def test_duplicates_agree_with_counting():
    rng = np.random.default_rng(0)
    values = rng.integers(0, 12, (3000, 3))
    table = source_of({name: values[:, place] for place, name in enumerate("abc")}).table
    split = Split(*np.split(np.arange(3000), [1000, 2000]), how="")
    train = {tuple(row) for row in values[:1000]}
    expected = {"val": sum(tuple(row) in train for row in values[1000:2000]),
                "test": sum(tuple(row) in train for row in values[2000:])}  # fmt: skip
    assert count_duplicates(table, features(a="numeric", b="numeric", c="numeric"), split) == expected
    assert 0 < expected["val"] < 1000


@pytest.mark.parametrize("kind", ["category", "numeric", "boolean"])
def test_a_column_that_tells_the_class(kind):
    y = np.arange(100) % 2
    values = {"category": np.where(y, "yes", "no"), "numeric": y * 7.5, "boolean": y == 0}[kind]
    noisy = np.where(np.arange(100) == 99, values[0], values)
    table = source_of({"told": values, "noisy": noisy}).table
    target = Target("classification", "", y, ("a", "b"))
    assert find_leaks(table, features(told=kind, noisy=kind), target, np.arange(100)) == [
        "told tells the class in every training row. If it is not known before the target, leave it out: "
        "dataset.ignore=[told]."
    ]


def test_columns_with_many_values_or_few_rows_each_are_no_leaks():
    y = np.arange(100) % 2
    table = source_of({"row": np.arange(100), "coarse": np.arange(100) // 2 * 2 + y}).table
    target = Target("classification", "", y, ("a", "b"))
    assert find_leaks(table, features(row="category", coarse="numeric"), target, np.arange(100)) == []


def test_numbers_that_are_equal_have_one_code():
    codes = codes_of_numbers(pa.chunked_array([[1.5, None, 0.0], [-0.0, None, 1.5]]))
    assert codes.tolist() == [0, 1, 2, 2, 1, 0]


def test_a_missing_value_that_tells_the_class():
    y = np.arange(100) % 2
    table = source_of({"boat": ["5" if flag else None for flag in y]}).table
    target = Target("classification", "", y, ("died", "lived"))
    assert len(find_leaks(table, features(boat="category"), target, np.arange(100))) == 1


def test_a_column_that_is_the_target_in_other_units():
    y = np.random.default_rng(0).normal(size=(100, 2))
    values = np.round(y[:, 1] * -25.4 + 1e6, 2)
    gaps = np.where(np.arange(100) < 9, np.nan, values)
    near = values + np.random.default_rng(1).normal(size=100) * 0.1
    table = source_of({"inch": gaps, "near": near, "same": np.ones(100)}).table
    leaks = find_leaks(table, features(inch="numeric", near="numeric", same="numeric"),
                       Target("regression", "", y, None), np.arange(100))  # fmt: skip
    assert leaks == ["inch is the target up to offset, scale and rounding. If it is not known before the target, "
                     "leave it out: dataset.ignore=[inch]."]  # fmt: skip
