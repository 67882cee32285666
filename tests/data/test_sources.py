import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trainyard.config.schema.dataset import Csv, Iris, Salmon
from trainyard.data.sources import load_source
from trainyard.errors import DataError


def csv(path, **choices):
    return Csv(name="fish", target=("b",), path=str(path), **choices)


@pytest.fixture
def files(tmp_path):
    def put(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.csv").write_text(text)
        paths = {name: str(tmp_path / f"{name}.csv") for name in texts}
        return csv(paths["train"], val_path=paths.get("val"), test_path=paths.get("test"))

    return put


def test_built_in_and_simulated():
    assert load_source(Iris(name="iris", target=("species",))).table.num_rows == 150
    assert load_source(Salmon(name="salmon", target=("length_mm",), rows=12)).table.num_rows == 12


def test_one_file(tmp_path):
    path = tmp_path / "fish.csv"
    path.write_bytes(b'a,b\n1,2\n\n"3",4\n')
    source = load_source(csv(path))
    assert source.table.to_pydict() == {"a": [1, 3], "b": [2, 4]}
    assert source.digest == hashlib.md5(path.read_bytes()).hexdigest()
    assert (source.origin, source.paths, source.parts, source.pixels) == (str(path), (path,), None, None)
    assert [source.locate(row) for row in (0, 1)] == [(path, 2), (path, 4)]
    assert source.where(1) == "fish.csv, line 4"


def test_a_relative_path_starts_at_the_current_folder(tmp_path, monkeypatch):
    (tmp_path / "fish.csv").write_text("a,b\n1,2\n")
    monkeypatch.chdir(tmp_path)
    assert load_source(csv("fish.csv")).paths == (tmp_path / "fish.csv",)


def test_a_binary_file_has_rows_instead_of_lines(tmp_path):
    path = tmp_path / "fish.parquet"
    pq.write_table(pa.table({"a": [1, 3], "b": [2, 4]}), path)
    source = load_source(csv(path))
    assert source.locate(1) == (path, 2)
    assert source.where(1) == "fish.parquet, row 2"


def test_rows_without_a_file_have_numbers():
    source = load_source(Iris(name="iris", target=("species",)))
    assert source.locate(6) == (None, 7)
    assert source.where(6) == "row 7"


def test_several_files(files):
    dataset = files(train="a,b\n1,2\n3,4\n", val="b,a\n6,5\n", test="a,b,c\n7.5,,1\n")
    source = load_source(dataset)
    assert source.table.to_pydict() == {"a": [1, 3, 5, 7.5], "b": [2, 4, 6, None]}
    assert source.parts.tolist() == ["train", "train", "val", "test"]
    assert source.notes == ("test.csv: left out c, which train.csv does not have.",)
    assert [source.where(row) for row in range(4)] == [
        "train.csv, line 2", "train.csv, line 3", "val.csv, line 2", "test.csv, line 2",
    ]  # fmt: skip
    assert source.origin == f"{dataset.path}, {dataset.val_path}, {dataset.test_path}"
    assert source.digest != load_source(files(train="a,b\n1,2\n3,4\n", val="b,a\n6,5\n")).digest


def test_other_splits_leave_the_other_files_alone(files):
    dataset = files(train="a,b\n1,2\n", test="a,b\n1,2\n")
    alone = Csv(**{**vars(dataset), "split": "random"})
    source = load_source(alone)
    assert (source.parts, source.table.num_rows) == (None, 1)


def test_all_faults_of_all_files_are_listed(files, tmp_path):
    dataset = files(train="a,b\n1\n", val="", test="a;b\n1;2\n")
    with pytest.raises(DataError) as caught:
        load_source(dataset)
    assert caught.value.faults == (
        "train.csv: 1 of 1 rows does not have the 2 fields of the header, first line 2 with 1. "
        "Complete or remove such rows.",
        f"{tmp_path / 'val.csv'} is empty: 0 bytes.",
        "test.csv has one column when cut at each comma, and its header holds a semicolon. "
        "Set dataset.delimiter=semicolon.",
    )


def test_columns_that_a_file_lacks(files):
    with pytest.raises(DataError) as caught:
        load_source(files(train="length,weight,b\n1,2,3\n", test="lenght,x,b\n1,2,3\n", val="b\n1\n"))
    assert caught.value.faults == (
        "val.csv has no column length, which train.csv has. If it is not needed, write dataset.ignore=[length].",
        "val.csv has no column weight, which train.csv has. If it is not needed, write dataset.ignore=[weight].",
        "test.csv has no column length, which train.csv has; did you mean its lenght? If it is not needed, write "
        "dataset.ignore=[length].",
        "test.csv has no column weight, which train.csv has. If it is not needed, write dataset.ignore=[weight].",
    )


def test_columns_of_other_kinds(files):
    with pytest.raises(DataError) as caught:
        load_source(files(train="a,b\n1,true\n2,false\n", test="a,b\n\n3,2024-01-01\n4,2024-01-01\nmany,2024-01-01\n"))
    assert caught.value.faults == (
        "Column a is int64 in train.csv and string in test.csv: test.csv, line 5 holds 'many'.",
        "Column b is bool in train.csv and date32[day] in test.csv. Give it one kind in all files.",
    )


@pytest.mark.parametrize(("one", "two", "kind"), [
    ("1", "2.5", "double"), ("NA", "x", "string"), ("2024-01-01", "2024-01-01 10:00", "timestamp[s]"),
    ("1", "NA", "int64"),
])  # fmt: skip
def test_kinds_that_fit(files, one, two, kind):
    source = load_source(files(train=f"a,b\n{one},1\n", test=f"a,b\n{two},1\n"))
    assert str(source.table.schema.field("a").type) == kind
    assert source.parts.dtype == np.dtype("<U5")
