import datetime
import json

import numpy as np

from tests.data.tables import source_of
from trainyard.data.example import example_rows


def test_complete_rows_of_train_come_first():
    table = source_of({"a": [1, 2, None, 4, 5], "b": ["u", None, "w", "x", "y"], "c": [0] * 5}).table
    assert example_rows(table, ["a", "b"], np.array([1, 2, 3, 4])) == [{"a": 4, "b": "x"}, {"a": 5, "b": "y"}]
    assert example_rows(table, ["a"], np.array([2, 3])) == [{"a": None}, {"a": 4}]
    assert example_rows(table, ["a"], np.array([3])) == [{"a": 4}]


def test_values_are_json():
    values = {
        "day": datetime.date(2020, 1, 2), "time": datetime.time(3, 4), "moment": datetime.datetime(2020, 1, 2, 3),
        "span": datetime.timedelta(seconds=90), "number": 1.5, "gap": float("nan"), "flag": True, "text": "x",
    }  # fmt: skip
    table = source_of({name: [value] for name, value in values.items()}).table
    rows = example_rows(table, list(values), np.array([0]))
    assert json.loads(json.dumps(rows)) == [{
        "day": "2020-01-02", "time": "03:04:00", "moment": "2020-01-02T03:00:00", "span": 90, "number": 1.5,
        "gap": None, "flag": True, "text": "x",
    }]  # fmt: skip
