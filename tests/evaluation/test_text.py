import math

import numpy as np

from trainyard.evaluation.evaluate import Evaluation
from trainyard.evaluation.text import evaluation_text, sameness


def made(metrics, groups=None):
    return Evaluation(metrics, np.arange(0), {}, {}, groups or {})


def test_metrics_stand_beside_those_of_the_training():
    text = evaluation_text(made({"loss": 0.5, "r2": 0.25}), "regression", {"test/loss": 0.5, "test/r2": 0.75}, None)
    lines = [line.split() for line in text.splitlines()]
    assert lines[1:3] == [["loss", "0.5000", "0.5000"], ["r2", "0.2500", "0.7500"]]
    assert lines[-1] == ["not", "those", "of", "the", "training:", "r2", "differ,", "by", "0.5", "at", "most"]


def test_groups_are_a_table_of_their_own_with_the_metrics_of_the_task():
    groups = {"bergen": {"rows": 1200.0, "loss": 1.0, "r2": 0.5}, "oslo": {"rows": 3.0, "loss": 2.0}}
    text = evaluation_text(made({"loss": 1.0, "r2": 0.25}, groups), "regression", None, "town")
    lines = [line.split() for line in text.splitlines()]
    assert lines[-3:] == [["town", "rows", "r2"], ["bergen", "1,200", "0.5000"], ["oslo", "3", "-"]]


def test_sameness_is_to_the_bit_and_counts_what_is_in_both():
    before = {"test/a": 0.1, "test/b": math.nan, "test/other": 1.0}
    assert sameness({"a": 0.1, "b": math.nan, "c": 5.0}, before).endswith("bit for bit: 2 metrics")
    assert "a differ" in sameness({"a": math.nextafter(0.1, 1), "b": math.nan}, before)


def test_a_metric_that_has_a_value_only_now_is_told_without_a_size():
    assert "b differ" in sameness({"b": 1.0}, {"test/b": math.nan})
