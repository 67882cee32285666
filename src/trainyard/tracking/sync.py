"""Brings runs into MLflow that it lacks: `trainyard sync`, and the few that died together with their mirror."""

import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from trainyard.config.nearest import listed
from trainyard.config.schema.run import Tracking
from trainyard.errors import ConfigError
from trainyard.tracking import pending
from trainyard.tracking.client import LOGS, leave_behind
from trainyard.tracking.destinations import Wish, destination, destinations
from trainyard.tracking.lock import is_locked
from trainyard.tracking.progress import MIRROR_LOCK
from trainyard.tracking.reading import alive, first_record, status
from trainyard.tracking.spawn import DONE, spawn_apart, spawn_beside
from trainyard.tracking.target import Target, resolve

PATIENCE_SECONDS = 15.0
RETRY_SECONDS = 300.0  # after a mirror gave up, before the next start of a training tries again


@dataclass(frozen=True)
class Synced:
    """What a sync did: counts of runs and sweeps (a sweep with its members is one), and what went wrong.

    `untracked` are those that were left out, as they were never tracked.
    """

    written: int = 0
    unchanged: int = 0
    running: int = 0
    untracked: int = 0
    problems: tuple[str, ...] = field(default=())


def sync(
    root: Path, tracking: Tracking, folder: Path | None = None, *, named: bool = False, moves: bool = False,
    untracked: bool = False, say: Callable[[str], None] = print,
) -> Synced:  # fmt: skip
    """Bring the run or sweep in `folder`, or all that were tracked below `root`, into MLflow, each thing once.

    Each goes to the MLflow that it was tracked with. With `named`, those that are not complete there go to that of
    `tracking`, with `moves` the complete ones as well; where a run has none of its own, `tracking` says where it goes.
    `untracked` takes those in that were never tracked. `say` gets a line for each. Raises ConfigError for
    tracking=off, JournalError where `folder` holds no run.
    """
    default = resolve(tracking, root)
    if default is None:
        raise ConfigError("There is nothing to sync to with tracking=off; use tracking=local or tracking=server.")
    wish = Wish(default, named, moves, untracked)
    found = destination(folder, root, wish) if folder is not None else destinations(root, wish)
    synced = Synced(unchanged=found.complete, untracked=found.untracked)
    for goal, folders in found.folders.items():
        synced = _added(synced, _bring(goal, folders, root, say))
    return synced


def _bring(goal: Target, folders: Sequence[Path], root: Path, say: Callable[[str], None]) -> Synced:
    """Bring folders to one MLflow."""
    reports: list[dict[str, Any]] = []
    with tempfile.TemporaryFile("w+") as names:
        names.write("".join(f"{each}\n" for each in folders))
        names.seek(0)
        arguments = ["catch-up", "--patience", str(PATIENCE_SECONDS)]
        with spawn_beside(goal, arguments, names, root / LOGS / "sync.log") as process:
            for line in process.stdout or ():
                reports.append(json.loads(line))
                say(_line(reports[-1], root, goal))
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


def _added(one: Synced, other: Synced) -> Synced:
    return Synced(**{each.name: getattr(one, each.name) + getattr(other, each.name) for each in fields(Synced)})


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
                pending.abandon(root, folder, target.name)
        elif not alive(folder) and not is_locked(folder / MIRROR_LOCK):
            orphans.append(folder)
    if orphans:
        arguments = ["catch-up", *map(str, orphans)]
        leave_behind(spawn_apart(target, arguments, root / LOGS / f"reconcile-{os.getpid()}.log"))
    return [folder for folder in orphans if status(folder) == "KILLED"]


def _line(report: dict[str, Any], root: Path, goal: Target) -> str:
    folder, where = Path(report["folder"]), _place(goal.name, root)
    if report["problem"] and report["code"] != DONE:
        what = f"not written to {where}"
    elif report["complete"]:
        what = f"{report['records']} records written to {where}" if report["records"] else f"nothing new for {where}"
    elif alive(folder):
        what = "is still running"
    else:
        busy_with = listed([_place(name, root) for name in pending.targets(root).get(folder, [goal.name])])
        what = f"is still being written to {busy_with} by its own process, which tries for a minute after a run's end"
    return f"{_short(report['folder'], root)}: {what}"


def _place(target: str, root: Path) -> str:
    """An MLflow as a person calls it: mlflow.db, or its address."""
    return _short(target.removeprefix("sqlite:///"), root) if target.startswith("sqlite:///") else target


def _short(folder: str, root: Path) -> str:
    path = Path(folder)
    return str(path.relative_to(root.resolve())) if path.is_relative_to(root.resolve()) else folder
