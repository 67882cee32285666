import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.benchmark.ratio import Ratio
from trainyard.benchmark.timing import Timing

SECONDS = st.lists(st.floats(0.1, 10), min_size=3, max_size=9)


def test_a_ratio_compares_what_was_measured_in_the_same_round():
    ratio = Ratio.of(Timing((1.0, 2.0, 1.0)), Timing((2.0, 4.0, 2.0)))
    assert ratio.rounds == (2.0, 2.0, 2.0)
    assert (ratio.median, ratio.spread, ratio.faster) == (2.0, (2.0, 2.0), True)


def test_one_slow_moment_of_the_machine_makes_no_difference():
    assert Ratio((1.5, 1.5, 1.5, 9.0, 1.5)).faster
    assert not Ratio((0.9, 0.9, 9.0, 0.9, 0.9)).faster
    assert Ratio((2.0, 9.0, 30.0, 1.5, 3.0)).faster


@pytest.mark.parametrize("rounds", [(1.0,) * 5, (1.01, 0.9, 1.2, 1.1, 0.8), (5.0, 5.0), (0.5,) * 5, (1.01,) * 5])
def test_what_is_not_faster_by_more_than_the_spread_or_was_hardly_measured_is_not_faster(rounds):
    assert not Ratio(rounds).faster


def test_two_rounds_tell_nothing_of_the_spread():
    assert Ratio((2.0, 2.0)).spread == (0.0, math.inf)


@given(SECONDS)
def test_no_work_is_faster_than_itself_nor_both_than_each_other(seconds):
    timing, doubled = Timing(tuple(seconds)), Timing(tuple(2 * each for each in seconds))
    assert not Ratio.of(timing, timing).faster
    assert Ratio.of(timing, doubled).faster
    assert not Ratio.of(doubled, timing).faster
