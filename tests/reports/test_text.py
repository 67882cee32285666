import math

import pytest

from trainyard.reports.text import WIDTH, labelled, listed, number, seconds_text, table


def test_columns_are_aligned():
    assert table([("a", "1"), ("long", "100")], right=(1,)) == ["  a       1", "  long  100"]


def test_a_long_text_is_wrapped_under_its_label():
    lines = labelled("note", "word " * 60)
    assert lines[0].startswith("note       word")
    assert lines[1].startswith("           word")
    assert max(map(len, lines)) <= WIDTH
    assert labelled("empty", "") == ["empty      "]


def test_a_long_list_is_cut_with_a_count():
    assert listed(["a", "b"], 3) == "a, b"
    assert listed(list("abcdef"), 3) == "a, b, c and 3 more"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.96296, "0.9630"), (29.1689, "29.169"), (208.7512, "208.75"), (45231.8, "45,231.8"), (0, "0.0000"),
     (1.5e9, "1.500e+09"), (2e-6, "2.000e-06"), (-3.25, "-3.2500"), (math.nan, "-")],
)  # fmt: skip
def test_numbers_have_the_digits_that_count(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.42, "0.4 s"), (12.3, "12 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_durations_are_said_as_people_do(seconds, text):
    assert seconds_text(seconds) == text
