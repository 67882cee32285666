import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.reports.text import (
    WIDTH,
    labelled,
    listed,
    number,
    pasted,
    plural,
    seconds_text,
    shortened,
    table,
    wrapped,
)


def test_a_table_aligns_its_columns():
    assert table([("metric", "test"), ("rmse", "1.25"), ("r2", "0.9")], right=(1,)) == [
        "  metric  test",
        "  rmse    1.25",
        "  r2       0.9",
    ]


def test_a_table_that_is_too_wide_shortens_one_column():
    lines = table([("", "choices", "value"), ("best", "network.hidden=[64,64,64] " * 9, "0.5")], right=(2,), cut=1)
    assert [len(line) for line in lines] == [WIDTH, WIDTH]
    assert lines[1].startswith("  best  network.hidden=[64,64,64] network")
    assert lines[1].endswith("…    0.5")


@given(st.lists(st.tuples(st.text(max_size=150), st.text("ab", max_size=20)), min_size=1), st.booleans())
def test_a_line_of_a_table_is_never_too_wide_nor_broken(rows, right):
    lines = table(rows, right=(0,) if right else ())
    assert len(lines) == len(rows)
    assert all(len(line) <= WIDTH and len(line.splitlines()) <= 1 for line in lines)


def test_a_long_text_is_wrapped_behind_its_label():
    lines = labelled("note", "some words " * 20)
    assert lines[0].startswith("note       some words")
    assert lines[1].startswith("           some words")
    assert max(map(len, lines)) <= WIDTH
    assert " ".join(" ".join(lines).split()) == "note " + " ".join(["some words"] * 20)


def test_a_word_longer_than_a_line_stays_whole():
    assert wrapped("a " + "path/" * 30, 50) == ["a", "path/" * 30]


def test_what_is_pasted_stays_on_one_line():
    command = "python train.py " + "dataset.ignore=[a,b] " * 10
    assert pasted("next", command) == [f"next       {command}"]
    assert labelled("mlflow", "") == ["mlflow     "]


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [("species", 7, "species"), ("species", 5, "spec…"), ("a\n b\tc", 10, "a b c"), ("one two", 5, "one…")],
)
def test_a_long_text_is_shortened(text, most, shown):
    assert shortened(text, most) == shown


def test_a_long_list_says_how_many_more_there_are():
    assert listed(["a", "b"], 2) == "a, b"
    assert listed(["a", "b", "c", "d"], 2) == "a, b and 2 more"


def test_one_and_many():
    assert [plural(0, "seed"), plural(1, "seed"), plural(1200, "seed")] == ["0 seeds", "1 seed", "1,200 seeds"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0000"), (0.96296, "0.9630"), (1.0, "1.0000"), (12.3456, "12.346"), (123.456, "123.46"),
        (-123456.78, "-123,456.8"), (1234567.0, "1.235e+06"), (0.00123456, "0.00123"), (0.00012345, "0.000123"),
        (1e-5, "1.000e-05"), (math.nan, "-"), (math.inf, "inf"),
    ],
)  # fmt: skip
def test_a_measured_number(value, text):
    assert number(value) == text


@given(st.floats(-1e300, 1e300))
def test_a_number_keeps_three_digits(value):
    assert float(number(value).replace(",", "")) == pytest.approx(value, rel=5.1e-3)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"), (0.44, "0.4 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 0 s"),
        (200.4, "3 min 20 s"), (3599.7, "1 h 0 min"), (7530, "2 h 5 min"), (180000, "50 h 0 min"),
    ],
)  # fmt: skip
def test_a_duration(seconds, text):
    assert seconds_text(seconds) == text
