"""Rows: who is wrong, what ratios are taken to, who is fastest."""

import math

import pytest

from trainyard.benchmark.rows import baseline, fastest, judged

RIGHT = (2.3, 2.0, 1.5)


def test_an_engine_that_computes_something_else_is_wrong_and_not_ranked(row):
    off = (2.3, 2.0, 1.51)
    rows = judged([row("numpy", 10, losses=off), row("torch", 5, losses=RIGHT), row("trainyard", 6, losses=RIGHT)])
    assert [each.wrong for each in rows] == [True, False, False]
    assert rows[0].note == "wrong: its losses are 6.7e-03 from those of the others"
    assert not rows[0].ranked
    assert fastest(rows) is rows[2]
    assert baseline(rows)[rows[0].case] is rows[1]  # no ratio to what is wrong


def test_coarser_numbers_may_be_further_off_and_are_not_what_others_are_held_to(row):
    off = (2.3, 2.0, 1.53)
    rows = judged([row("torch", 1, losses=RIGHT), row("torch", 1, losses=off, precision="bf16-mixed"),
                   row("torch", 1, losses=off, device="cuda"),
                   row("torch", 1, losses=off, precision="tf32")])  # fmt: skip
    assert [each.wrong for each in rows] == [False, False, True, True]


def test_where_two_differ_nobody_knows_which_one_is_right(row):
    rows = judged([row("torch", 1, losses=RIGHT), row("trainyard", 1, losses=(2.3, 2.0, 1.6))])
    assert [each.wrong for each in rows] == [True, True]


@pytest.mark.parametrize("losses", [(2.3, 2.0, math.nan), (2.3, 2.0)])
def test_losses_that_are_no_numbers_or_missing_are_wrong(row, losses):
    rows = judged([row("numpy", 1, losses=RIGHT), row("torch", 1, losses=RIGHT), row("trainyard", 1, losses=losses),
                   row("scikit-learn", 1, losses=RIGHT)])  # fmt: skip
    assert [each.wrong for each in rows] == [False, False, True, False]


def test_what_was_not_checked_keeps_its_reason(row):
    rows = judged([row("numpy", 1, losses=RIGHT), row("torch", note="its process was killed by signal 9")])
    assert rows[1].note == "its process was killed by signal 9"
    assert not rows[1].ranked


def test_the_baseline_is_numpy_with_one_thread(row):
    rows = [row("torch", 9), row("numpy", 5, threads=2), row("numpy", 4)]
    assert baseline(rows)[rows[0].case] is rows[2]
    assert rows[2].speed == pytest.approx(4)


def test_ratios_of_a_network_are_to_one_engine_at_every_size(row):
    rows = [row("numpy", 4, size=1), row("torch", 9, size=1), row("torch", 9), row("torch", 9, network="cnn")]
    assert baseline(rows) == {("784-500-10", 1): rows[0], ("cnn", 60): rows[3]}
