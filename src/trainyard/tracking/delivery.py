"""Brings one journal into MLflow: reads what is new, writes it in order, and notes how far it got."""

import time
from dataclasses import replace
from pathlib import Path

from trainyard.tracking.entries import Batch, cut, milliseconds
from trainyard.tracking.lock import FileLock
from trainyard.tracking.logged_model import ModelFiles
from trainyard.tracking.progress import MIRROR_LOCK, Progress, delivered, read_progress, write_progress
from trainyard.tracking.reading import Record, Tail, alive, first_record
from trainyard.tracking.refusal import is_refused
from trainyard.tracking.remote_run import RemoteRun
from trainyard.tracking.store import Store, StoreError
from trainyard.tracking.system_metrics import SystemWatch

BATCHED = ("params", "tags", "note", "metrics")
FINAL = ("test/", "best/", "baseline/")  # metrics of the finished model
PROBLEM = "trainyard.not_delivered"  # tag of an MLflow run: what MLflow did not take


class Delivery:
    """The way of the journal in `folder` into an MLflow; the one consumer of it while it holds the mirror's lock."""

    def __init__(
        self, folder: Path, store: Store, files: ModelFiles, pace: float = 0.0, watch: SystemWatch | None = None
    ):
        self.folder = folder
        self.ended = False  # no more records are to be expected, and all of them were written, with the run's state
        self.written = 0  # records brought to MLflow
        self.busy = False  # another process is the consumer
        self._store = store
        self._files = files
        self._lock = FileLock(folder / MIRROR_LOCK)
        self._remote: RemoteRun | None = None
        self._progress = Progress()
        self._life: list[Record] = []  # the records that begin, resume and end the run
        self._todo: list[Record] = []
        self._tail = Tail(folder)
        self._one_by_one = False
        self._watch = watch
        self._pace = pace  # s between two writes of metrics while the run goes on
        self._next = 0.0

    def step(self) -> None:
        """Write what is new. Raises what MLflow raises when it cannot be reached: call again then.

        Raises StoreError where MLflow will never take the run, JournalError where the journal is damaged.
        """
        if not self._take_over():
            return
        living = alive(self.folder)  # before reading, or the last words of a run would be missed
        self._read()
        if living and self._watch is not None:
            self._watch.look(self._life, self.folder)
        if living and time.monotonic() < self._next and all(record["type"] in BATCHED for record in self._todo):
            return
        try:
            self._deliver(self._open(), living)
        except Exception as error:
            opened, self._remote = self._remote is not None, None
            if not is_refused(error):
                raise
            if not opened:
                raise StoreError(f"MLflow does not take the run: {error}") from error
            self._pass_over(error)
        self._next = time.monotonic() + self._pace

    @property
    def is_sweep(self) -> bool:
        """Whether members lie below."""
        return bool(self._life) and self._life[0]["kind"] == "sweep"

    @property
    def run_id(self) -> str:
        """The id in the journal."""
        return str(self._life[0]["id"])

    @property
    def progress(self) -> Progress:
        """How far MLflow has it."""
        return self._progress

    def finish(self) -> None:
        """Note that MLflow has everything, and let another process be the consumer."""
        if self._lock.held and not self._progress.complete:
            self._note(replace(self._progress, complete=True))
        self._lock.release()

    def release(self, problem: str | None = None) -> None:
        """Let another process be the consumer, with things left to do."""
        if self._lock.held and problem is not None:
            self._note(replace(self._progress, problem=problem))
        self._lock.release()

    def _take_over(self) -> bool:
        """Become the consumer, and see how far the last one got; the journal's lines of life are read in any case."""
        if self._lock.held:
            return True
        if first_record(self.folder) is None:
            return False
        self.busy = not self._lock.acquire()
        if self.busy:
            self.ended = not alive(self.folder) and delivered(self.folder, self._store.target.name)
            return False
        self._progress = read_progress(self.folder, self._store.target.name)
        records = Tail(self.folder).read()
        self._life = [record for record in records if record["type"] in ("begin", "resume", "end")]
        self._rewind(self._progress if self._progress.number <= len(records) else Progress())
        self._note(replace(self._progress, problem=None))
        return True

    def _rewind(self, progress: Progress) -> None:
        self._progress = progress
        self._tail = Tail(self.folder, progress.offset, progress.number)
        self._todo = []

    def _read(self) -> None:
        new = self._tail.read()
        known = self._life[-1]["n"] if self._life else -1
        self._life += [r for r in new if r["type"] in ("begin", "resume", "end") and r["n"] > known]
        self._todo += new

    def _deliver(self, remote: RemoteRun, living: bool) -> None:
        if remote.deleted:
            self._todo, self.ended = [], not living
            self._note(replace(self._progress, problem="It was deleted in MLflow, and stays so."))
            return
        while self._todo:
            count = self._next_count()
            self._write(remote, self._todo[:count])
            self._done(count)
        if self._watch is not None and (rows := self._watch.take(everything=not living)):
            remote.write(Batch(rows))  # samples that MLflow cannot take now are lost
        if not living:
            if self._life[-1]["type"] != "end":
                remote.end("KILLED", self._last_moment())
            self.ended = True

    def _open(self) -> RemoteRun:
        """The run in MLflow; if it is not the one that was written to before, everything is written again."""
        if self._remote is None:
            remote = RemoteRun(self._store, self._life[0], self._progress.run_id, self._files)
            if remote.id != self._progress.run_id:
                self._rewind(Progress(remote.id))
                self._read()
            remote.write_link(self.folder)
            self._remote = remote
        return self._remote

    def _next_count(self) -> int:
        """How many of the records to do go into MLflow together."""
        if self._one_by_one or self._todo[0]["type"] not in BATCHED:
            return 1
        return next((i for i, record in enumerate(self._todo) if record["type"] not in BATCHED), len(self._todo))

    def _write(self, remote: RemoteRun, records: list[Record]) -> None:
        record = records[0]
        match record["type"]:
            case "dataset":
                remote.dataset(record)
            case "artifact":
                remote.artifact(self.folder, record)
            case "model":
                remote.model(self.folder, record)
            case "resume":
                remote.running()
            case "end":
                remote.measured(self._final_metrics())
                remote.end(record["status"], milliseconds(record), record["error"])
            case kind if kind in BATCHED:
                batch = Batch()
                for each in records:
                    batch.add(each)
                remote.write(batch)

    def _done(self, count: int) -> None:
        del self._todo[:count]
        self.written += count
        offset, number = self._tail.offset, self._tail.number - len(self._todo)
        if not self._todo:
            self._one_by_one = False
            self._note(replace(self._progress, offset=offset, number=number, complete=False))

    def _pass_over(self, error: Exception) -> None:
        """Find the record that MLflow refuses, and leave it out with a word."""
        if not self._one_by_one or not self._todo:
            self._one_by_one = True
            return
        record = self._todo[0]
        what = record.get("path") or record["type"]
        problem = self._store.target.hide(f"{what}: {type(error).__name__}: {error}")
        print(f"{self.folder}: left out {problem}", flush=True)
        self._open().write(Batch(tags={PROBLEM: cut(problem, 1000)}))
        self._done(1)
        self._note(replace(self._progress, problem=f"MLflow did not take {cut(problem, 1000)}"))

    def _final_metrics(self) -> Batch:
        batch = Batch()
        for record in Tail(self.folder).read():
            if record["type"] == "metrics":
                batch.add(record)
        return Batch([row for row in batch.metrics if row[0].startswith(FINAL)])

    def _last_moment(self) -> int:
        return milliseconds(Tail(self.folder).read()[-1])

    def _note(self, progress: Progress) -> None:
        if progress != self._progress:
            write_progress(self.folder, self._store.target.name, progress)
        self._progress = progress
