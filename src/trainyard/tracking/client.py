"""The training process's side of the mirror: start it early, wait for it a moment at the end. Imports no MLflow."""

import atexit
import subprocess
import time
from pathlib import Path

from trainyard.config.schema.run import Tracking
from trainyard.tracking import pending
from trainyard.tracking.progress import delivered, read_progress
from trainyard.tracking.rank import is_first_process
from trainyard.tracking.spawn import GAVE_UP, REFUSED, spawn_apart
from trainyard.tracking.target import Target, resolve

LOGS = ".trainyard/mirror"
PATIENCE_SECONDS = 60.0  # how long a mirror whose run is over tries to reach MLflow
POLL_SECONDS = 0.02

_left: list[subprocess.Popen[bytes]] = []


def start_mirror(folder: Path, tracking: Tracking, root: Path) -> "Mirror":
    """Start the process that follows the run or sweep in `folder`, which may not be there yet, into MLflow.

    Returns at once. With tracking=off, and in the processes of a distributed training other than the first, nothing
    is started. Raises ConfigError as `resolve` does.
    """
    target = resolve(tracking, root)
    watch = tracking.system_metrics_seconds if tracking.system_metrics else None
    return Mirror(folder.resolve(), target if is_first_process() else None, watch)


class Mirror:
    """A mirror at work for `folder`; without a target there is none, and nothing to wait for.

    With `watch` it samples what the training uses of this machine every so many seconds.
    """

    def __init__(self, folder: Path, target: Target | None, watch: float | None = None):
        self.folder = folder
        self._target = target
        self._watch = watch
        self._process: subprocess.Popen[bytes] | None = None
        if target is not None:
            pending.mark(target.root, folder, target.name)
            self._process = self._start(target)

    def drain(self, seconds: float) -> bool:
        """Wait until MLflow has everything up to the end record, `seconds` at most; return whether it has.

        A mirror that was killed is started once more. False means: `trainyard sync` brings the rest later.
        """
        if self._target is None or self._process is None:
            return True
        until = time.monotonic() + seconds
        restarted = False
        while not delivered(self.folder, self._target.name):
            code = self._process.poll()
            if code in (GAVE_UP, REFUSED) or time.monotonic() >= until:
                return delivered(self.folder, self._target.name)
            if code is not None and restarted:
                return delivered(self.folder, self._target.name)
            if code is not None:
                self._process, restarted = self._start(self._target), True
            time.sleep(POLL_SECONDS)
        return True

    @property
    def problem(self) -> str | None:
        """What MLflow did not take, or why it could not be written: a sentence for a person."""
        return None if self._target is None else read_progress(self.folder, self._target.name).problem

    def cancel(self) -> None:
        """End the mirror, as no run comes of it."""
        if self._target is not None and self._process is not None:
            self._process.kill()
            self._process.wait()
            self._log(self._target).unlink(missing_ok=True)
            pending.unmark(self._target.root, self.folder, self._target.name)

    def _start(self, target: Target) -> subprocess.Popen[bytes]:
        arguments = ["follow", str(self.folder), "--patience", str(PATIENCE_SECONDS)]
        arguments += [] if self._watch is None else ["--watch", str(self._watch)]
        process = spawn_apart(target, arguments, self._log(target))
        leave_behind(process)
        return process

    def _log(self, target: Target) -> Path:
        return target.root / LOGS / f"{pending.file_of(target.root, self.folder, target.name).stem}.log"


def leave_behind(process: subprocess.Popen[bytes]) -> None:
    """Let a process outlive this one without Python's warning that it still runs."""
    _left[:] = [other for other in _left if other.poll() is None]
    _left.append(process)


@atexit.register
def _let_go() -> None:
    for process in _left:
        process.returncode = process.poll() or 0
