import json
import subprocess
import sys
from dataclasses import fields, replace

import pytest

from trainyard.config.schema.augment import Augment
from trainyard.config.schema.dataset import Csv, CustomDataset, Digits, Idx, ImageFolder, Salmon
from trainyard.config.schema.dataset_keys import Column
from trainyard.data import identity
from trainyard.data.identity import (
    SPELLINGS,
    cache_key,
    choices_of,
    first_key,
    module_md5,
    raw_choices,
    remember_rows,
    row_choices,
    rows_of,
)
from trainyard.lineage.digest import bytes_md5

DIGITS = Digits(name="digits", target=("digit",))
SALMON = Salmon(name="salmon", target=("length_mm",))


@pytest.fixture
def fish(tmp_path):
    (tmp_path / "fish.csv").write_text("a,b\n1,2\n")
    return Csv(name="fish", target=("b",), path=str(tmp_path / "fish.csv"))


def key(dataset, task="auto", double=False, rows="rows", **more):
    return cache_key(dataset, rows, task=task, double=double, **more)


def full_key(dataset):
    return cache_key(dataset, rows_of(dataset), task="auto", double=False)


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
    changed = [field.name for field in fields(dataset) if field.name in choices_of(dataset)]
    keys += [key(dataset, rows="others")]
    keys += [key(replace(dataset, **{name: other(getattr(dataset, name))})) for name in changed]
    assert len(set(keys)) == len(changed) + 5


@pytest.mark.parametrize("change", [{"name": "other"}, {"path": "digits.csv"}, {"augment": Augment(noise=0.1)}])
def test_names_places_and_augmentation_make_none(change):
    assert key(replace(DIGITS, **change)) == key(DIGITS)
    assert set(change) <= set(SPELLINGS)


def test_how_a_built_in_is_made_shows_in_its_rows_alone():
    assert key(replace(SALMON, growth_rate=0.4)) == key(SALMON)
    assert first_key(replace(SALMON, growth_rate=0.4)) != first_key(SALMON)
    assert first_key(replace(SALMON, name="other", val_fraction=0.2)) == first_key(SALMON)


def test_a_built_in_is_known_once_it_was_made(tmp_path):
    assert rows_of(SALMON, tmp_path) is None
    remember_rows(SALMON, "5" * 32, tmp_path)
    assert rows_of(SALMON, tmp_path) == "5" * 32
    assert rows_of(replace(SALMON, rows=5000), tmp_path) is None


def test_a_built_in_is_the_same_whether_it_is_made_or_read_from_a_file(tmp_path):
    (tmp_path / "fish.csv").write_text("rows\n")
    remember_rows(SALMON, bytes_md5(b"rows\n"), tmp_path)
    read = replace(SALMON, path=str(tmp_path / "fish.csv"))
    assert key(SALMON, rows=rows_of(SALMON, tmp_path)) == key(read, rows=rows_of(read, tmp_path))


def test_bytes_count_and_places_do_not(fish, tmp_path, monkeypatch):
    before = full_key(fish)
    (tmp_path / "sub").mkdir()
    copy = tmp_path / "sub" / "salmon.csv"
    copy.write_bytes((tmp_path / "fish.csv").read_bytes())
    assert full_key(replace(fish, path=str(copy))) == before
    monkeypatch.chdir(copy.parent)
    assert full_key(replace(fish, path="salmon.csv")) == before
    monkeypatch.setenv("HOME", str(copy.parent))
    assert full_key(replace(fish, path="~/salmon.csv")) == before
    copy.write_text("a,b\n1,3\n")
    assert full_key(replace(fish, path=str(copy))) != before


def test_the_kind_of_file_counts(fish, tmp_path):
    (tmp_path / "fish.tsv").write_bytes((tmp_path / "fish.csv").read_bytes())
    assert full_key(replace(fish, path=str(tmp_path / "fish.tsv"))) != full_key(fish)


def test_which_file_is_which_part_counts(fish):
    as_val, as_test = replace(fish, val_path=fish.path), replace(fish, test_path=fish.path)
    assert len({full_key(fish), full_key(as_val), full_key(as_test)}) == 3


def test_versions_count(monkeypatch):
    before = first_key(DIGITS), key(DIGITS)
    monkeypatch.setattr(identity, "version", lambda package: "0.1")
    assert first_key(DIGITS) != before[0]
    assert key(DIGITS) == before[1]  # scikit-learn's shows in the rows
    monkeypatch.setattr(identity, "code_version", lambda: "other")
    assert key(DIGITS) != before[1]


@pytest.mark.parametrize("kind", [Idx, ImageFolder])
def test_a_folder_counts_by_its_files(kind, tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "one").write_text("1")
    dataset = kind(name="x", target=("label",), path=str(tmp_path / "images"))
    before = full_key(dataset)
    (tmp_path / "images").rename(tmp_path / "pictures")
    assert full_key(replace(dataset, path=str(tmp_path / "pictures"))) == before
    (tmp_path / "pictures" / "two").write_text("2")
    assert full_key(replace(dataset, path=str(tmp_path / "pictures"))) != before


@pytest.mark.parametrize("dataset", [DIGITS, SALMON, CustomDataset(name="x", target=("y",), _target_="own.rows.load")],
                         ids=["digits", "salmon", "custom"])  # fmt: skip
def test_every_key_says_which_rows_there_are_or_what_becomes_of_them_or_neither(dataset):
    raw, rows = raw_choices(dataset), row_choices(dataset)
    neither = {"name", "path", "augment"}
    assert {*raw, *rows, *neither} >= {field.name for field in fields(dataset) if field.metadata.get("public", True)}
    assert not {*raw, *rows} & {*neither}
    assert set(json.loads(json.dumps(raw | rows))) == {*raw, *rows}


def test_how_rows_are_made_and_what_becomes_of_them_are_told_apart():
    grown, divided = replace(SALMON, growth_rate=0.4), replace(SALMON, val_fraction=0.3)
    assert raw_choices(grown) == raw_choices(SALMON) | {"growth_rate": 0.4}
    assert raw_choices(divided) == raw_choices(SALMON)
    assert row_choices(divided) == row_choices(SALMON) | {"val_fraction": 0.3}
    assert row_choices(grown) == row_choices(SALMON)
    assert raw_choices(replace(DIGITS, name="other", path="d.csv", augment=Augment(noise=0.1))) == {"source": "digits"}


def test_rows_of_a_file_are_as_they_are_and_those_of_a_function_are_made_by_its_arguments(fish):
    assert raw_choices(fish) == {"source": "csv"}
    made = CustomDataset(name="x", target=("y",), _target_="own.rows.load", arguments={"n": 3}, version="2")
    assert raw_choices(made) == {"source": "custom", "_target_": "own.rows.load", "arguments": {"n": 3}, "version": "2"}


def test_a_function_of_ones_own_counts_by_its_module_arguments_and_version(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "__init__.py").write_text("raise SystemExit('imported')")
    (tmp_path / "own" / "rows.py").write_text("raise SystemExit('imported')")
    dataset = CustomDataset(name="x", target=("y",), _target_="own.rows.load", arguments={"n": 3})
    keys = [full_key(dataset)]
    keys += [full_key(replace(dataset, **change)) for change in ({"arguments": {"n": 4}}, {"version": "2"})]
    (tmp_path / "own" / "rows.py").write_text("def load(n): ...")
    keys += [full_key(dataset)]
    assert len(set(keys)) == 4
    assert module_md5("own.load") == bytes_md5(b"raise SystemExit('imported')")
    assert module_md5("json.decoder.JSONDecoder") is not None
    assert module_md5("nowhere.load") is None


def test_a_key_is_found_without_readers():
    script = (
        "import sys; from trainyard.data.identity import cache_key\n"
        "from trainyard.config.schema.dataset import Digits\n"
        "print(cache_key(Digits(name='d', target=('digit',)), 'rows', task='auto', double=False))\n"
        "print([name for name in ('sklearn', 'pyarrow', 'pandas', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == [key(DIGITS), "[]"]
