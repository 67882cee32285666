import sys

import numpy as np
import pytest

from trainyard.config.schema.dataset import CustomDataset
from trainyard.data.custom import load_custom
from trainyard.errors import ConfigError, DataError

MODULE = """
import numpy as np
import pandas as pd

X, Y = np.arange(24.0).reshape(4, 2, 3), np.array([0, 1, 0, 1])


def frame(rows=3):
    return pd.DataFrame({"a": range(rows), "b": ["u"] * rows, "y": [0.5] * rows})


def columns():
    return {"a": [1, 2], "y": [0.5, float("nan")]}


def pair():
    return X, Y


def named():
    return {"x": X, "y": Y, "weight": np.ones(4)}


def one():
    return X


def nothing():
    return None


def empty():
    return pd.DataFrame({"a": [], "y": []})


def broken():
    raise ValueError("no fish today")
"""


@pytest.fixture(autouse=True)
def _module(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "ownrows", raising=False)
    (tmp_path / "ownrows.py").write_text(MODULE)


def load(function, trusted=("ownrows",), **options):
    return load_custom(CustomDataset(name="mine", target=("y",), _target_=f"ownrows.{function}", **options), trusted)


def test_a_frame_and_a_dict_of_columns():
    source = load("frame", arguments={"rows": 2})
    assert source.table.to_pydict() == {"a": [0, 1], "b": ["u", "u"], "y": [0.5, 0.5]}
    assert source.origin == "your own ownrows.frame"
    assert source.digest != load("frame").digest
    assert load("columns").table.to_pydict() == {"a": [1, 2], "y": [0.5, None]}


def test_arrays_as_a_pair_or_by_name():
    pair, named = load("pair"), load("named", weight="w")
    assert pair.pixels.shape == named.pixels.shape == (1, 2, 3)
    assert pair.table.column_names == ["y"]
    assert named.table["w"].to_pylist() == [1, 1, 1, 1]
    assert pair.digest != named.digest
    np.testing.assert_array_equal(pair.pixels.read(np.array([3])).ravel(), np.arange(18, 24))


@pytest.mark.parametrize(("function", "fault"), [
    ("broken", "dataset._target_=ownrows.broken raised ValueError: no fish today"),
    ("one", "dataset._target_=ownrows.one returned one array of the shape (4, 2, 3). Return a tuple (x, y)."),
    ("nothing", "dataset._target_=ownrows.nothing returned NoneType. Rows come as a pandas DataFrame"),
    ("empty", "dataset._target_=ownrows.empty returned a table without rows."),
])  # fmt: skip
def test_what_a_function_may_not_do(function, fault):
    with pytest.raises(DataError) as caught:
        load(function)
    [found] = caught.value.faults
    assert found.startswith(fault)


def test_a_package_that_is_not_trusted_is_not_imported():
    with pytest.raises(ConfigError, match=r"ownrows is not trusted; to run code of it, write trusted=\[ownrows\]"):
        load("frame", trusted=())
    assert "ownrows" not in sys.modules
