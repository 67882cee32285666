import json

import pytest

from trainyard.reproduction.comparison import Difference, compare, environment_differences


def weights(md5):
    return {"model/card.json": json.dumps({"weights": {"md5": md5}})}


def test_equal_metrics_and_weights_are_bit_identical(made):
    metrics = {"test/rmse": 0.1, "test/roc_auc": float("nan")}
    one, other = (made(name, metrics=metrics, files=weights("a")) for name in "ab")
    found = compare(one, other, 0.0)
    assert (found.identical, found.close, found.compared, found.same_weights) == (True, True, 2, True)


@pytest.mark.parametrize(("again", "close"), [(0.1001, True), (0.2, False)])
def test_a_metric_that_differs_is_named(made, again, close):
    one, other = made("a", metrics={"x": 0.1, "y": 1.0}), made("b", metrics={"x": again, "y": 1.0})
    found = compare(one, other, 0.01)
    assert found.differences == (Difference("x", 0.1, again, within=close),)
    assert (found.identical, found.close) == (False, close)


def test_other_weights_and_missing_metrics_are_differences(made):
    one, other = made("a", files=weights("a")), made("b", files=weights("b"))
    assert (compare(one, other, 0.1).identical, compare(one, other, 0.1).close) == (False, True)
    lost = compare(made("c", metrics={"x": 1.0}), made("d", metrics={}), 0.5)
    assert (lost.identical, lost.close) == (False, False)


def test_without_the_originals_weights_metrics_decide(made):
    found = compare(made("a"), made("b", files=weights("b")), 0.0)
    assert (found.identical, found.same_weights) == (True, None)


def test_nothing_compared_proves_nothing(made):
    found = compare(made("a", metrics={}), made("b", metrics={}), 0.5)
    assert not found.identical
    assert not found.close


def test_what_may_change_bits_is_named():
    before = {"python": "3.11.1", "cpu": "A", "packages": {"torch": "2.10.0", "ruff": "1"}}
    now = {"python": "3.11.2", "cpu": "A", "packages": {"torch": "2.11.0", "ruff": "2", "numpy": "2.0"}}
    assert environment_differences(before, now) == [
        "python is 3.11.2, and was 3.11.1", "torch is 2.11.0, and was 2.10.0", "numpy is 2.0, and was None",
    ]  # fmt: skip
    assert environment_differences(before, before) == []
