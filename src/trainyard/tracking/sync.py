"""Brings runs into MLflow that it lacks: `trainyard sync`, and the few that died together with their mirror."""

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trainyard.config.schema import Tracking
from trainyard.errors import ConfigError
from trainyard.tracking import pending
from trainyard.tracking.client import LOGS, leave_behind
from trainyard.tracking.lock import is_locked
from trainyard.tracking.members import sweep_of
from trainyard.tracking.progress import MIRROR_LOCK, is_tracked
from trainyard.tracking.reading import JOURNAL, JournalError, alive, first_record, status
from trainyard.tracking.spawn import DONE, spawn_apart, spawn_beside
from trainyard.tracking.target import resolve

PATIENCE_SECONDS = 15.0
RETRY_SECONDS = 300.0  # after a mirror gave up, before the next start of a training tries again


@dataclass(frozen=True)
class Synced:
    """What a sync did: counts of runs and sweeps (a sweep with its members is one), and what went wrong."""

    written: int = 0
    unchanged: int = 0
    running: int = 0
    problems: tuple[str, ...] = field(default=())


def sync(root: Path, tracking: Tracking, folder: Path | None = None, say: Callable[[str], None] = print) -> Synced:
    """Bring the run or sweep in `folder`, or all that were tracked below `root`, into MLflow, each thing once.

    `say` gets a line for each. Raises ConfigError for tracking=off, JournalError where `folder` holds no run.
    """
    target = resolve(tracking, root)
    if target is None:
        raise ConfigError("There is nothing to sync to with tracking=off; use tracking=local or tracking=server.")
    folders = [_whole(folder)] if folder is not None else _tracked(root, target.name)
    if not folders:
        return Synced()
    reports: list[dict[str, Any]] = []
    with tempfile.TemporaryFile("w+") as names:
        names.write("".join(f"{each}\n" for each in folders))
        names.seek(0)
        arguments = ["catch-up", "--patience", str(PATIENCE_SECONDS)]
        with spawn_beside(target, arguments, names, root / LOGS / "sync.log") as process:
            for line in process.stdout or ():
                reports.append(json.loads(line))
                say(_line(reports[-1], root))
    left = len(folders) - len(reports)
    problems = [f"{_short(r['folder'], root)}: {r['problem']}" for r in reports if r["problem"]]
    if left:
        log = root / LOGS / "sync.log"
        problems.append(f"{left} more were not tried." if reports else f"Nothing was written; {log} tells why.")
    done = [r for r in reports if r["code"] == DONE]
    return Synced(
        written=sum(r["complete"] and r["records"] > 0 for r in done),
        unchanged=sum(r["complete"] and r["records"] == 0 for r in done),
        running=sum(not r["complete"] for r in done),
        problems=tuple(problems),
    )


def reconcile(root: Path, tracking: Tracking) -> list[Path]:
    """Find the runs that ended or were killed without MLflow knowing, and start a process that tells it.

    Costs next to nothing where there are none, and waits for nothing. Returns the folders of those that were killed.
    """
    target = resolve(tracking, root)
    if target is None:
        return []
    orphans = []
    for note in pending.all_pending(root):
        folder = Path(note.folder)
        if note.target != target.name or (note.gave_up and time.time() - note.gave_up < RETRY_SECONDS):
            continue
        if first_record(folder) is None:
            if not note.starter_runs:
                pending.unmark(root, folder, target.name)
        elif not alive(folder) and not is_locked(folder / MIRROR_LOCK):
            orphans.append(folder)
    if orphans:
        arguments = ["catch-up", *map(str, orphans)]
        leave_behind(spawn_apart(target, arguments, root / LOGS / f"reconcile-{os.getpid()}.log"))
    return [folder for folder in orphans if status(folder) == "KILLED"]


def _whole(folder: Path) -> Path:
    """The folder to sync for a run: a member's sweep, as MLflow shows a member under it."""
    begin = first_record(folder)
    if begin is None:
        raise JournalError(f"There is no run in {folder}: it has no {JOURNAL}.")
    sweep = sweep_of(folder, begin["parent"]) if begin["parent"] is not None else None
    return sweep or folder.resolve()


def _tracked(root: Path, target: str) -> list[Path]:
    """Runs and sweeps below `runs/` that a mirror ever followed, and those that wait for this MLflow."""
    waiting = {Path(note.folder) for note in pending.all_pending(root) if note.target == target}
    below = {folder.resolve() for folder in _journals(root / "runs") if is_tracked(folder)}
    return sorted(below | {folder for folder in waiting if first_record(folder) is not None})


def _journals(folder: Path) -> Iterator[Path]:
    for path, names, files in os.walk(folder):
        if JOURNAL in files:
            names.clear()
            yield Path(path)


def _line(report: dict[str, Any], root: Path) -> str:
    if report["problem"] and report["code"] != DONE:
        what = "not written"
    elif not report["complete"]:
        what = "is being written by another process" if report["busy"] else "is still running"
    else:
        what = f"{report['records']} records written" if report["records"] else "nothing new"
    return f"{_short(report['folder'], root)}: {what}"


def _short(folder: str, root: Path) -> str:
    path = Path(folder)
    return str(path.relative_to(root.resolve())) if path.is_relative_to(root.resolve()) else folder
