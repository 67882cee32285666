"""Paths that are no table: the whole sentence for each."""

import pytest

from tests.data.table_files import fault_of, put


def test_no_such_file_names_the_nearest(tmp_path):
    put(tmp_path, "houses.csv", b"")
    path = tmp_path / "House.csv"
    assert fault_of(path) == (
        f"There is no file House.csv in {tmp_path} (dataset.path={path}); did you mean houses.csv?"
    )
    path = tmp_path / "data" / "houses.csv"
    assert fault_of(path) == f"There is no folder data in {tmp_path} (dataset.path={path})."
    path = tmp_path / "houses.csv" / "more.csv"
    assert fault_of(path) == f"There is no {path}: {tmp_path / 'houses.csv'} is a file, not a folder (dataset.path)."


def test_a_file_that_only_dvc_has(tmp_path):
    put(tmp_path, "houses.csv.dvc", b"outs: []")
    path = tmp_path / "houses.csv"
    assert fault_of(path) == (
        f"There is no file houses.csv in {tmp_path} (dataset.path={path}), but DVC has it: dvc pull {path}.dvc"
    )


def test_a_folder(tmp_path):
    assert fault_of(tmp_path) == f"{tmp_path} is a folder, but dataset.path names one file. It holds no such file."
    put(tmp_path, "b.parquet", b"")
    put(tmp_path, "a.csv.gz", b"")
    put(tmp_path, "notes.md", b"")
    assert fault_of(tmp_path) == (
        f"{tmp_path} is a folder, but dataset.path names one file. It holds a.csv.gz and b.parquet."
    )


def test_an_address(tmp_path):
    assert fault_of(tmp_path.__class__("s3://bucket/fish.csv")) == (
        "dataset.path=s3:/bucket/fish.csv is an address, but only files are read. Download it first."
    )


@pytest.mark.parametrize(("name", "ending"), [("fish.xlsx", ".xlsx"), ("fish", "nothing"), ("fish.gz", ".gz")])
def test_an_unknown_ending(tmp_path, name, ending):
    assert fault_of(put(tmp_path, name, b"a,b\n1,2\n")) == (
        f"{name} ends in {ending}, which is not read; endings that work: .csv, .tsv, .txt, .csv.gz, .tsv.gz, .txt.gz, "
        ".parquet, .pq, .feather, .arrow. Save it as one of them and set dataset.path."
    )
