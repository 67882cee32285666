import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from trainyard.config.schema.dataset import Column, Csv, Digits, Salmon
from trainyard.data import identity
from trainyard.data.identity import SPELLINGS, cache_key, check_files, files_of, read_paths
from trainyard.errors import DataError

DIGITS = Digits(name="digits", target=("digit",))
SALMON = Salmon(name="salmon", target=("length_mm",))


@pytest.fixture
def fish(tmp_path):
    (tmp_path / "fish.csv").write_text("a,b\n1,2\n")
    return Csv(name="fish", target=("b",), path=str(tmp_path / "fish.csv"))


def key(dataset, task="auto", double=False, **more):
    return cache_key(dataset, task=task, double=double, **more)


def other(value):
    """A value of the same type that is another."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, tuple):
        return (*value, "other")
    if isinstance(value, dict):
        return {"a": Column(kind="category")}
    return "other"


@pytest.mark.parametrize("dataset", [DIGITS, SALMON], ids=["digits", "salmon"])
def test_every_choice_makes_another_key(dataset):
    keys = [key(dataset), key(dataset, task="regression"), key(dataset, double=True),
            key(dataset, target_transform="log")]
    changed = [field.name for field in fields(dataset) if field.name not in SPELLINGS]
    keys += [key(replace(dataset, **{name: other(getattr(dataset, name))})) for name in changed]
    assert len(set(keys)) == len(changed) + 4


def test_the_name_of_a_dataset_makes_none():
    assert key(replace(DIGITS, name="other")) == key(DIGITS)


def test_bytes_count_and_places_do_not(fish, tmp_path, monkeypatch):
    before = key(fish)
    (tmp_path / "sub").mkdir()
    copy = tmp_path / "sub" / "salmon.csv"
    copy.write_bytes((tmp_path / "fish.csv").read_bytes())
    assert key(replace(fish, path=str(copy))) == before
    monkeypatch.chdir(copy.parent)
    assert key(replace(fish, path="salmon.csv")) == before
    monkeypatch.setenv("HOME", str(copy.parent))
    assert key(replace(fish, path="~/salmon.csv")) == before
    copy.write_text("a,b\n1,3\n")
    assert key(replace(fish, path=str(copy))) != before


def test_the_kind_of_file_counts(fish, tmp_path):
    (tmp_path / "fish.tsv").write_bytes((tmp_path / "fish.csv").read_bytes())
    assert key(replace(fish, path=str(tmp_path / "fish.tsv"))) != key(fish)


def test_which_file_is_which_part_counts(fish):
    as_val, as_test = replace(fish, val_path=fish.path), replace(fish, test_path=fish.path)
    assert len({key(fish), key(as_val), key(as_test)}) == 3
    assert list(files_of(as_test)) == ["train", "test"]
    assert list(files_of(replace(as_test, split="random"))) == ["train"]


def test_versions_count(monkeypatch):
    before = key(DIGITS), key(SALMON)
    monkeypatch.setattr(identity, "version", lambda package: "0.1")
    assert key(DIGITS) != before[0]
    assert key(SALMON) == before[1]  # scikit-learn has no part in it
    monkeypatch.setattr(identity, "code_version", lambda: "other")
    assert key(SALMON) != before[1]


def test_what_is_read_is_named_by_part(fish):
    assert read_paths(DIGITS) == read_paths(SALMON) == {}
    assert read_paths(fish) == {"train": Path(fish.path)}
    both = read_paths(replace(fish, test_path="~/test.csv"))
    assert both == {"train": Path(fish.path), "test": Path.home() / "test.csv"}


def test_faults_of_all_files_at_once(fish, tmp_path):
    dataset = replace(fish, path=str(tmp_path / "fsh.csv"), test_path=str(tmp_path))
    with pytest.raises(DataError) as caught:
        check_files(dataset)
    assert caught.value.faults == (
        f"There is no file fsh.csv in {tmp_path} (dataset.path={tmp_path / 'fsh.csv'}); did you mean fish.csv?",
        f"{tmp_path} is a folder, but dataset.test_path names one file. It holds fish.csv.",
    )
    check_files(DIGITS)


def test_a_key_is_found_without_readers():
    script = (
        "import sys; from trainyard.data.identity import cache_key\n"
        "from trainyard.config.schema.dataset import Digits\n"
        "print(cache_key(Digits(name='d', target=('digit',)), task='auto', double=False))\n"
        "print([name for name in ('sklearn', 'pyarrow', 'pandas', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == [key(DIGITS), "[]"]
