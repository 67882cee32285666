from dataclasses import replace
from pathlib import Path

import pytest

from trainyard.config.schema.dataset import Arrays, Csv, CustomDataset, Digits, Idx, ImageFolder, Salmon
from trainyard.data.origin import check_files, files_of, handed_over, origin_of, read_paths
from trainyard.data.sources import load_source
from trainyard.errors import DataError

DIGITS = Digits(name="digits", target=("digit",))
SALMON = Salmon(name="salmon", target=("length_mm",))
WAVES = Arrays(name="waves", target=("y",), path="/data/x.npy", y_path="/data/y.npy")


def test_files_by_what_they_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table = Csv(name="t", target=("y",), path="train.csv", test_path="~/test.csv")
    monkeypatch.setenv("HOME", "/home/me")
    assert {part: (key, str(path)) for part, (key, path) in files_of(table).items()} == {
        "train": ("path", str(tmp_path / "train.csv")), "test": ("test_path", "/home/me/test.csv"),
    }  # fmt: skip
    assert list(files_of(replace(table, split="random"))) == ["train"]
    assert list(files_of(WAVES)) == ["x", "y"]
    assert list(files_of(replace(WAVES, weight="/data/w.npy"))) == ["x", "y", "weight"]
    assert list(files_of(replace(WAVES, path="/data/w.npz", y_path=None, weight="w"))) == ["x"]
    assert list(files_of(replace(SALMON, path="fish.csv"))) == ["train"]
    assert files_of(SALMON) == {}


def test_what_is_read_is_named_by_part(tmp_path):
    assert read_paths(DIGITS) == read_paths(SALMON) == {}
    assert read_paths(replace(SALMON, path="/data/fish.csv")) == {"train": Path("/data/fish.csv")}
    assert read_paths(WAVES) == {"x": Path("/data/x.npy"), "y": Path("/data/y.npy")}


def test_where_rows_come_from_is_known_without_reading_them():
    assert origin_of(WAVES) == "/data/x.npy, /data/y.npy"
    assert origin_of(SALMON) == "simulated: Atlantic salmon, 4000 fish, seed 0"
    assert origin_of(replace(SALMON, path="/data/fish.csv")) == "/data/fish.csv"
    assert origin_of(DIGITS).startswith("scikit-learn ")
    assert origin_of(DIGITS).endswith(": load_digits")
    assert origin_of(CustomDataset(name="x", target=("y",), _target_="own.load")) == "your own own.load"


def faults_of(dataset):
    with pytest.raises(DataError) as caught:
        check_files(dataset)
    return list(caught.value.faults)


def test_faults_of_all_files_at_once(tmp_path):
    (tmp_path / "fish.csv").write_text("a,b\n1,2\n")
    dataset = Csv(name="fish", target=("b",), path=str(tmp_path / "fsh.csv"), test_path=str(tmp_path))
    assert faults_of(dataset) == [
        f"There is no file fsh.csv in {tmp_path} (dataset.path={tmp_path / 'fsh.csv'}); did you mean fish.csv?",
        f"{tmp_path} is a folder, but dataset.test_path names one file. It holds fish.csv.",
    ]
    check_files(DIGITS)


@pytest.mark.parametrize("kind", [Idx, ImageFolder])
def test_a_file_in_the_place_of_a_folder(tmp_path, kind):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"x")
    path = tmp_path / "train-images-idx3-ubyte"
    dataset = kind(name="x", target=("label",), path=str(path))
    assert faults_of(dataset) == [f"{path} is a file, but dataset.path names a folder. Did you mean {tmp_path}?"]
    nowhere = replace(dataset, path=str(tmp_path / "mnist"))
    assert faults_of(nowhere) == [f"There is no folder mnist in {tmp_path} (dataset.path={tmp_path / 'mnist'})."]
    away = replace(dataset, path="s3://bucket/mnist")
    assert faults_of(away) == [
        "dataset.path=s3:/bucket/mnist is an address, but only files are read. Download it first."
    ]


def test_arrays_end_in_npz_or_npy(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    dataset = replace(WAVES, path=str(tmp_path / "x.csv"), y_path=None)
    assert faults_of(dataset) == [
        "x.csv ends in .csv, which is not read; endings that work: .npz, .npy. Save it as one of them and set "
        "dataset.path."
    ]


def test_rows_that_a_program_had_at_hand_lie_nowhere():
    rows = CustomDataset(name="rows", target=("y",), _target_="python.rows")
    assert (handed_over(rows), handed_over(replace(rows, _target_="mine.rows")), handed_over(DIGITS)) == (
        True, False, False)  # fmt: skip
    assert origin_of(rows) == "handed over in Python"
    for check in (check_files, load_source):
        with pytest.raises(DataError, match=r"handed over in Python, and no run keeps them\. Name others by dataset="):
            check(rows)
