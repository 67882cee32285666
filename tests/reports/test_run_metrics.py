import pytest

from trainyard.reports.run_metrics import beats, metric_rows, target_rows


@pytest.mark.parametrize(("value", "base", "direction", "told"), [
    (0.9, 0.5, "max", True), (0.9, 0.5, "min", False), (0.5, 0.5, "max", False), (1.0, None, "max", None),
    (1.0, 2.0, None, None),
])  # fmt: skip
def test_what_beats_a_baseline_depends_on_what_is_better(value, base, direction, told):
    assert beats(value, base, direction) is told


def test_metrics_of_the_test_stand_beside_those_of_the_baseline():
    metrics = {"test/accuracy": 0.9, "test/gini": 0.3, "baseline/accuracy": 0.5, "val/loss": 1.0, "test/rmse/a": 1.0}
    rows = metric_rows(metrics, "classification")
    assert [tuple(row) for row in rows] == [("accuracy", 0.9, 0.5, True), ("gini", 0.3, None, None)]


def test_each_of_several_targets_has_its_row():
    metrics = {"test/rmse": 2.0, "test/rmse/a": 1.0, "test/rmse/b": 3.0, "baseline/rmse/a": 4.0, "test/mae/a": 0.5}
    assert target_rows(metrics, "regression") == [
        ["target", "rmse", "rmse of the baseline", "mae"], ["a", "1.0000", "4.0000", "0.5000"],
        ["b", "3.0000", "-", "-"],
    ]  # fmt: skip
    assert target_rows({"test/rmse": 2.0}, "regression") == []
