"""The journal: what a run says of itself, one JSON line a record, appended without waiting for anyone.

Every record is one `write` to `journal.jsonl`, so a process that is killed leaves whole records and at most one torn
last line. Nothing of a run reaches MLflow by another way: the mirror follows this file.
"""

import hashlib
import json
import os
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from trainyard.tracking.lock import FileLock
from trainyard.tracking.process import Process
from trainyard.tracking.rank import is_first_process
from trainyard.tracking.reading import JOURNAL, JOURNAL_LOCK, JournalError, alive, parse, read_journal, status

__all__ = ["Journal", "JournalError", "Kind", "Status", "alive", "read_journal", "status"]

Kind = Literal["run", "sweep"]
Status = Literal["FINISHED", "FAILED", "KILLED"]
Scalar = str | int | float | bool | None
FORMAT = 1
LOCK_SECONDS = 2.0  # the lock is free but for a moment's look of another process

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class Journal:
    """The open journal of one run or sweep; the process that has it open is the run's one writer.

    Made by `create`, `reopen` (a run goes on) or `extend` (something is added to a run that ended). In the processes
    of a distributed training other than the first all of these give a journal that writes nothing.
    """

    def __init__(self, folder: Path, run_id: str, lock: FileLock | None, *, sync: bool):
        self.folder = folder
        self.id = run_id
        self._lock = lock
        self._sync = sync
        self._turn = threading.Lock()
        self._number = 0
        self._fd = -1
        if lock is not None:
            self._fd = os.open(folder / JOURNAL, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        kind: Kind,
        experiment: str,
        name: str,
        parent: str | None = None,
        sync: bool = True,
    ) -> "Journal":
        """Begin the journal of a new run in `folder`, which is made if it is not there.

        `experiment` and `name` are those of MLflow; `parent` is the id of the sweep that the run is a member of.
        `sync=False` leaves writing to the disk to the system. Raises JournalError if the folder holds a run already.
        """
        run_id = uuid.uuid4().hex
        if not is_first_process():
            return cls(folder, run_id, None, sync=sync)
        folder.mkdir(parents=True, exist_ok=True)
        lock = _lock(folder)
        journal = cls(folder, run_id, lock, sync=sync)
        if os.fstat(journal._fd).st_size:
            journal.close()
            raise JournalError(f"{folder} holds a run already; a new run needs a folder of its own.")
        journal._append(
            "begin", format=FORMAT, id=run_id, kind=kind, experiment=experiment, name=name, parent=parent,
            **Process.own().as_dict(),
        )  # fmt: skip
        return journal

    @classmethod
    def reopen(cls, folder: Path, *, sync: bool = True) -> "Journal":
        """Go on with a run that ended or was killed: its state is RUNNING again and its numbers continue.

        Raises JournalError where there is no run, or another process is writing it.
        """
        journal = cls._continue(folder, sync=sync)
        journal._append("resume", **Process.own().as_dict())
        return journal

    @classmethod
    def extend(cls, folder: Path, *, sync: bool = True) -> "Journal":
        """Add to a run that ended, as an evaluation does, without changing its state; close it with `close`.

        Raises JournalError where there is no run, or another process is writing it.
        """
        return cls._continue(folder, sync=sync)

    @classmethod
    def _continue(cls, folder: Path, *, sync: bool) -> "Journal":
        if not is_first_process():
            return cls(folder, uuid.uuid4().hex, None, sync=sync)
        if not read_journal(folder):
            raise JournalError(f"{folder} holds a run that never began: its {JOURNAL} is empty.")
        lock = _lock(folder)
        data = (folder / JOURNAL).read_bytes()
        records, size = parse(data, folder / JOURNAL)
        journal = cls(folder, records[0]["id"], lock, sync=sync)
        os.ftruncate(journal._fd, size)  # the torn last line, if there is one
        journal._number = len(records)
        return journal

    def params(self, values: Mapping[str, Scalar]) -> None:
        """Choices and hyper-parameters by name, each given once in a run's life."""
        self._append("params", values=dict(values))

    def tags(self, values: Mapping[str, str]) -> None:
        """Texts by name; a later one replaces an earlier one."""
        self._append("tags", values=dict(values))

    def note(self, text: str) -> None:
        """What the run is about, in Markdown; the last one counts."""
        self._append("note", text=text)

    def metrics(self, values: Mapping[str, float], step: int) -> None:
        """Measurements by name at a step (epochs, counted from 1); numbers of any type that `float` takes."""
        self._append("metrics", step=step, values={name: float(value) for name, value in values.items()})

    def dataset(
        self, *, name: str, digest: str, source: str, schema: str = "", context: str = "training", profile: str = ""
    ) -> None:
        """What the run read: `digest` of at most 36 characters; `schema` and `profile` are JSON."""
        self._append(
            "dataset", name=name, digest=digest, source=source, schema=schema, context=context, profile=profile
        )

    def artifact(self, path: Path) -> None:
        """A finished file in the run's folder, under its final name; in MLflow it lies at the same relative path."""
        self._append("artifact", path=self._inside(path), **_digest(path))

    def model(self, path: Path) -> None:
        """The packaged model, a finished folder in the run's folder."""
        files = sorted(file for file in path.rglob("*") if file.is_file())
        contents = {file.relative_to(path).as_posix(): _digest(file)["md5"] for file in files}
        self._append("model", path=self._inside(path), md5=_md5(_encode(contents).encode()))

    def flush(self) -> None:
        """Have all records on the disk; what was written survives a power cut then."""
        if self._fd >= 0 and self._sync:
            os.fsync(self._fd)

    def end(self, status: Status, error: str | None = None) -> None:
        """The run is over; `error` says why one failed. Closes the journal."""
        self._append("end", status=status, error=error)
        self.close()

    def close(self) -> None:
        """Flush and let go; a run that has no end record counts as killed from here on."""
        if self._fd >= 0:
            self.flush()
            os.close(self._fd)
            self._fd = -1
        if self._lock is not None:
            self._lock.release()

    def _append(self, type_: str, /, **values: Any) -> None:
        if self._lock is None:
            return
        with self._turn:
            if self._fd < 0:
                raise JournalError(f"The journal of {self.folder} is closed.")
            record = {"n": self._number, "time": round(time.time(), 3), "type": type_, **values}
            line = (_encode(record) + "\n").encode()
            written = os.write(self._fd, line)
            if written < len(line):
                os.ftruncate(self._fd, os.fstat(self._fd).st_size - written)
                raise JournalError(f"{self.folder / JOURNAL} could not be written: is the disk full?")
            self._number += 1

    def _inside(self, path: Path) -> str:
        return path.resolve().relative_to(self.folder.resolve()).as_posix()


def _lock(folder: Path) -> FileLock:
    lock = FileLock(folder / JOURNAL_LOCK)
    if not lock.acquire(LOCK_SECONDS):
        raise JournalError(f"Another process is writing the run in {folder}; wait for it to end.")
    return lock


def _digest(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        return {"md5": hashlib.file_digest(stream, _md5_hash).hexdigest(), "bytes": os.fstat(stream.fileno()).st_size}


def _md5_hash() -> "hashlib._Hash":
    return hashlib.md5(usedforsecurity=False)


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
