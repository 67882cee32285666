"""A dataset, prepared: from the cache when it was prepared before, else read and prepared in a process of its own."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from trainyard.config.schema.dataset import Dataset
from trainyard.data.cache import Cache, limit_bytes
from trainyard.data.identity import cache_key, check_files
from trainyard.data.prepared import Prepared
from trainyard.data.request import Request, TaskChoice
from trainyard.data.store import DamagedError, load
from trainyard.errors import DataError, TrainyardError

TAIL = 600  # characters of a crashed child's last words


def prepare(
    dataset: Dataset, *, task: TaskChoice, double: bool, root: Path, target_transform: str = "none"
) -> Prepared:
    """The dataset split into train, val and test, transformed, as read-only arrays that are mapped from the cache.

    `task` "auto" takes the task from the target. `double` asks for float64 rather than float32. `target_transform` is
    that of numeric targets. `root` is the project root, under which the cache lies. Raises DataError with all faults
    found, TrainyardError when the preparing process dies. Any number of processes may call this at once; one of them
    prepares.
    """
    check_files(dataset)
    limit = limit_bytes()
    memory = root.absolute() / ".trainyard" / "digests"
    request = Request(dataset, task, double, memory, target_transform)
    cache = Cache.of(root)
    try:
        key = key_of(request)
        with cache.locked(key, shared=True):
            prepared = find(cache, key, dataset)
        if prepared is None:
            with cache.locked(key):
                prepared = find(cache, key, dataset) or make(cache, key, request)
            cache.shrink(limit, keep=key)
    except OSError as error:
        raise TrainyardError(f"The dataset {dataset.name} cannot be prepared under {cache.folder}: {error}.") from error
    return prepared


def key_of(request: Request) -> str:
    """The name of the preparation that is asked for, by the files as they are now."""
    return cache_key(request.dataset, task=request.task, double=request.double, memory=request.memory,
                     target_transform=request.target_transform)  # fmt: skip


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
        if key_of(request) != key:
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
