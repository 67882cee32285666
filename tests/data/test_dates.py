import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.tables import column
from trainyard.data.dates import FORMATS, expand, parse_dates, read_moments
from trainyard.data.values import WrongValueError

NAT = np.datetime64("NaT")


@pytest.mark.parametrize(
    ("written", "text", "expected"),
    [
        ("year-month-day", "2020-02-29", "2020-02-29"),
        ("year-month-day", "2020/2/3", "2020-02-03"),
        ("year-month-day", "2020-02-30", None),
        ("year-month-day", "2020-13-01", None),
        ("year-month-day", "2020-00-01", None),
        ("year-month-day", "2020-01-31 10:00", "2020-01-31T10:00"),
        ("year-month-day", "2020-01-31T10:00:05.5", "2020-01-31T10:00:05.5"),
        ("year-month-day", "2020-01-31T10:00:05.123456789", "2020-01-31T10:00:05.123456"),
        ("year-month-day", "2020-01-31T10:00Z", "2020-01-31T10:00"),
        ("year-month-day", "2020-01-31 10:00+02:00", "2020-01-31T08:00"),
        ("year-month-day", "2020-01-31 22:00-0330", "2020-02-01T01:30"),
        ("year-month-day", "2020-01-31 24:00", None),
        ("year-month-day", "2020-01-31 10:60", None),
        ("year-month-day", "2020-01-31x", None),
        ("month/day/year", "1/2/2020 3:04 PM", "2020-01-02T15:04"),
        ("month/day/year", "1/2/2020 12:04 am", "2020-01-02T00:04"),
        ("month/day/year", "1/2/2020 13:04 PM", None),
        ("month/day/year", "12/31/99", "1999-12-31"),
        ("month/day/year", "12/31/68", "2068-12-31"),
        ("month/day/year", "31/12/99", None),
        ("day.month.year", "31.12.1999", "1999-12-31"),
        ("day.month.year", "1-2-2020", "2020-02-01"),
        ("day month-name year", "03-JAN-99", "1999-01-03"),
        ("day month-name year", "3 September 2020", "2020-09-03"),
        ("month-name day, year", "Jan. 3rd, 2020", "2020-01-03"),
        ("month-name day, year", "May 5 2020 12:00 am", "2020-05-05"),
        ("month-name day, year", "Foo 5 2020", None),
        ("year-month", "2020-07", "2020-07-01"),
        ("yearmonthday", "20200703", "2020-07-03"),
        ("yearmonthday", "12345678", None),
        ("hour:minute", "14:30", "1970-01-01T14:30"),
        ("hour:minute", "2:30:05 pm", "1970-01-01T14:30:05"),
        ("hour:minute", "24:30", None),
    ],
)
def test_texts_as_dates(written, text, expected):
    moments = parse_dates(column(None, text), written)
    assert moments.dtype == "datetime64[us]"
    np.testing.assert_array_equal(moments, np.array([NAT, expected or NAT], "datetime64[us]"))


@given(st.datetimes(min_value=datetime.datetime(1600, 1, 1), max_value=datetime.datetime(2199, 12, 31)))
def test_every_format_reads_what_was_written(moment):
    ways = {
        "year-month-day": "{:%Y-%m-%d %H:%M:%S.%f}", "month/day/year": "{:%m/%d/%Y %I:%M:%S.%f %p}",
        "day.month.year": "{:%d.%m.%Y %H:%M:%S.%f}", "day month-name year": "{:%d %B %Y %H:%M:%S.%f}",
        "month-name day, year": "{:%b %d, %Y %H:%M:%S.%f}", "yearmonthday": "{:%Y%m%d %H:%M:%S.%f}",
    }  # fmt: skip
    for written, way in ways.items():
        assert parse_dates(column(way.format(moment)), written)[0] == np.datetime64(moment, "us")
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    assert parse_dates(column(f"{moment:%Y-%m}"), "year-month")[0] == np.datetime64(first, "us")
    clock = moment.replace(year=1970, month=1, day=1)
    assert parse_dates(column(f"{moment:%H:%M:%S.%f}"), "hour:minute")[0] == np.datetime64(clock, "us")
    assert set(ways) | {"year-month", "hour:minute"} == set(FORMATS)


def test_many_texts_are_taken_apart_piece_by_piece(monkeypatch):
    monkeypatch.setattr("trainyard.data.dates.PIECE", 3)
    texts = pa.chunked_array([["2020-01-01", "2020-01-02"], ["x"], ["2020-01-04", "2020-01-05", None, "2020-01-07"]])
    expected = ["2020-01-01", "2020-01-02", NAT, "2020-01-04", "2020-01-05", NAT, "2020-01-07"]
    np.testing.assert_array_equal(parse_dates(texts, "year-month-day"), np.array(expected, "datetime64[us]"))


def test_no_dates_at_all():
    assert parse_dates(pa.chunked_array([], pa.string()), "year-month-day").shape == (0,)
    assert np.isnat(parse_dates(column(None, type=pa.string()), "day month-name year")).all()


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ((datetime.date(2020, 1, 3), None), pa.date32(), "2020-01-03"),
        ((datetime.datetime(2020, 1, 3, 4), None), pa.timestamp("s"), "2020-01-03T04"),
        ((datetime.datetime(2020, 1, 3, 4), None), pa.timestamp("ns", "Europe/Berlin"), "2020-01-03T04"),
        ((datetime.time(4, 30), None), pa.time32("s"), "1970-01-01T04:30"),
        ((20200103, None), pa.int64(), "2020-01-03"),
        ((20200103.0, None), pa.float64(), "2020-01-03"),
        (("20200103", None), pa.string(), "2020-01-03"),
        (("2020-01-03", None), pa.string(), "2020-01-03"),
    ],
)
def test_every_type_of_date(values, kind, expected):
    moments = read_moments(column(*values, type=kind), "yearmonthday")
    np.testing.assert_array_equal(moments, np.array([expected, NAT], "datetime64[us]"))


@pytest.mark.parametrize(
    ("values", "row", "expected"),
    [
        (("2020-01-01", "soon"), 1, "a date written day.month.year"),
        ((True,), 0, "a date"),
        ((datetime.timedelta(1),), 0, "a date"),
    ],
)
def test_no_date(values, row, expected):
    with pytest.raises(WrongValueError) as caught:
        read_moments(column(*values), "day.month.year")
    assert (caught.value.row, caught.value.expected) == (row, expected)


def test_parts_of_a_moment():
    parts = expand(np.array(["2020-03-04T18:00", "1969-12-31T00:00"], "datetime64[us]"))  # a Wednesday both times
    np.testing.assert_array_equal(parts["year"], [2020, 1969])
    np.testing.assert_array_equal(parts["elapsed"], [18325.75, -1])
    np.testing.assert_allclose(parts["month sin"], np.sin(2 * np.pi * np.array([2, 11]) / 12))
    np.testing.assert_allclose(parts["month cos"], np.cos(2 * np.pi * np.array([2, 11]) / 12))
    np.testing.assert_allclose(parts["weekday sin"], np.sin(2 * np.pi * np.array([2, 2]) / 7))
    np.testing.assert_allclose(parts["weekday cos"], np.cos(2 * np.pi * np.array([2, 2]) / 7))
    np.testing.assert_allclose(parts["time sin"], [-1, 0], atol=1e-15)
    np.testing.assert_allclose(parts["time cos"], [0, 1], atol=1e-15)
