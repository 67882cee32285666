import numpy as np
import pandas as pd
import pytest

from trainyard import Classifier, Regressor
from trainyard.estimators.targets import classification, read_labels, read_numbers, regression, target_names


def test_labels_become_their_places_among_the_classes():
    codes, classes = read_labels(Classifier(), ["b", "a", "b"])
    assert (codes.tolist(), classes.tolist(), codes.dtype) == ([1, 0, 1], ["a", "b"], np.int64)
    assert read_labels(Classifier(), [5, 7], np.array([3, 5, 7]))[0].tolist() == [1, 2]
    with pytest.raises(ValueError, match=r"y holds 4, which is none of the classes that are known: \[3, 5\]"):
        read_labels(Classifier(), [4], np.array([3, 5]))
    with pytest.raises(ValueError, match="Unknown label type"):
        read_labels(Classifier(), [0.5, 0.7])
    assert classification(codes, classes).classes == ("a", "b")


def test_numbers_are_columns_and_know_whether_they_were():
    one, two = read_numbers(Regressor(), [1, 2, 3]), read_numbers(Regressor(), np.ones((3, 2)))
    assert [(numbers.shape, several) for numbers, several in (one, two)] == [((3, 1), False), ((3, 2), True)]
    assert regression(two[0]).classes is None
    with pytest.raises(ValueError, match="Regressor requires y to be passed"):
        read_numbers(Regressor(), None)


def test_targets_have_the_names_of_y_and_none_of_a_column():
    assert target_names(pd.Series([1], name="price"), 1, ("size",)) == ("price",)
    assert target_names(pd.DataFrame({"a": [1], "b": [1]}), 2, ("a",)) == ("a_", "b_")
    assert target_names(np.ones((1, 2)), 2, ()) == ("y_0", "y_1")


@pytest.mark.parametrize(("y", "kinds"), [(["a", None], "NoneType and str"), (["a", 3], "int and str")])
def test_labels_without_an_order_are_told(y, kinds):
    with pytest.raises(ValueError, match=rf"y holds labels of several kinds \({kinds}\), which have no order"):
        read_labels(Classifier(), np.array(y, dtype=object))
