"""Members of a sweep as jobs of submitit: on this machine, all at once, or in the queue of Slurm.

A job and this process meet in a folder, where each job notes that it runs, and then how it ended: submitit's own
results are pickles, and tell nothing of a job that was killed.
"""

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainyard.errors import TrainyardError
from trainyard.files import write_text
from trainyard.tracking.process import Process
from trainyard.training.outcome import Outcome, killed
from trainyard.training.stop import SIGNALS, Stop

POLL_SECONDS = 0.2
CLOSE_SECONDS = 10.0
OWN_KEYS = ("submitit_folder", "max_num_timeout")  # keys of hydra.launcher that an executor is made with


@dataclass(frozen=True)
class Note:
    """What a job says of itself: the process and the folder of its member; in the end the outcome, as JSON."""

    process: dict[str, Any]
    folder: str = ""
    outcome: str | None = None

    def write(self, file: Path) -> None:
        """Write it, whole or not at all."""
        write_text(file, json.dumps(vars(self)))

    @classmethod
    def read(cls, file: Path) -> "Note | None":
        """Return the note in a file; None where the job has not begun."""
        try:
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None


@contextmanager
def noted(file: Path) -> Iterator[Callable[[Path], None]]:
    """Be a job: note the process at the start; the function that is yielded notes the folder of the member.

    Ctrl-C in the terminal does not reach the job, as who started it passes it on. Before the time of the job is over,
    and when it is to make way for another, it is ended as by SIGTERM.
    """
    with suppress(PermissionError):  # it leads a session, as Slurm's tasks may
        os.setpgrp()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _terminate)
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    note = Note(Process.own().as_dict())
    note.write(file)
    yield lambda folder: replace(note, folder=str(folder)).write(file)


def note_outcome(file: Path, outcome: Outcome) -> None:
    """Note how the member of a job ended."""
    note = Note.read(file)
    if note is not None:
        replace(note, outcome=outcome.to_json()).write(file)


def _terminate(*_: object) -> None:
    raise SystemExit(143)


class Jobs:
    """The jobs of some members; `function` trains one, given its ticket and the file for its note.

    `keys` are those of hydra.launcher; notes, and what submitit writes unless a key says where, lie in `folder`.
    """

    def __init__(self, cluster: str, keys: Mapping[str, Any], folder: Path, function: Callable[[str, str], None]):
        self._cluster = cluster
        self._folder = folder
        self._function = function
        self._executor = _executor(cluster, keys, folder)
        self._jobs: list[Any] = []
        self._waiting: dict[int, Any] = {}
        self._signalled: set[int] = set()
        self._keep = cluster != "local"

    def train(self, tickets: Mapping[int, str], stop: Stop) -> Iterator[Outcome]:
        """Yield the outcomes of members as they end, given their tickets by number; signals are passed on once."""
        with _unheard(signal.SIGINT):
            files = [str(self._file(number)) for number in tickets]
            jobs = self._executor.map_array(self._function, list(tickets.values()), files)
        self._jobs += jobs
        self._waiting = dict(zip(tickets, jobs, strict=True))
        while self._waiting:
            for number, job in list(self._waiting.items()):
                if stop.reason is not None and number not in self._signalled:
                    sent = next((each for each, reason in SIGNALS.items() if reason == stop.reason), signal.SIGTERM)
                    self._signal(number, sent)
                outcome = _outcome(number, job, self._file(number))
                if outcome is not None:
                    del self._waiting[number]
                    self._keep = self._keep or outcome.result.exit_code != 0
                    yield outcome
            time.sleep(POLL_SECONDS)

    def close(self) -> None:
        """Tell jobs that still train to end at once, where a second signal has come; remove what nobody will read."""
        for number in self._waiting:
            self._signal(number, signal.SIGINT)
        until = time.monotonic() + CLOSE_SECONDS
        while not all(job.done() for job in self._jobs) and time.monotonic() < until and not self._keep:
            time.sleep(POLL_SECONDS)
        if not self._keep:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _file(self, number: int) -> Path:
        return self._folder / f"member-{number}.json"

    def _signal(self, number: int, sent: int) -> None:
        """Send a job a signal as soon as it can be reached; a queue ends a job in its own way."""
        note = Note.read(self._file(number))
        if note is not None and Process.from_dict(note.process).runs_here():
            os.kill(int(note.process["pid"]), sent)
        elif self._cluster != "local":
            self._waiting[number].cancel()
        if note is not None or self._cluster != "local":
            self._signalled.add(number)


def _outcome(number: int, job: Any, file: Path) -> Outcome | None:
    """Return how the member of a job ended; None while it has not."""
    over = job.done()  # before reading, or the last word of a job would be missed
    note = Note.read(file)
    if note is not None and note.outcome is not None:
        return Outcome.from_json(note.outcome)
    if not over or (note is not None and Process.from_dict(note.process).runs_here()):
        return None
    when = "before it began" if note is None else "without a word"
    return killed(number, Path(note.folder if note else ""), f"ended {when}; what it wrote: {job.paths.stderr}")


def _executor(cluster: str, keys: Mapping[str, Any], folder: Path) -> Any:
    import submitit
    from hydra_plugins.hydra_submitit_launcher.config import BaseQueueConf

    made_with = {f"{cluster}_max_num_timeout": keys["max_num_timeout"]} if "max_num_timeout" in keys else {}
    try:
        place = str(keys.get("submitit_folder") or folder / "%j")
        executor = submitit.AutoExecutor(folder=place, cluster=cluster, **made_with)
    except RuntimeError as error:
        raise TrainyardError(f"hydra/launcher=submitit_{cluster}: {error}") from error
    general = BaseQueueConf.__dataclass_fields__
    values = {name: value for name, value in keys.items() if name not in OWN_KEYS}
    executor.update_parameters(
        **{name if name in general else f"{cluster}_{name}": value for name, value in values.items()}
    )
    return executor


@contextmanager
def _unheard(number: signal.Signals) -> Iterator[None]:
    """Let processes that are started meanwhile not hear a signal, until they ask for it."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)
