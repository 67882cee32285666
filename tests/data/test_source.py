from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from trainyard.data.source import Source, SourceFile

TABLE = pa.table({"a": range(5)})


@pytest.fixture
def source():
    """Two rows in a text file and three in a Parquet file."""
    asked = []

    def find_lines():
        asked.append(1)
        return np.array([2, 5])

    text = SourceFile(Path("/data/train.csv"), 2, find_lines)
    return Source(TABLE, "0" * 32, "here", files=(text, SourceFile(Path("/data/test.parquet"), 3))), asked


def test_rows_are_found_in_their_file(source):
    source, _ = source
    assert [source.locate(row) for row in range(5)] == [
        (Path("/data/train.csv"), 2), (Path("/data/train.csv"), 5), (Path("/data/test.parquet"), 1),
        (Path("/data/test.parquet"), 2), (Path("/data/test.parquet"), 3),
    ]  # fmt: skip
    assert source.where(1) == "train.csv, line 5"
    assert source.where(4) == "test.parquet, row 3"
    assert source.paths == (Path("/data/train.csv"), Path("/data/test.parquet"))


def test_lines_are_looked_up_once_and_only_for_messages(source):
    source, asked = source
    source.where(3)
    assert asked == []
    source.where(0)
    source.locate(1)
    assert asked == [1]


def test_rows_that_are_files_have_their_names():
    assert Source(TABLE, "0" * 32, "here", names=("cat/1.png", "cat/2.png")).where(1) == "cat/2.png"


def test_rows_without_files_are_counted_from_one():
    source = Source(TABLE, "0" * 32, "simulated")
    assert (source.locate(4), source.where(4)) == ((None, 5), "row 5")


def test_faults_name_the_files_that_they_do_not_name_themselves(source):
    faults = ["The target y is always 1.", "Column x holds 'a' (test.parquet, row 2)."]
    assert source[0].named(faults) == ["train.csv and test.parquet: The target y is always 1.", faults[1]]
    assert Source(TABLE, "0" * 32, "simulated").named(faults) == faults
