"""Notes at the project root of the runs that MLflow has not got whole, so that finding them costs no search.

One small file a run or sweep in `.trainyard/pending/`, written when its mirror starts and removed when MLflow has
everything.
"""

import hashlib
import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from trainyard.files import remove_if_empty, write_text
from trainyard.tracking.process import Process

PENDING = ".trainyard/pending"


@dataclass(frozen=True)
class Pending:
    """A folder whose run or sweep is to be written to the MLflow named `target`."""

    folder: str  # absolute
    target: str  # Target.name
    starter: dict[str, int | str]  # the process that began it, for a folder that never got a journal
    gave_up: float | None = None  # when a mirror could not reach MLflow, in seconds since 1970

    @property
    def starter_runs(self) -> bool:
        """Whether the process that began it may still make a run of it."""
        return Process.from_dict(self.starter).runs_here() is not False


def file_of(root: Path, folder: Path, target: str) -> Path:
    """Where the note lies; two targets of one folder have two."""
    name = hashlib.sha256(f"{folder.resolve()}\n{target}".encode()).hexdigest()[:16]
    return root / PENDING / f"{name}.json"


def mark(root: Path, folder: Path, target: str) -> None:
    """Note that MLflow has to get what is in `folder`; this process began it."""
    _write(root, Pending(str(folder.resolve()), target, Process.own().as_dict()))


def give_up(root: Path, folder: Path, target: str) -> None:
    """Note that it was of no use to try just now."""
    pending = find(root, folder, target)
    if pending is not None:
        _write(root, replace(pending, gave_up=time.time()))


def unmark(root: Path, folder: Path, target: str) -> None:
    """MLflow has everything, or nothing came of the run."""
    file_of(root, folder, target).unlink(missing_ok=True)


def abandon(root: Path, folder: Path, target: str) -> None:
    """Nothing came of the run, as the process that began it was killed; its folder goes, too, if nothing lies in it."""
    remove_if_empty(folder, above=2)
    unmark(root, folder, target)


def find(root: Path, folder: Path, target: str) -> Pending | None:
    """The note of one folder, if there is one."""
    return _read(file_of(root, folder, target))


def all_pending(root: Path) -> list[Pending]:
    """All notes by folder; one that cannot be read is passed over."""
    found = [_read(file) for file in (root / PENDING).glob("*.json")]
    return sorted(filter(None, found), key=lambda pending: pending.folder)


def targets(root: Path) -> dict[Path, list[str]]:
    """Names of the MLflows that have to get a run or sweep yet, by its folder."""
    found: dict[Path, list[str]] = {}
    for pending in all_pending(root):
        found.setdefault(Path(pending.folder), []).append(pending.target)
    return found


def _read(file: Path) -> Pending | None:
    try:
        return Pending(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write(root: Path, pending: Pending) -> None:
    write_text(file_of(root, Path(pending.folder), pending.target), json.dumps(asdict(pending)))
