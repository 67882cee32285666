import datetime

import numpy as np
import pyarrow as pa
import pytest

from tests.data.tables import source_of
from trainyard.data.target import read_target, rows_with_target
from trainyard.errors import DataError


def target(values, task="auto", **more):
    source = source_of({"y": values, **more})
    return read_target(source.table, ("y", *more), task, source.where)


@pytest.mark.parametrize(
    ("values", "classes", "reason"),
    [
        (["b", "a ", "b", "a"], ("a", "b"), "y holds 2 different texts"),
        ([True, False, True, False], (False, True), "y is true or false"),
        ([3, 1, 3, 1], (1, 3), "y holds two different values"),
        ([1.0, 2.0, 1.0, 2.0], (1.0, 2.0), "y holds two different values"),
        ([0.5, 1.5, 0.5, 1.5], (0.5, 1.5), "y holds two different values"),
        ([-1, 0, 1] * 3, (-1, 0, 1),
         "y holds 3 different whole numbers in 9 rows; model=regressor would predict the number"),
    ],
)  # fmt: skip
def test_classes_of_any_type(values, classes, reason):
    found = target(values)
    assert (found.task, found.classes, found.reason) == ("classification", classes, reason)
    assert [type(label) for label in found.classes] == [type(label) for label in classes]
    assert found.y.dtype == np.int64
    stripped = [value.strip() if isinstance(value, str) else value for value in values]
    assert [found.classes[index] for index in found.y] == stripped


def test_numbers_with_leading_zeros_are_classes_however_many():
    found = target([f"{number:03}" for number in range(50) for _ in range(3)])
    assert (found.task, found.classes[7]) == ("classification", "007")


def test_dictionaries_are_classes():
    assert target(pa.array(["a", "b", "a", "b"]).dictionary_encode()).classes == ("a", "b")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([1.5, 2.0, 2.5], "y holds numbers with fractions"),
        ([1.5, 2.0], "y holds numbers with fractions"),
        (list(range(30)), "y holds 30 different whole numbers in 30 rows"),
        ([1, 2, 3, 4], "y holds 4 different whole numbers in 4 rows"),
        ([str(number) for number in range(30)], "y holds texts that are 30 different numbers"),
    ],
)
def test_numbers(values, reason):
    found = target(values)
    assert (found.task, found.classes, found.reason) == ("regression", None, reason)
    np.testing.assert_array_equal(found.y, np.array(values, float)[:, None])


def test_several_targets_are_numbers():
    found = target([1, 2, 1, 2], z=[0.5, 1.5, 2.5, 3.5])
    assert (found.task, found.reason) == ("regression", "several targets are numbers to predict")
    np.testing.assert_array_equal(found.y, [[1, 0.5], [2, 1.5], [1, 2.5], [2, 3.5]])


def test_the_model_decides():
    assert target([1, 2, 1, 2], "regression").task == "regression"
    assert target([1, 2, 1, 2], "regression").reason == "model=regressor"
    assert target([True, False, True, False], "regression").y.tolist() == [[1], [0], [1], [0]]
    many = [number for number in range(50) for _ in range(3)]
    assert len(target(many, "classification").classes) == 50
    assert target(many, "classification").reason == "model=classifier"


@pytest.mark.parametrize(
    ("values", "task", "fault"),
    [
        (["a", "a"], "auto", "The target y is always 'a', so there is nothing to tell apart."),
        ([True, True], "auto", "The target y is always True, so there is nothing to tell apart."),
        ([1.5, 1.5], "auto", "The target y is always 1.5, so there is nothing to predict."),
        ([3, 3], "classification", "The target y is always 3, so there is nothing to tell apart."),
        (["a", "b", "a"], "auto", "The class 'b' of y has a single row (table.csv, row 2), too few to train on and "
         "to test. Leave it out, or add rows of it."),
        (["a", "a", "b", "c", "a", "a"], "auto", "2 classes of y have a single row each, too few to train on and to "
         "test: 'b' and 'c', first table.csv, row 3. Leave them out, or add rows of them."),
        (["a", "b", "c", "d"], "auto", "The target y holds 4 different values in 4 rows, nearly one for each: they "
         "are no classes. Choose another dataset.target."),
        ([1.5, float("inf")], "auto", "Column y holds inf (table.csv, row 2), which is not a finite number. Correct "
         "it, or leave the row out."),
        ([1.0, float("-inf")], "classification", "Column y holds -inf (table.csv, row 2), which is not a finite "
         "number. Correct it, or leave the row out."),
        (["a", "b", "a"], "regression", "Column y holds 'a' (table.csv, row 1), which is not a number. A regressor "
         "predicts numbers; set model=classifier to predict texts."),
        (["1", "2", "x"], "regression", "Column y holds 'x' (table.csv, row 3), which is not a number. The regressor "
         "needs a number in every row, and 1 of 3 are none. If that means missing, name it in dataset.missing_values "
         "and set dataset.missing_target=drop."),
        ([*map(str, range(30)), "n.a."], "auto", "The target y holds 'n.a.' (table.csv, row 31) among numbers; 1 of "
         "its 31 values are none. If that means missing, name it in dataset.missing_values and set "
         "dataset.missing_target=drop."),
        ([number / 8 for number in range(30)], "classification", "The target y holds 30 different numbers in 30 "
         "rows: an amount, not classes. Set model=regressor (or model=auto)."),
        (list(range(30)), "classification", "The target y holds 30 different numbers in 30 rows: an amount, not "
         "classes. Set model=regressor (or model=auto)."),
        ([datetime.date(2020, 1, 1)] * 2, "auto", "The target y holds values of type date32[day]; only numbers, "
         "texts and flags can be predicted."),
    ],
)  # fmt: skip
def test_targets_that_cannot_be(values, task, fault):
    with pytest.raises(DataError) as caught:
        target(values, task)
    assert caught.value.faults == (fault,)


def test_faults_of_several_targets():
    with pytest.raises(DataError) as caught:
        target([1, 2], z=["a", "b"], w=[3, 3])
    assert caught.value.faults == (
        "Column z holds 'a' (table.csv, row 1), which is not a number. A regressor predicts numbers; set "
        "model=classifier to predict texts.",
        "The target w is always 3, so there is nothing to predict.",
    )
    with pytest.raises(DataError, match=r"A classifier predicts one column, but dataset.target names 2"):
        target([1, 2], "classification", z=[1, 2])


def test_rows_without_a_target():
    source = source_of({"y": [1.0, None, float("nan"), 2.0], "z": ["a", "b", "c", " "]})
    with pytest.raises(DataError) as caught:
        rows_with_target(source.table, ("y", "z"), "error", source.where)
    assert caught.value.faults == (
        "2 of 4 rows have no y to learn from, first table.csv, row 2. dataset.missing_target=drop leaves them out.",
        "1 of 4 rows has no z to learn from, first table.csv, row 4. dataset.missing_target=drop leaves them out.",
    )
    assert rows_with_target(source.table, ("y", "z"), "drop", source.where).tolist() == [0]
    assert rows_with_target(source.table, ("y",), "drop", source.where).tolist() == [0, 3]


def test_a_target_without_values():
    source = source_of({"y": [None, None]})
    with pytest.raises(DataError, match=r"^The target y has no values at all\.$"):
        rows_with_target(source.table, ("y",), "drop", source.where)


def test_no_row_with_all_targets():
    source = source_of({"y": [1.0, None], "z": [None, 2.0]})
    with pytest.raises(DataError, match=r"^No row has all of the targets y and z\.$"):
        rows_with_target(source.table, ("y", "z"), "drop", source.where)
