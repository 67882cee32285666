"""Times and sizes as a person writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.config.duration import parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("2h", 7200), ("1h30m", 5400), ("1.5 h", 5400), ("30d", 2592000), ("90", 90),
     ("01:30:00", 5400), ("2:05", 125), (" 1H ", 3600)],
)  # fmt: skip
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "1x", "h", "-3s", "1:2:3:4", "1h and 2m"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no time; write 90s, 15m, 2h, 30d or 01:30:00"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["1h1h", "30m1h", "1m 5s 2m"])
def test_a_unit_that_is_there_twice_or_out_of_order_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="has a unit twice or out of order; write each once, the largest first"):
        parse_duration(text)


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59))
def test_hours_minutes_and_seconds_add_up(hours: int, minutes: int, seconds: int) -> None:
    assert parse_duration(f"{hours}:{minutes:02}:{seconds:02}") == hours * 3600 + minutes * 60 + seconds
    assert parse_duration(f"{hours}h{minutes}m{seconds}s") == hours * 3600 + minutes * 60 + seconds


@pytest.mark.parametrize(
    ("text", "size"), [("500MB", 500_000_000), ("2GB", 2 * 10**9), ("1.5 GiB", 3 * 2**29), ("7", 7)]
)
def test_a_size_is_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "big", "2XB", "-1MB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no size"):
        parse_size(text)
