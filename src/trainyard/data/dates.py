"""Dates and times: from texts in the usual ways of writing them, and to the numbers that a network takes."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainyard.data.buffers import number_array, text_array, unpacked
from trainyard.data.values import NO_TEXT, WrongValueError, all_values, decoded, flags, missing, read_texts

DAY = 86_400_000_000  # microseconds
MONTHS = text_array(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))
MONTH_NAME = r"(?P<b>(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))[A-Za-z]{0,6}\.?"
YEAR = r"(?P<Y>\d{4}|\d{2})"
TIME = (r"(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?(?: ?(?P<p>[AaPp])\.?[Mm]\.?)?"
        r"(?: ?(?P<z>Z|UTC|[+-]\d{2}:?\d{2}))?")  # fmt: skip
DATES = {
    "year-month-day": r"(?P<Y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})",
    "month/day/year": rf"(?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})[-/.]{YEAR}",
    "day.month.year": rf"(?P<d>\d{{1,2}})[-/.](?P<m>\d{{1,2}})[-/.]{YEAR}",
    "day month-name year": rf"(?P<d>\d{{1,2}})[ -]?{MONTH_NAME},?[ -]?{YEAR}",
    "month-name day, year": rf"{MONTH_NAME} ?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<Y>\d{{4}})",
    "year-month": r"(?P<Y>\d{4})-(?P<m>\d{1,2})",
    "yearmonthday": r"(?P<Y>(?:1[6-9]|20|21)\d{2})(?P<m>\d{2})(?P<d>\d{2})",
}
FORMATS = {written: rf"^{date}(?:[ T]+{TIME})?$" for written, date in DATES.items()} | {"hour:minute": rf"^{TIME}$"}
WRITTEN = tuple(name for name in FORMATS if name != "yearmonthday")  # which cannot be taken for numbers
PIECE = 1 << 19  # texts that are taken apart at once
PIVOT = 69  # a year of two digits from here on lies in the 1900s
HALVES = text_array("ap")  # of the day: am, pm
NOTHING, NO_ZONE = text_array(["", "+0000"])
FIELDS = ("Y", "m", "b", "d", "H", "M", "S", "f", "p", "z")


def read_moments(column: pa.ChunkedArray, written: str) -> np.ndarray:
    """(N,) datetime64[us], NaT where missing; those with a time zone in UTC. Raises WrongValueError.

    `written` is the format of texts and of whole numbers, a key of FORMATS; year-month-day is understood besides.
    """
    column = decoded(column)
    kind = column.type
    if pa.types.is_time(kind):
        column = column.cast(pa.time64("us"), safe=False).cast(pa.int64()).cast(pa.timestamp("us"))
    elif pa.types.is_string(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        texts = read_texts(column)
        moments: np.ndarray = parse_dates(texts, written)
        if written != "year-month-day":
            moments = np.where(np.isnat(moments), parse_dates(texts, "year-month-day"), moments)
        wrong = np.flatnonzero(np.isnat(moments) & ~missing(texts))
        if len(wrong):
            raise WrongValueError(wrong, column[int(wrong[0])].as_py(), f"a date written {written}")
        return moments
    elif not (pa.types.is_temporal(kind) or pa.types.is_null(kind)) or pa.types.is_duration(kind):
        raise WrongValueError(*all_values(column), "a date")
    return np.asarray(pc.cast(column, pa.timestamp("us"), safe=False).to_numpy(), dtype="datetime64[us]")


def parse_dates(texts: pa.ChunkedArray, written: str) -> np.ndarray:
    """(N,) datetime64[us], NaT for texts that are no date in this format or no day of the calendar.

    A time of day without a date is one of 1970-01-01.
    """
    pieces = []
    for start in range(0, len(texts), PIECE):
        encoded = pa.concat_arrays(texts.slice(start, PIECE).chunks).dictionary_encode()
        different = np.append(parse_piece(encoded.dictionary, FORMATS[written]), np.datetime64("NaT", "us"))
        pieces.append(different[unpacked(encoded.indices, np.int32, -1)])
    return np.concatenate([np.empty(0, "datetime64[us]"), *pieces])


def parse_piece(texts: pa.Array, pattern: str) -> np.ndarray:
    """(N,) datetime64[us] of texts by a pattern with named fields."""
    fields = pc.extract_regex(texts, pattern)
    named = {name: fields.field(name) for name in FIELDS if fields.type.get_field_index(name) >= 0}
    absent = missing(fields)
    numbers = {name: whole(named[name], absent) for name in "YmdHMS" if name in named}
    first = np.ones(len(fields), np.int64)
    month = places(named["b"], MONTHS) if "b" in named else numbers.get("m", first)
    day, year = numbers.get("d", first), numbers.get("Y", 1970 * first)
    year = year + np.where(year < 100, np.where(year < PIVOT, 2000, 1900), 0)
    hour, minute, second = (numbers[name] for name in "HMS")
    half = places(named["p"], HALVES)
    twelve = half > 0
    right = ~absent & (month >= 1) & (month <= 12) & (day >= 1) & (minute < 60) & (second < 60)
    right &= np.where(twelve, (hour >= 1) & (hour <= 12), hour < 24)
    hour = np.where(twelve, hour % 12 + 12 * (half == 2), hour)
    start = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
    date = start.astype("datetime64[D]") + (day - 1)
    right &= date.astype("datetime64[M]") == start
    clock = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fractions(named["f"], absent) - zones(named["z"], absent)
    moments = np.where(right, date.astype("datetime64[us]") + clock, np.datetime64("NaT", "us"))
    return np.asarray(moments)


def whole(digits: pa.Array, absent: np.ndarray) -> np.ndarray:
    """(N,) int64 of digits, 0 where there are none."""
    given = pc.and_(number_array(~absent), pc.cast(pc.binary_length(digits), pa.bool_()))
    return unpacked(pc.if_else(given, digits, NO_TEXT).cast(pa.int64()), np.int64, 0)


def places(texts: pa.Array, known: pa.Array) -> np.ndarray:
    """(N,) int64, 1 for the first of the known texts, in small letters; 0 for others."""
    return unpacked(pc.index_in(pc.utf8_lower(texts), known), np.int32, -1).astype(np.int64) + 1


def fractions(digits: pa.Array, absent: np.ndarray) -> np.ndarray:
    """(N,) int64 microseconds of the digits after a second's point."""
    six = pc.utf8_slice_codeunits(pc.utf8_rpad(pc.fill_null(digits, NOTHING), 6, "0"), 0, 6)
    return whole(six, absent)


def zones(zones_: pa.Array, absent: np.ndarray) -> np.ndarray:
    """(N,) int64 microseconds by which a zone's clock is ahead of UTC; without a zone 0."""
    signed = pc.replace_substring(pc.fill_null(zones_, NOTHING), ":", "")
    offset = pc.if_else(pc.match_substring_regex(signed, r"^[+-]\d{4}$"), signed, NO_ZONE)
    number = whole(pc.utf8_slice_codeunits(offset, 1, 5), absent)
    ahead = (number // 100 * 60 + number % 100) * 60_000_000
    behind = flags(pc.starts_with(offset, "-"))
    return np.asarray(np.where(behind, -ahead, ahead))


def circle(steps: int) -> np.ndarray:
    """(steps, 2) float64, sine and cosine around a circle."""
    angle = 2 * np.pi * np.arange(steps) / steps
    return np.stack([np.sin(angle), np.cos(angle)], axis=1)


MONTH_CIRCLE, WEEKDAY_CIRCLE = circle(12), circle(7)


def expand(moments: np.ndarray) -> dict[str, np.ndarray]:
    """The parts of moments (N,) datetime64[us] without NaT: name to (N,) float64.

    year; elapsed in days since 1970; sine and cosine of the month, the day of the week and the time of day.
    """
    microseconds = moments.astype(np.int64)
    days = microseconds // DAY
    month = MONTH_CIRCLE[moments.astype("datetime64[M]").astype(np.int64) % 12]
    weekday = WEEKDAY_CIRCLE[(days + 3) % 7]  # 1970-01-01 was a Thursday
    angle = (microseconds - days * DAY) * (2 * np.pi / DAY)
    return {
        "year": moments.astype("datetime64[Y]").astype(np.int64) + 1970.0,
        "elapsed": microseconds / DAY,
        "month sin": month[:, 0], "month cos": month[:, 1],
        "weekday sin": weekday[:, 0], "weekday cos": weekday[:, 1],
        "time sin": np.sin(angle), "time cos": np.cos(angle),
    }  # fmt: skip
