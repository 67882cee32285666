"""Preparing as a whole: once, whole, found again, and what happens when the process that does it fails."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainyard.config.schema.augment import Augment
from trainyard.config.schema.dataset import Csv, Digits, Iris, Salmon
from trainyard.data import prepare as module
from trainyard.data.build import build
from trainyard.data.cache import Cache
from trainyard.data.export import export_csv
from trainyard.data.prepare import crash, prepare
from trainyard.data.source import Source
from trainyard.data.sources import made_anew
from trainyard.errors import DataError, TrainyardError
from trainyard.lineage.digest import file_md5

SALMON = Salmon(name="salmon", target=("length_mm",), rows=60)
IRIS = Iris(name="iris", target=("species",))
DIGITS = Digits(name="digits", target=("digit",))
SCRIPT = """
import sys, time
from pathlib import Path
from trainyard.config.schema.dataset import Salmon
from trainyard.data import prepare as module
run = module.run_child
def count(request, folder):
    print("made", flush=True)
    return run(request, folder)
module.run_child = count
opened = module.subprocess.Popen
def tell(*command, **options):
    child = opened(*command, **options)
    print(child.pid, flush=True)
    return child
module.subprocess.Popen = tell
salmon = Salmon(name="salmon", target=("length_mm",), rows=int(sys.argv[2]))
prepared = module.prepare(salmon, task="auto", double=False, root=Path(sys.argv[1]))
print(prepared.train.x.sum(), sorted({"sklearn", "pandas", "pyarrow", "torch"} & set(sys.modules)))
"""


def get(dataset, root, task="auto", double=False):
    return prepare(dataset, task=task, double=double, root=root)


def files(prepared):
    return {file.name: file.read_bytes() for file in prepared.folder.iterdir()}


def no_child(monkeypatch):
    monkeypatch.setattr(module, "run_child", lambda *_: pytest.fail("prepared again"))


@pytest.fixture
def fish(tmp_path):
    path = tmp_path / "fish.csv"
    path.write_text("age,length\n" + "".join(f"{row % 17},{row * 1.5}\n" for row in range(80)))
    return Csv(name="fish", target=("length",), path=str(path))


@pytest.fixture
def in_process(monkeypatch):
    """Prepares without a child, which is a second faster."""
    monkeypatch.setattr(module, "run_child", lambda request, folder: build(request, folder / "entry"))


@pytest.fixture
def interpreter(tmp_path, monkeypatch):
    """Has a shell script run in place of the child."""

    def use(script):
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(path))

    return use


def test_prepared_once_and_found_again(tmp_path, monkeypatch):
    cold = get(SALMON, tmp_path)
    assert (cold.dataset_name, cold.source, cold.task, cold.numeric) == ("salmon", "salmon", "regression", 2)
    assert cold.origin == "simulated: Atlantic salmon, 60 fish, seed 0"
    assert len(cold.train) + len(cold.val) + len(cold.test) == 60
    assert cold.folder == tmp_path / ".trainyard" / "cache" / cold.key
    no_child(monkeypatch)
    warm = get(SALMON, tmp_path)
    for name in ("train", "val", "test"):
        for field, array in vars(getattr(warm, name)).items():
            assert np.array_equal(array, getattr(getattr(cold, name), field))
    assert (warm.preprocessing, warm.summary, warm.example) == (cold.preprocessing, cold.summary, cold.example)
    assert {path.name for path in Cache.of(tmp_path).folder.iterdir()} == {cold.key, "locks"}


def test_images(tmp_path, in_process):
    prepared = get(DIGITS, tmp_path)
    assert prepared.image_shape == (1, 8, 8)
    assert prepared.classes == tuple(range(10))
    assert prepared.numeric == prepared.train.x.shape[1] == 64
    assert prepared.digest == "225f0cc772a7ea810671a921e0ad52f0"


@pytest.mark.parametrize("dataset", [SALMON, IRIS, DIGITS], ids=["salmon", "iris", "digits"])
def test_exported_rows_are_found_as_the_built_in_that_they_came_from(dataset, tmp_path, in_process, monkeypatch):
    made = get(dataset, tmp_path)
    path = tmp_path / "rows.csv"
    path.write_bytes(export_csv(Source(made_anew(dataset), "", "")))
    no_child(monkeypatch)
    read = get(replace(dataset, path=str(path)), tmp_path)
    assert (read.key, read.digest, read.origin) == (made.key, file_md5(path), str(path))
    assert get(dataset, tmp_path).origin == made.origin


def test_exported_rows_alone_give_the_bytes_of_the_built_in(tmp_path, in_process):
    path = tmp_path / "rows.csv"
    path.write_bytes(export_csv(Source(made_anew(DIGITS), "", "")))
    read = get(replace(DIGITS, path=str(path)), tmp_path / "read")
    assert files(read) == files(get(DIGITS, tmp_path / "made"))


def test_rows_that_were_made_before_are_known_for_other_choices(tmp_path, in_process, monkeypatch):
    one = get(SALMON, tmp_path)
    monkeypatch.setattr(module, "prepare_first", lambda *_: pytest.fail("made to be known"))
    assert get(replace(SALMON, val_fraction=0.2), tmp_path).key != one.key


def test_augmentation_of_images_is_refused_for_a_table(fish, tmp_path, in_process):
    with pytest.raises(DataError) as caught:
        get(replace(fish, augment=Augment(rotate=10)), tmp_path)
    assert caught.value.faults == (
        "dataset.augment.rotate is for images, but the rows of fish are a table. "
        "Leave it out; noise and mixup work for tables.",
    )
    assert get(replace(fish, augment=Augment(noise=0.1)), tmp_path).key == get(fish, tmp_path).key


def test_the_same_bytes_in_another_project_from_another_folder(fish, tmp_path, monkeypatch):
    one = get(fish, tmp_path / "one")
    monkeypatch.chdir(tmp_path)
    two = get(replace(fish, path="fish.csv"), Path("two"))
    assert two.folder.is_absolute()
    assert one.key == two.key
    assert files(one) == files(two)


def test_float64(fish, tmp_path, in_process):
    assert get(fish, tmp_path).train.x.dtype == np.float32
    double = get(fish, tmp_path, double=True)
    assert (double.train.x.dtype, double.train.y.dtype) == (np.float64, np.float64)


def test_equal_bytes_elsewhere_are_found_and_named_by_where_they_are(fish, tmp_path, monkeypatch, in_process):
    get(fish, tmp_path)
    moved = Path(fish.path).rename(tmp_path / "salmon.csv")
    no_child(monkeypatch)
    prepared = get(replace(fish, name="other", path=str(moved)), tmp_path)
    assert (prepared.dataset_name, prepared.origin) == ("other", str(moved))


def test_an_edited_file_is_prepared_again(fish, tmp_path, in_process):
    before = get(fish, tmp_path)
    with open(fish.path, "a") as file:
        file.write("3,70\n")
    after = get(fish, tmp_path)
    assert after.key != before.key
    assert sum(after.summary.rows.values()) == sum(before.summary.rows.values()) + 1


def test_four_processes_at_once_prepare_once(tmp_path):
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), "200"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    outputs = [process.communicate(timeout=60)[0].splitlines() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert sorted(len(lines) for lines in outputs) == [1, 1, 1, 3]
    assert len({lines[-1] for lines in outputs}) == 1
    assert outputs[0][-1].endswith("[]")  # nothing heavy was imported, cold or warm


def test_a_warm_load_takes_30_ms(tmp_path, in_process):
    get(SALMON, tmp_path)
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        get(SALMON, tmp_path)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.030


@pytest.mark.parametrize("how", ["cut off", "missing"])
def test_a_damaged_entry_is_made_again(fish, tmp_path, how, in_process):
    prepared = get(fish, tmp_path)
    whole, folder = files(prepared), prepared.folder
    del prepared
    if how == "missing":
        (folder / "meta.json").unlink()
    else:
        os.truncate(folder / "train_x.npy", 100)
    assert files(get(fish, tmp_path)) == whole


def test_the_cache_keeps_to_its_limit(tmp_path, in_process, monkeypatch):
    monkeypatch.setenv("TRAINYARD_CACHE_GIB", "0")
    keys = [get(replace(SALMON, simulation_seed=seed), tmp_path).key for seed in range(2)]
    assert {path.name for path in Cache.of(tmp_path).folder.iterdir()} == {keys[1], "locks"}


def test_faults_of_the_data_come_back(tmp_path):
    path = tmp_path / "fish.csv"
    path.write_text("a,b\n1,2,3\n")
    with pytest.raises(DataError) as caught:
        get(Csv(name="fish", target=("b",), path=str(path)), tmp_path)
    assert caught.value.faults == (
        "fish.csv: 1 of 1 rows does not have the 2 fields of the header, first line 2 with 3. "
        "A text that holds the delimiter needs quotes.",
    )
    assert {entry.name for entry in Cache.of(tmp_path).folder.iterdir()} == {"locks"}


def test_a_missing_file_needs_no_child(fish, tmp_path, monkeypatch):
    no_child(monkeypatch)
    with pytest.raises(DataError, match="There is no file fsh"):
        get(replace(fish, path=str(tmp_path / "fsh.csv")), tmp_path)


def test_a_crash_is_a_sentence(tmp_path, interpreter):
    interpreter("echo 'numpy.ArrayMemoryError: Unable to allocate 8 TiB' >&2; exit 3")
    with pytest.raises(TrainyardError) as caught:
        get(SALMON, tmp_path)
    assert str(caught.value) == (
        "The process that prepares the dataset salmon ended with exit code 3. Perhaps it ran out of memory. "
        "Its last words: numpy.ArrayMemoryError: Unable to allocate 8 TiB"
    )
    assert not isinstance(caught.value, DataError)


def test_a_kill_is_a_sentence(tmp_path, interpreter):
    interpreter("kill -9 $$")
    with pytest.raises(TrainyardError) as caught:
        get(SALMON, tmp_path)
    assert str(caught.value) == (
        "The process that prepares the dataset salmon was ended by SIGKILL. Perhaps it ran out of memory."
    )


def test_last_words_are_cut():
    words = crash("fish", 1, "x" * 10_000 + "\n")
    assert words == "The process that prepares the dataset fish ended with exit code 1. Its last words: " + "x" * 600


def test_a_file_changed_while_it_is_read(fish, tmp_path, interpreter):
    interpreter(f"echo 5,6 >> {fish.path}; exec {sys.executable} \"$@\"")
    with pytest.raises(DataError) as caught:
        get(fish, tmp_path)
    assert caught.value.faults == ("The files of fish were changed while they were read. Run it again.",)
    assert len(list(Cache.of(tmp_path).folder.iterdir())) == 1


def test_a_cache_that_cannot_be_written(tmp_path):
    (tmp_path / ".trainyard").write_text("a file in the way")
    with pytest.raises(TrainyardError, match=r"The dataset salmon cannot be prepared under .*: \[Errno"):
        get(SALMON, tmp_path)


def test_the_current_folder_shadows_no_module(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit('shadowed')")
    monkeypatch.chdir(tmp_path)
    assert get(SALMON, tmp_path).task == "regression"


def gone(pid):
    """Whether a process has ended, waiting up to five seconds for it; one that nobody waits for counts as ended."""
    state = Path(f"/proc/{pid}/stat")
    for _ in range(100):
        try:
            os.kill(pid, 0)
            if state.exists() and state.read_text().split()[2] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_child_ends_with_its_parent(tmp_path, kind):
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), "3000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout.readline() == b"made\n"
        child = int(parent.stdout.readline())
        time.sleep(0.5)  # it reads
        start = time.monotonic()
        parent.send_signal(kind)
        assert parent.wait(10) != 0
    assert gone(child)
    assert time.monotonic() - start < 2
    cache = Cache.of(tmp_path)
    assert len(list(cache.folder.glob("*.new"))) == (0 if kind == signal.SIGINT else 1)
    cache.shrink(0)
    assert list(cache.folder.glob("*.new")) == []


def test_the_entry_holds_no_trace_of_the_making(tmp_path, in_process):
    prepared = get(SALMON, tmp_path)
    assert all(name == "meta.json" or name.endswith(".npy") for name in files(prepared))
    assert str(tmp_path) not in json.dumps(json.loads((prepared.folder / "meta.json").read_text()))
