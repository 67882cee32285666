from dataclasses import replace

import numpy as np
import pyarrow as pa

from trainyard.estimators.given_rows import Given, hold_out, rows_md5
from trainyard.estimators.rows import Form, Rows
from trainyard.estimators.targets import classification, regression

FORM = Form("numbers", ("x_0",))


def given(y, weight=None):
    return Given(Rows(FORM, np.zeros((len(y), 1))), np.array(y), weight, ("y",))


def test_rows_for_validation_come_after_the_others_and_are_held_out():
    both = given([0, 1, 0], np.ones(3)).with_validation(Rows(FORM, np.ones((2, 1))), np.array([1, 0]), np.full(2, 3.0))
    assert both.held_out.tolist() == [3, 4]
    assert both.x.array[:, 0].tolist() == [0, 0, 0, 1, 1]
    assert (both.y.tolist(), both.weight.tolist()) == ([0, 1, 0, 1, 0], [1, 1, 1, 3, 3])


def test_what_is_held_out_has_its_share_of_each_class_and_depends_on_the_seed():
    rows = given([0] * 80 + [1] * 20)
    held_out = hold_out(rows, 0.1, 0, stratified=True)
    assert np.bincount(rows.y[held_out]).tolist() == [8, 2]
    assert held_out.tolist() == hold_out(rows, 0.1, 0, stratified=True).tolist()
    assert held_out.tolist() != hold_out(rows, 0.1, 1, stratified=True).tolist()


def test_the_digest_is_that_of_rows_targets_and_weights():
    def md5(y=(0, 1, 0), labels=("a", "b"), weight=None, x=None):
        rows = given(list(y), weight)
        rows = rows if x is None else replace(rows, x=Rows(FORM, table=pa.table({"x_0": x})))
        return rows_md5(rows, classification(np.array(y), np.array(labels)))

    assert md5() == md5()
    others = [md5((0, 1, 1)), md5(labels=("a", "c")), md5(weight=np.ones(3)), md5(x=["u", "v", "w"])]
    assert len({md5(), *others}) == 5
    numbers = np.array([[0.5], [1.5]])
    assert len(rows_md5(given(numbers), regression(numbers))) == 32
