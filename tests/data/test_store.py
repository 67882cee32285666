import json
import os
from dataclasses import fields

import numpy as np
import pytest

from trainyard.config.schema.dataset import Csv, Iris
from trainyard.data.prepared import Part
from trainyard.data.store import DamagedError, load, write
from trainyard.data.summary import LeftOut, Summary

IRIS = Iris(name="iris", target=("species",))
SUMMARY = Summary(
    rows={"train": 5, "val": 2, "test": 3}, dropped=0, split="stratified", kinds={"numeric": 4},
    left_out=(LeftOut("id", "it numbers the rows"),), numeric=4, one_hot=0, indicators=0, embedded=0,
    task="classification", task_reason="text", duplicates={"test": 1}, notes=("a note",),
)  # fmt: skip
META = {
    "task": "classification", "numeric": 4, "category_sizes": [], "image_shape": None, "classes": ["a", "b"],
    "class_counts": [3, 2], "targets": ["species"], "target_mean": [], "target_scale": [],
    "target_powers": [],
    "preprocessing": {"columns": []}, "digest": "0" * 32,
    "example": [{"x": 1.5}, {"x": None}], "probe_x": [[1.5], [0.0]], "probe_codes": [[], []],
    "summary": SUMMARY.to_dict(),
}  # fmt: skip


def part(rows, weight=None):
    x = np.arange(rows * 4, dtype=np.float32).reshape(rows, 4)
    return Part(x=x, codes=np.empty((rows, 0), np.int32), y=np.arange(rows), weight=weight, rows=np.arange(rows) * 2)


PARTS = {"train": part(5), "val": part(2), "test": part(3, weight=np.array([1, 2, 0.5], np.float32))}


@pytest.fixture
def entry(tmp_path):
    folder = tmp_path / "entry"
    folder.mkdir()
    write(folder, PARTS, META)
    return folder


def test_what_is_written_is_loaded(entry):
    prepared = load(entry, "key", IRIS)
    for name, written in PARTS.items():
        loaded = getattr(prepared, name)
        assert len(loaded) == len(written)
        for field in fields(Part):
            old, new = getattr(written, field.name), getattr(loaded, field.name)
            assert (old is None) == (new is None)
            if old is not None:
                assert (new.dtype, new.shape) == (old.dtype, old.shape)
                assert np.array_equal(new, old)
    assert prepared.classes == ("a", "b")
    assert prepared.class_counts == (3, 2)
    assert prepared.summary == SUMMARY
    assert prepared.image_shape is None
    assert (prepared.category_sizes, prepared.target_mean, prepared.targets) == ((), (), ("species",))
    assert (prepared.key, prepared.folder, prepared.dataset_name, prepared.source) == ("key", entry, "iris", "iris")
    assert (prepared.digest, prepared.example) == ("0" * 32, [{"x": 1.5}, {"x": None}])
    assert prepared.origin.endswith(": load_iris")


def test_arrays_are_mapped_and_cannot_be_written(entry):
    x = load(entry, "key", IRIS).train.x
    assert isinstance(x, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        x[0] = 1


def test_a_mapped_entry_outlives_its_files(entry):
    x = load(entry, "key", IRIS).train.x
    for file in entry.iterdir():
        file.unlink()
    assert np.array_equal(x, PARTS["train"].x)


def test_the_origin_of_files_is_where_they_lie_now(entry, tmp_path):
    dataset = Csv(name="fish", target=("b",), path="fish.csv", test_path="/data/more.csv")
    assert load(entry, "key", dataset).origin == f"{tmp_path.__class__.cwd() / 'fish.csv'}, /data/more.csv"


def damage(file, how):
    if how == "missing":
        file.unlink()
    elif how == "cut off":
        os.truncate(file, file.stat().st_size - 1)
    elif how == "empty":
        os.truncate(file, 0)
    else:
        file.write_bytes(file.read_bytes() + b"x")


@pytest.mark.parametrize("how", ["missing", "cut off", "empty", "longer"])
@pytest.mark.parametrize("name", ["meta.json", "train_x.npy", "val_codes.npy", "test_weight.npy"])
def test_damage_is_seen(entry, name, how):
    damage(entry / name, how)
    with pytest.raises(DamagedError):
        load(entry, "key", IRIS)


@pytest.mark.parametrize("text", ["[]", "3", "{}", json.dumps({**META, "arrays": {}, "summary": {}})])
def test_meta_data_of_another_making_are_damage(entry, text):
    (entry / "meta.json").write_text(text)
    with pytest.raises(DamagedError):
        load(entry, "key", IRIS)


def test_no_entry(tmp_path):
    with pytest.raises(DamagedError):
        load(tmp_path / "none", "key", IRIS)
