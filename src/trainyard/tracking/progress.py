"""How far MLflow has a run: a short cut kept in the run's folder, for each MLflow it was ever written to.

It may be lost or lie: everything that depends on it is looked up in MLflow before it is written twice.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trainyard.files import write_text
from trainyard.tracking.reading import STATE, Tail

PROGRESS = f"{STATE}/mlflow_progress.json"
MIRROR_LOCK = f"{STATE}/mirror.lock"


@dataclass(frozen=True)
class Progress:
    """What one MLflow has of one journal."""

    run_id: str | None = None  # in MLflow
    offset: int = 0  # bytes of the journal
    number: int = 0  # records of the journal
    complete: bool = False  # the run ended or was killed (a sweep: with all its members), and its state was written
    problem: str | None = None  # what could not be written, for a person


def read_progress(folder: Path, target: str) -> Progress:
    """What the MLflow named `target` has of the run in `folder`; nothing, if the file is lost."""
    try:
        return Progress(**_read(folder)[target])
    except (KeyError, TypeError):
        return Progress()


def write_progress(folder: Path, target: str, progress: Progress) -> None:
    """Note how far the MLflow named `target` has the run; only the holder of the mirror's lock calls this."""
    write_text(folder / PROGRESS, json.dumps({**_read(folder), target: asdict(progress)}, indent=1))


def delivered(folder: Path, target: str) -> bool:
    """Whether the MLflow named `target` has all that the journal holds, up to its end."""
    progress = read_progress(folder, target)
    return progress.complete and not Tail(folder, progress.offset, progress.number).read()


def is_tracked(folder: Path) -> bool:
    """Whether a mirror ever followed the run, if only in vain: not so with tracking=off."""
    return (folder / MIRROR_LOCK).is_file() or (folder / PROGRESS).is_file()


def tracked_by(folder: Path) -> list[str]:
    """Names of the MLflows that have the run in `folder`; where none has it yet, of those that were to get it."""
    known = {name: progress for name, progress in _read(folder).items() if isinstance(progress, dict)}
    return [name for name, progress in known.items() if progress.get("run_id")] or list(known)


def _read(folder: Path) -> dict[str, dict[str, Any]]:
    try:
        found = json.loads((folder / PROGRESS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
