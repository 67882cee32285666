"""A dataset, prepared: from the cache when it was prepared before, else read and prepared in a process of its own."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, cast

from trainyard.config.schema.augment import ON_IMAGES, Augment
from trainyard.config.schema.dataset_keys import BuiltIn, Dataset
from trainyard.data.cache import Cache, limit_bytes
from trainyard.data.identity import cache_key, first_key, remember_rows, rows_of
from trainyard.data.origin import check_files
from trainyard.data.prepared import Prepared
from trainyard.data.request import Request, TaskChoice
from trainyard.data.store import META, DamagedError, load
from trainyard.errors import DataError, TrainyardError

TAIL = 600  # characters of a crashed child's last words


def prepare(
    dataset: Dataset, *, task: TaskChoice, double: bool, root: Path, target_transform: str = "none",
    trusted: tuple[str, ...] = (),
) -> Prepared:  # fmt: skip
    """The dataset split into train, val and test, transformed, as read-only arrays that are mapped from the cache.

    `task` "auto" takes the task from the target. `double` asks for float64 rather than float32. `root` is the project
    root, under which the cache lies. `target_transform` is that of numeric targets, and `trusted` names the packages
    whose functions a dataset may name. Raises DataError with all faults found, TrainyardError when the preparing
    process dies. Any number of processes may call this at once; one of them prepares.
    """
    check_files(dataset)
    limit = limit_bytes()
    memory = root.absolute() / ".trainyard" / "digests"
    request = Request(dataset, task, double, memory, target_transform, trusted)
    cache = Cache.of(root)
    try:
        prepared = prepare_known(cache, request, limit) or prepare_first(cache, request, limit)
    except OSError as error:
        raise TrainyardError(f"The dataset {dataset.name} cannot be prepared under {cache.folder}: {error}.") from error
    check_augment(dataset, prepared)
    return prepared


def prepare_known(cache: Cache, request: Request, limit: int) -> Prepared | None:
    """The dataset from the cache or made now; None for a built-in whose rows were never made here."""
    rows = rows_of(request.dataset, request.memory)
    if rows is None:
        return None
    key = key_of(request, rows)
    with cache.locked(key, shared=True):
        prepared = find(cache, key, request.dataset)
    if prepared is None:
        with cache.locked(key):
            prepared = find(cache, key, request.dataset) or make(cache, key, request)
        cache.shrink(limit, keep=key)
    return prepared


def key_of(request: Request, rows: Any) -> str:
    """The name of the preparation that is asked for, of rows that are identified so."""
    return cache_key(request.dataset, rows, task=request.task, double=request.double,
                     target_transform=request.target_transform)  # fmt: skip


def prepare_first(cache: Cache, request: Request, limit: int) -> Prepared:
    """A built-in made for the first time: what identifies it is known only after that."""
    dataset = cast(BuiltIn, request.dataset)
    first = first_key(dataset)
    with cache.locked(first):
        prepared = prepare_known(cache, request, limit)
        if prepared is not None:  # another process was faster
            return prepared
        folder = cache.begin(first)
        try:
            run_child(request, folder)
            digest = json.loads((folder / "entry" / META).read_bytes())["digest"]
            key = key_of(request, digest)
            with cache.locked(key):
                prepared = find(cache, key, dataset)
                if prepared is None:
                    cache.adopt(folder / "entry", key)
                    prepared = load(cache.entry(key), key, dataset)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        remember_rows(dataset, digest, cast(Path, request.memory))
    cache.shrink(limit, keep=key)
    return prepared


def check_augment(dataset: Dataset, prepared: Prepared) -> None:
    """Raise DataError for augmentation that is for images where the rows turned out to be none."""
    asked = [name for name in ON_IMAGES if getattr(dataset.augment, name) != getattr(Augment(), name)]
    if asked and prepared.image_shape is None:
        raise DataError(f"dataset.augment.{asked[0]} is for images, but the rows of {dataset.name} are a table. Leave "
                        "it out; noise and mixup work for tables.")  # fmt: skip


def find(cache: Cache, key: str, dataset: Dataset) -> Prepared | None:
    """The entry of the cache, None when there is none or it is not whole."""
    try:
        prepared = load(cache.entry(key), key, dataset)
    except DamagedError:
        return None
    cache.touch(key)
    return prepared


def make(cache: Cache, key: str, request: Request) -> Prepared:
    """Prepare in a child process and put the result into the cache. The lock of the key must be held."""
    folder = cache.begin(key)
    try:
        run_child(request, folder)
        dataset = request.dataset
        if key_of(request, rows_of(dataset, request.memory)) != key:
            raise DataError(f"The files of {dataset.name} were changed while they were read. Run it again.")
        cache.adopt(folder / "entry", key)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return load(cache.entry(key), key, dataset)


def run_child(request: Request, folder: Path) -> None:
    """Have a child process fill `folder`/entry; it dies when this process does, and on Ctrl-C."""
    (folder / "request.json").write_text(request.to_json())
    command = [sys.executable, "-P", "-m", "trainyard.data.child", str(folder)]
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors,
                                 start_new_session=True)  # fmt: skip
        try:
            code = child.wait()
        finally:
            child.kill()
            child.wait()
            if child.stdin:
                child.stdin.close()
        if code == 0:
            return
        with contextlib.suppress(OSError, ValueError):
            raise DataError(json.loads((folder / "faults.json").read_text()))
        errors.seek(0)
        raise TrainyardError(crash(request.dataset.name, code, errors.read().decode(errors="replace")))


def crash(name: str, code: int, words: str) -> str:
    """The sentence for a child that ended without a result: how, and the last of what it wrote."""
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
    why = ""
    if code == -signal.SIGKILL or "MemoryError" in words or "ArrowMemoryError" in words:
        why = " Perhaps it ran out of memory."
    said = words.strip()[-TAIL:]
    return f"The process that prepares the dataset {name} {how}.{why}" + (f" Its last words: {said}" if said else "")
