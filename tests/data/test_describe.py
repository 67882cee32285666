import datetime

import numpy as np

from tests.data.tables import source_of
from trainyard.data.describe import note_duplicates, note_missing
from trainyard.data.encode import Encoder
from trainyard.data.encoders import BooleanEncoder, CategoryEncoder, DatetimeEncoder, NumericEncoder
from trainyard.data.transforms import Identity


def test_a_few_repeated_rows_are_chance():
    rows = {"train": 70, "val": 15, "test": 15}
    assert note_duplicates({"val": 0, "test": 0}, rows) == []
    assert note_duplicates({"val": 0, "test": 2}, rows) == ["2 of 15 rows of test have the features of a row of train."]


def test_many_repeated_rows_are_a_warning():
    assert note_duplicates({"val": 7, "test": 6}, {"train": 70, "val": 15, "test": 15}) == [
        "7 of 15 rows of val and 6 of 15 rows of test have the features of a row of train. Metrics may come out too "
        "good; dataset.group keeps rows that belong together in one part."
    ]


def test_what_stands_in_for_missing_values():
    table = source_of({
        "a": [1.0, None, None, 9.0], "b": ["u", None, "v", "v"], "c": ["u", None, "v", "v"],
        "d": [True, None, None, None], "e": [datetime.date(2020, 1, 1), None, None, None], "f": [1, 2, 3, None],
    }).table  # fmt: skip
    day = int(np.datetime64("2020-01-01", "us").astype(np.int64))
    encoder = Encoder((
        NumericEncoder("a", "double", 1.0, Identity(), True), CategoryEncoder("b", "string", ("u",), True, False),
        CategoryEncoder("c", "string", ("u",), False, True), BooleanEncoder("d", "boolean", True),
        DatetimeEncoder("e", "datetime", "year-month-day", day, {"year": Identity()}, False),
        NumericEncoder("f", "double", 2.0, Identity(), False),
    ), "float32")  # fmt: skip
    assert note_missing(table, np.array([0, 1, 2]), encoder) == [
        "Missing values of the training part: a (66.7%, the median 1 and marked), b (33.3%, a category of its own), "
        "c (33.3%, as a category never seen), d (66.7%, between true and false and marked) and "
        "e (66.7%, the median 2020-01-01T00:00:00)."
    ]
    assert note_missing(table, np.array([0]), encoder) == []


def test_many_columns_with_missing_values_are_counted():
    names = [f"c{place}" for place in range(20)]
    table = source_of({name: [1.0, None] for name in names}).table
    encoder = Encoder(tuple(NumericEncoder(name, "double", 1.0, Identity(), False) for name in names), "float32")
    note = note_missing(table, np.array([0, 1]), encoder)[0]
    assert note.endswith("c7 (50.0%, the median 1) and 12 other columns.")
