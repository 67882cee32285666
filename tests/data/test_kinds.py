import datetime

import numpy as np
import pyarrow as pa
import pytest

from tests.data.tables import column
from trainyard.data.kinds import infer_kind

MONTHS = [f"{month:02}" for month in range(1, 13)]


def names(count):
    return [f"name {number}" for number in range(count)]


@pytest.mark.parametrize(
    ("name", "values", "kind", "reason"),
    [
        ("x", [1.5, 2.5, None], "numeric", ""),
        ("x", list(range(50)), "numeric", ""),
        ("x", [1, 2, 3] * 20, "numeric", ""),  # few whole numbers stay numbers
        ("x", [datetime.timedelta(1), datetime.timedelta(2)], "numeric", ""),
        ("x", ["1", " 2.5", "1e3"], "numeric", ""),
        ("x", [True, False, None], "boolean", ""),
        ("x", ["yes", "No", None], "boolean", ""),
        ("x", ["T", "F"] * 3, "boolean", ""),
        ("x", ["yes", "no", "maybe"] * 3, "category", ""),
        ("x", ["m", "f"] * 3, "category", ""),
        ("x", ["007", "12", "12", "007"], "category", ""),
        ("x", ["007", "K", *["12"] * 40], "category", ""),
        ("x", [f"{number:05}" for number in range(30)], "identifier", "is an identifier: every value is different, "
         "such as '00000'"),
        ("uid", [*range(0, 60, 2)], "identifier", "is an identifier: every value is different"),
        ("fluid", [*range(0, 60, 2)], "numeric", ""),
        ("x", ["a", "b", "a", None], "category", ""),
        ("x", ["1", "2", "2", "3", "K", "K"], "category", ""),
        ("x", [datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)], "datetime", ""),
        ("x", [datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 2)], "datetime", ""),
        ("x", [datetime.time(1), datetime.time(2)], "datetime", ""),
        ("x", [None, None], "empty", "has no values in the training part"),
        ("x", ["", " ", None], "empty", "has no values in the training part"),
        ("x", [float("nan"), None], "empty", "has no values in the training part"),
        ("x", [7.5, float("nan"), 7.5], "category", ""),
        ("x", [7, 7, 7], "empty", "is always 7 in the training part"),
        ("x", [False, False], "empty", "is always False in the training part"),
        ("x", ["a", "a "], "empty", "is always 'a' in the training part"),
        ("x", [7, None, 7], "category", ""),  # there or not
        ("x", ["a", None], "category", ""),
        ("x", [[1], [2]], "empty", "holds values of type list<item: int64>, which are not understood"),
        ("x", names(30), "identifier", "is an identifier: every value is different, such as 'name 0'"),
        ("x", [*names(30), "name 0", "name 0"], "identifier", "is an identifier: 30 of 32 values are different, "
         "such as 'name 0'"),
        ("x", [f"{name} came in by the side door" for name in names(30)], "identifier",
         "is free text: 8 words a value, every value is different"),
        ("PassengerId", list(range(30)), "identifier", "is an identifier: every value is different"),
        ("row_id", list(range(30)), "identifier", "is an identifier: every value is different"),
        ("unnamed_1", list(range(30)), "identifier", "is an identifier: every value is different"),
        ("paid", list(range(30)), "numeric", ""),
        ("grid", list(range(30)), "numeric", ""),
        ("store_id", [1, 5, 9] * 10, "category", ""),
        ("zip", [90210, 10001] * 10, "category", ""),
        ("zip", [90210.0, None, 10001.0] * 10, "category", ""),
        ("zip", [90210.5, None, 10001.0] * 10, "numeric", ""),
        ("postcode", list(range(100, 130)), "numeric", ""),
    ],
)  # fmt: skip
def test_kinds(name, values, kind, reason):
    guess = infer_kind(name, column(*values))
    assert (guess.kind, guess.reason) == (kind, reason)


def test_kinds_of_other_types():
    assert infer_kind("x", column("a", "b", "a").dictionary_encode()).kind == "category"
    assert infer_kind("x", column("a", "b", "a", type=pa.large_string())).kind == "category"
    assert infer_kind("x", column(b"a", b"b")).kind == "empty"


def test_categories_by_name_are_noted():
    assert infer_kind("store_id", column(*[1, 5] * 9)).note == (
        "store_id is read as a category, by its name; dataset.columns.store_id.kind=numeric makes it a number."
    )
    assert infer_kind("x", column(*["007", "12"] * 9)).note == (
        "x is read as a category, since numbers in it have leading zeros; dataset.columns.x.kind=numeric makes it a "
        "number."
    )
    assert "read as a number" in infer_kind("zip", column(*range(100, 130))).note


@pytest.mark.parametrize(
    ("values", "written"),
    [
        (["2020-01-31", "2020-02-01 10:00"], "year-month-day"),
        (["2020/01/31", None, "2021/1/1"], "year-month-day"),
        (["31.1.2020", "1.2.2020"], "day.month.year"),
        (["1/31/2020", "2/1/2020"], "month/day/year"),
        (["31/1/20", "1/2/20"], "day.month.year"),
        (["3 Jan 2020", "4 February 2020"], "day month-name year"),
        (["Jan 3, 2020", "February 4, 2020"], "month-name day, year"),
        (["2020-01", "2020-02"], "year-month"),
        (["9:30", "14:45"], "hour:minute"),
    ],
)
def test_texts_that_are_dates(values, written):
    guess = infer_kind("when", column(*values))
    assert (guess.kind, guess.written, guess.note) == ("datetime", written, "")


@pytest.mark.parametrize(("mark", "written", "other"), [
    ("/", "month/day/year", "day.month.year"), (".", "day.month.year", "month/day/year"),
])  # fmt: skip
def test_days_that_may_be_months_are_noted(mark, written, other):
    guess = infer_kind("when", column(*[f"{month}{mark}05{mark}2020" for month in MONTHS]))
    assert (guess.kind, guess.written) == ("datetime", written)
    assert guess.note == (f"when is read as {written}, but {other} fits all its values as well. If that is what they "
                          "are, write them year-month-day.")  # fmt: skip


def test_strays_among_numbers_and_dates():
    numbers = [str(number) for number in range(100)]
    assert infer_kind("x", column(*numbers, "?")).reason == "numbers"
    assert infer_kind("x", column(*numbers, *["unknown"] * 60)).reason == "numbers"  # one spelling, however often
    assert infer_kind("x", column(*[f"{number},5" for number in numbers])).reason == "numbers"
    assert infer_kind("x", column(*numbers, *[f"A/{number}" for number in range(30)])).kind == "identifier"
    days = [f"2020-03-{day:02}" for day in range(1, 32)]
    guess = infer_kind("x", column(*days, "0000-00-00"))
    assert (guess.kind, guess.reason, guess.written) == ("stray", "dates", "year-month-day")


def test_kinds_of_many_values_are_found_fast():
    texts = pa.chunked_array([pa.array(np.char.add("customer ", np.arange(200_000).astype(str)))])
    assert infer_kind("x", texts).kind == "identifier"
