import re
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from trainyard.errors import DataError
from trainyard.evaluation.truth import read_classes, read_truth, rows_with_truth


def where(row):
    return f"line {row + 2}"


def model(classes=None, targets=("y",), **card):
    plain = {"target_powers": [], "target_mean": [10.0], "target_scale": [4.0], "precision": "32"}
    return SimpleNamespace(classes=classes, targets=targets, card={**plain, **card})


def column(values):
    return pa.chunked_array([pa.array(values)])


@pytest.mark.parametrize(
    ("classes", "values"),
    [
        ((3, 7, 12), [12, 3, 7]),
        ((3, 7, 12), [12.0, 3.0, 7.0]),
        ((3, 7, 12), ["12", " 3", "7"]),
        ((0.5, 1.0, 2.0), ["2", "0.5", "1.0"]),
        (("blue", "green", "red"), ["red", "blue", " green "]),
        (("1", "2", "3"), [3, 1, 2]),
    ],
)
def test_labels_find_their_class_whatever_type_they_are_written_in(classes, values):
    found = read_classes(column(values), model(classes), where)
    assert (found.tolist(), found.dtype) == ([2, 0, 1], np.int64)


@pytest.mark.parametrize("values", [[True, False], ["true", "false"], [1, 0]])
def test_flags_find_theirs(values):
    assert read_classes(column(values), model((False, True)), where).tolist() == [1, 0]


def test_labels_of_categories_find_theirs():
    found = read_classes(column(["b", "a"]).dictionary_encode(), model(("a", "b")), where)
    assert found.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("classes", "values", "words"),
    [
        (("a", "b"), ["a", "c"], "Column y holds 'c' (line 3), which is no class of the model (a and b)."),
        ((1, 2), [1, 2, 9], "Column y holds 9 (line 4), which is no class of the model (1 and 2)."),
        (tuple(range(9)), [70], "5 and 3 more)."),
    ],
)
def test_a_class_that_the_model_does_not_know_is_named_with_its_row(classes, values, words):
    with pytest.raises(DataError, match=re.escape(words)):
        read_classes(column(values), model(classes), where)


@pytest.mark.parametrize(("precision", "dtype"), [("32", np.float32), ("64", np.float64), ("bf16-mixed", np.float32)])
def test_numbers_are_standardized_as_in_training(precision, dtype):
    found = read_truth(pa.table({"y": ["14", "6"]}), model(precision=precision), where)
    assert (found.tolist(), found.dtype) == ([[1.0], [-1.0]], dtype)


def test_several_targets_stand_in_the_order_of_the_model():
    two = model(targets=("b", "a"), target_mean=[0.0, 1.0], target_scale=[1.0, 2.0])
    assert read_truth(pa.table({"a": [3, 5], "b": [7, 8]}), two, where).tolist() == [[7.0, 1.0], [8.0, 2.0]]


def test_what_is_no_number_is_named_with_its_row():
    with pytest.raises(DataError, match=r"y.*long.*line 3"):
        read_truth(pa.table({"y": ["1", "long"]}), model(), where)


def test_what_has_no_logarithm_is_named_with_its_row():
    logs = model(target_powers=[{"power": 0.0, "shift": 0.0, "center": 1.0, "highest": 9.0}])
    with pytest.raises(DataError, match=r"The target y is -1 \(line 3\), .* trained on numbers above -?0\."):
        read_truth(pa.table({"y": [2.0, -1.0]}), logs, where)


def test_rows_need_all_targets():
    table = pa.table({"a": [1, None, 3, 4], "b": ["x", "y", " ", "z"]})
    assert rows_with_truth(table, model(targets=("a", "b"))).tolist() == [0, 3]
    with pytest.raises(DataError, match=r"There is no column aa with what is true.*did you mean a"):
        rows_with_truth(table, model(targets=("aa",)))
    with pytest.raises(DataError, match=r"No row has a value of a to"):
        rows_with_truth(table.slice(1, 1), model(targets=("a",)))
