"""Timing: pieces take turns, the warm-up is not measured, and the budget ends the rounds."""

import itertools

import pytest

from trainyard.benchmark.timing import Timing, alternate


def test_pieces_take_turns_after_a_warm_up_that_is_not_measured():
    ran = []
    timings = alternate({name: lambda name=name: ran.append(name) for name in "ab"}, repeats=2, budget=1e9)
    assert "".join(ran) == "ababab"
    assert [len(timing.seconds) for timing in timings.values()] == [2, 2]


def test_the_device_is_waited_for_before_each_reading():
    events = []
    alternate({"a": lambda: events.append("work")}, repeats=1, budget=1e9, synchronize=lambda: events.append("wait"))
    assert events == ["work", "wait", "work", "wait"]


def test_no_round_begins_after_the_budget_but_the_first_is_measured():
    ticks = itertools.count()
    timings = alternate({"a": lambda: None}, repeats=9, budget=0, clock=lambda: float(next(ticks)))
    assert timings["a"].seconds == (1.0,)


def test_median_and_spread():
    timing = Timing((2.0, 1.0, 4.0))
    assert (timing.median, timing.spread) == (2.0, 1.5)


def test_no_repeat_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        alternate({}, repeats=0, budget=1)
