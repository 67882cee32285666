import json
from datetime import date, datetime, time, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.tables import csv, source_of
from trainyard.data.assemble import assemble
from trainyard.data.encode import Encoder
from trainyard.data.table import table_from
from trainyard.errors import DataError


def mixed_source(rows=400):
    """A table with a column of every kind, with missing values in each."""
    rng = np.random.default_rng(3)

    def holes(values, part):
        return [None if hole else value for value, hole in zip(values, rng.random(rows) < part, strict=True)]

    days = np.datetime64("2019-01-01T00:00", "us") + rng.integers(0, 3e13, rows).astype("timedelta64[us]")
    return source_of({
        "amount": holes(rng.lognormal(3, 2, rows).tolist(), 0.1),
        "count": holes(rng.integers(0, 9, rows).tolist(), 0.1),
        "flag": holes((rng.random(rows) < 0.3).tolist(), 0.1),
        "color": holes(rng.choice(["red", "green", "blue"], rows).tolist(), 0.1),
        "store_id": holes((rng.integers(0, 40, rows) ** 2).tolist(), 0.1),
        "when": holes(days.tolist(), 0.1),
        "day": holes([f"{day:%d.%m.%Y}" for day in days.tolist()], 0.1),
        "y": rng.normal(size=rows),
    })  # fmt: skip


@pytest.fixture(scope="module", params=["standard", "robust", "quantile", "none"])
def assembled(request):
    source = mixed_source()
    return source, assemble(source, csv(transform=request.param), "auto", False)


@pytest.fixture(scope="module")
def encoder(assembled):
    return Encoder.from_dict(assembled[1].preprocessing)


def test_the_card_alone_gives_the_bytes_of_the_preparation(assembled):
    source, made = assembled
    encoder = Encoder.from_dict(json.loads(json.dumps(made.preprocessing)))
    assert encoder.to_dict() == made.preprocessing
    for part in (made.train, made.val, made.test):
        x, codes = encoder.encode(source.table.take(pa.array(part.rows)))
        assert x.tobytes() == part.x.tobytes()
        assert codes.tobytes() == part.codes.tobytes()
        assert (x.dtype, codes.dtype) == (np.float32, np.int32)
        assert np.isfinite(x).all()
    assert x.shape[1] == len(encoder.features) == len(set(encoder.features))
    assert encoder.embedded == ("store_id",)
    assert codes.max() < encoder.category_sizes[0]


def test_columns_in_any_order_and_others_besides(assembled, encoder):
    source, _ = assembled
    shuffled = source.table.select(sorted(source.table.column_names, reverse=True)).append_column("z", [[None] * 400])
    for one, other in zip(encoder.encode(source.table), encoder.encode(shuffled), strict=True):
        assert one.tobytes() == other.tobytes()


raw_rows = st.fixed_dictionaries({
    "amount": st.none() | st.floats(allow_infinity=False) | st.floats(0, 1e3).map(str),
    "count": st.none() | st.integers(-5, 20) | st.integers(-5, 20).map(str),
    "flag": st.none() | st.booleans(),
    "color": st.none() | st.sampled_from(["red", "green", "blue", "violet", ""]),
    "store_id": st.none() | st.integers(0, 40).map(lambda root: root**2),
    "when": st.none() | st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1)),
    "day": st.none() | st.dates().filter(lambda day: day.year > 1600).map(lambda day: f"{day:%d.%m.%Y}"),
})  # fmt: skip


@settings(max_examples=25)
@given(rows=st.lists(raw_rows, min_size=1, max_size=12))
def test_a_row_gives_the_same_bytes_alone_and_among_others(encoder, rows):
    x, codes = encoder.encode(table_from(rows, encoder.names))
    for place, row in enumerate(rows):
        alone_x, alone_codes = encoder.encode(table_from([row], encoder.names))
        assert alone_x.tobytes() == x[place].tobytes()
        assert alone_codes.tobytes() == codes[place].tobytes()
    picked = np.arange(len(rows))[::-2]
    assert encoder.encode(table_from(rows, encoder.names), rows=picked)[0].tobytes() == x[picked].tobytes()


def test_faults_of_raw_rows_all_at_once(encoder):
    rows = {"amont": [1.0, 2.0], "count": [1.0, float("inf")], "flag": ["yes", "maybe"], "color": ["red", "red"],
            "store_id": [1, 4], "when": ["2020-01-01", "soon"], "day": ["1.2.2020", None]}  # fmt: skip
    with pytest.raises(DataError) as caught:
        encoder.encode(table_from(rows, encoder.names))
    assert caught.value.faults == (
        "There is no column amount, which the model was trained on; did you mean amont?",
        "Column count holds inf (row 2), which is not a finite number.",
        "Column flag holds 'maybe' (row 2), which is not true or false.",
        "Column when holds 'soon' (row 2), which is not a date written year-month-day.",
    )


WRONG = {
    "amount": ["abc", "inf", "1e999", "4", None, ""], "flag": ["maybe", "yes", None], "when": ["soon", "2020-05-17"],
    "color": ["mauve", None], "day": ["17.05.2020", "x", None],
}  # fmt: skip


@settings(max_examples=25)
@given(rows=st.lists(st.fixed_dictionaries({name: st.sampled_from(some) for name, some in WRONG.items()}), max_size=12))
def test_each_row_that_is_refused_is_found_with_all_that_is_wrong_with_it(encoder, rows):
    rows = [{"count": 1, "store_id": 4, **row} for row in rows]
    expected = {}
    for number, row in enumerate(rows):
        try:
            encoder.encode(table_from([row], encoder.names))
        except DataError as error:
            expected[number] = [fault.replace(" (row 1)", "") for fault in error.faults]
    assert encoder.wrong_rows(table_from(rows, encoder.names)) == expected


def test_a_fault_names_the_row_of_the_table_and_its_place():
    source = mixed_source()
    encoder = Encoder.from_dict(assemble(source, csv(), "auto", False).preprocessing)
    table = source.table.set_column(1, "count", [["3"] * 399 + ["three"]])
    with pytest.raises(DataError, match=r"^Column count holds 'three' \(line 400\), which is not a number\.$"):
        encoder.encode(table, rows=np.array([5, 399]), where=lambda row: f"line {row + 1}")


def test_a_column_given_twice(encoder):
    columns = [pa.array([1.0]) for _ in encoder.names]
    table = pa.Table.from_arrays([*columns, columns[0]], names=[*encoder.names, "amount"])
    with pytest.raises(DataError, match="There are 2 columns amount; rename all but one"):
        encoder.encode(table)


def test_example_rows_come_back_through_json():
    rows = 60
    seconds = list(range(0, rows * 1000, 1000))
    noon = datetime(2020, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    source = source_of({
        "day": [date(2020, 1, 1) + timedelta(days=second // 1000) for second in seconds],
        "clock": [time(second // 3600, second // 60 % 60, second % 60) for second in seconds],
        "moment": [noon + timedelta(seconds=second) for second in seconds],
        "span": [timedelta(seconds=second) for second in seconds],
        "flag": [second % 3000 == 0 for second in seconds],
        "y": np.random.default_rng(0).normal(size=rows),
    })  # fmt: skip
    made = assemble(source, csv(), "auto", False)
    encoder = Encoder.from_dict(made.preprocessing)
    x, _ = encoder.encode(table_from(json.loads(json.dumps(made.example)), encoder.names))
    np.testing.assert_array_equal(x, made.train.x[:2])


def test_no_rows():
    source = mixed_source()
    encoder = Encoder.from_dict(assemble(source, csv(), "auto", True).preprocessing)
    x, codes = encoder.encode(table_from([], encoder.names))
    assert (x.shape, codes.shape) == ((0, len(encoder.features)), (0, 1))
    assert x.dtype == np.float64


def test_a_later_version_is_refused():
    with pytest.raises(DataError, match=r"The preprocessing is of version 2, but this trainyard reads version 1\."):
        Encoder.from_dict({"version": 2})
