from pathlib import Path

import pyarrow as pa
import pytest

from trainyard.data.join import joined
from trainyard.data.source import SourceFile
from trainyard.errors import DataError


def join(tables, **choices):
    tables = {part: pa.table(columns) for part, columns in tables.items()}
    files = {part: SourceFile(Path(f"/data/{part}.parquet"), len(table)) for part, table in tables.items()}
    return joined(tables, files, **choices)


def faults(**tables):
    with pytest.raises(DataError) as caught:
        join(tables)
    return caught.value.faults


def test_rows_in_order_with_the_columns_of_train():
    table, notes = join(
        {"train": {"a": [1], "b": ["x"]}, "val": {"b": ["y"], "a": [2]}, "test": {"c": [9], "b": ["z"], "a": [3]}}
    )
    assert table.to_pydict() == {"a": [1, 2, 3], "b": ["x", "y", "z"]}
    assert notes == ("test.parquet: left out c, which train.parquet does not have.",)


def test_the_widest_kind():
    table, _ = join({
        "train": {"number": [1], "missing": pa.nulls(1), "when": pa.array([0], pa.date32())},
        "test": {"number": [2.5], "missing": ["x"], "when": pa.array([10], pa.timestamp("s"))},
    })  # fmt: skip
    assert [str(kind) for kind in table.schema.types] == ["double", "string", "timestamp[s]"]
    assert table["number"].to_pylist() == [1.0, 2.5]


def test_columns_that_a_file_lacks():
    assert faults(train={"length": [1], "b": [1]}, test={"lenght": [1], "c": [1]}) == (
        "test.parquet has no column length, which train.parquet has; did you mean its lenght? If it is not needed, "
        "write dataset.ignore=[length].",
        "test.parquet has no column b, which train.parquet has. If it is not needed, write dataset.ignore=[b].",
    )


def test_a_column_that_is_needed_cannot_be_ignored():
    with pytest.raises(DataError, match=r"^test.parquet has no column y, which train.parquet has\.$"):
        join({"train": {"x": [1], "y": [1]}, "test": {"x": [1]}}, needed=["y"])


def test_a_column_that_is_ignored_may_be_missing():
    table, notes = join({"train": {"x": [1], "w": ["a"]}, "test": {"x": [2]}}, ignored=["w"])
    assert table.to_pydict() == {"x": [1, 2], "w": ["a", None]}
    assert notes == ()


def test_codes_with_leading_zeros_in_one_file_are_texts_in_all():
    table, _ = join({"train": {"zip": ["00501", "90210"]}, "test": {"zip": [90211, None]}})
    assert table["zip"].to_pylist() == ["00501", "90210", "90211", None]


def test_kinds_that_do_not_fit():
    assert faults(train={"a": [1, 2], "b": [True, False]}, test={"a": ["3", "many"], "b": [1.5, 2.5]}) == (
        "Column a is int64 in train.parquet and string in test.parquet: test.parquet, row 2 holds 'many'.",
        "Column b is bool in train.parquet and double in test.parquet. Give it one kind in all files.",
    )
