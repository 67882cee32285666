import datetime
import json

import numpy as np
import pyarrow as pa
import pytest

from tests.data.tables import column
from trainyard.data.encode import encoder_from_dict
from trainyard.data.encoders import (
    BooleanEncoder,
    CategoryEncoder,
    DatetimeEncoder,
    NumericEncoder,
)
from trainyard.data.transforms import Identity, Standard
from trainyard.data.values import WrongValueError


def written(encoder, raw, dtype=np.float32):
    out = np.full((len(raw), (encoder.codes and 1) or len(encoder.features)), 99, np.int32 if encoder.codes else dtype)
    encoder.write(raw, out)
    again = np.empty_like(out)
    encoder_from_dict(json.loads(json.dumps(encoder.to_dict()))).write(raw, again)
    assert again.tobytes() == out.tobytes()
    return out.tolist()


def test_numbers():
    encoder = NumericEncoder("age", "double", fill=30.0, transform=Standard(20, 5), indicator=True)
    assert encoder.features == ("age", "age is missing")
    assert written(encoder, column(25, None)) == [[1, 0], [2, 1]]
    assert written(encoder, column("25", " ")) == [[1, 0], [2, 1]]


def test_numbers_without_an_indicator():
    encoder = NumericEncoder("age", "double", fill=30.0, transform=Standard(20, 5), indicator=False)
    assert encoder.features == ("age",)
    assert written(encoder, column(25.0, float("nan"))) == [[1], [2]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_numbers_too_large_for_x_are_held_at_the_largest(dtype):
    encoder = NumericEncoder("age", "double", fill=0.0, transform=Standard(0, 1e-10), indicator=False)
    largest = float(np.finfo(dtype).max)
    assert written(encoder, column(1e307, -1e307), dtype) == [[largest], [-largest]]


def test_flags():
    encoder = BooleanEncoder("alone", "boolean", indicator=True)
    assert encoder.features == ("alone", "alone is missing")
    assert written(encoder, column(True, False, None)) == [[1, 0], [-1, 0], [0, 1]]
    assert written(encoder, column("yes", "no", None)) == [[1, 0], [-1, 0], [0, 1]]


def test_one_hot_categories():
    encoder = CategoryEncoder("deck", "string", ("A", "B"), missing=True, embedded=False)
    assert encoder.features == ("deck=A", "deck=B", "deck is missing")
    assert encoder.codes == 0
    assert written(encoder, column("B", "A", None, "Z")) == [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]]


def test_missing_is_never_seen_where_training_had_none():
    encoder = CategoryEncoder("deck", "string", ("A", "B"), missing=False, embedded=False)
    assert written(encoder, column(None, "A")) == [[0, 0], [1, 0]]


def test_embedded_categories():
    encoder = CategoryEncoder("zip", "long", ("7", "12"), missing=True, embedded=True)
    assert encoder.features == ()
    assert encoder.codes == 4
    assert written(encoder, column(12, 7, None, 99)) == [[2], [1], [3], [0]]
    assert written(encoder, column(12.0, 7.0, float("nan"), 99.5)) == [[2], [1], [3], [0]]
    assert written(encoder, column("12", "7", "", "x")) == [[2], [1], [3], [0]]


def test_dates():
    parts = {"year": Standard(2020, 2), "time cos": Identity()}
    fill = int(np.datetime64("2024-01-01T12:00", "us").astype(np.int64))
    encoder = DatetimeEncoder("sold", "datetime", "day.month.year", fill, parts, indicator=True)
    assert encoder.features == ("sold: year", "sold: time cos", "sold is missing")
    expected = [[1, 1, 0], [2, -1, 1]]
    assert written(encoder, column(datetime.datetime(2022, 5, 1), None)) == expected
    assert written(encoder, column("1.5.2022", None)) == expected
    assert written(encoder, column("2022-05-01", None)) == expected


@pytest.mark.parametrize(
    "encoder",
    [
        NumericEncoder("c", "double", 0.0, Identity(), False),
        BooleanEncoder("c", "boolean", False),
        DatetimeEncoder("c", "datetime", "year-month-day", 0, {"year": Identity()}, False),
        CategoryEncoder("c", "string", ("a",), False, False),
    ],
)
def test_lists_are_refused(encoder):
    with pytest.raises(WrongValueError):
        encoder.write(pa.chunked_array([pa.array([[1]])]), np.empty((1, 1), np.float32))


def test_a_kind_that_is_not_known():
    with pytest.raises(ValueError, match="'graph' is no kind of column"):
        encoder_from_dict({"kind": "graph", "name": "c"})
