"""Which MLflow each run of a project is brought to: the one that it was tracked with, unless another one is named."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trainyard.tracking import pending
from trainyard.tracking.members import sweep_of
from trainyard.tracking.progress import delivered, is_tracked, tracked_by
from trainyard.tracking.reading import JOURNAL, JournalError, first_record
from trainyard.tracking.target import Target, target


@dataclass(frozen=True)
class Wish:
    """Where a person wants runs to be.

    - default: the MLflow for runs that have none of their own
    - named: whether `default` is to have the runs that are not complete in an MLflow of their own
    - moves: whether it is to have the complete ones as well
    - untracked: whether runs that were never tracked are meant, too
    """

    default: Target
    named: bool = False
    moves: bool = False
    untracked: bool = False


@dataclass
class Destinations:
    """What is to be done: folders of runs and sweeps by MLflow; how many need nothing, or are left out as untracked."""

    folders: dict[Target, list[Path]] = field(default_factory=dict)
    complete: int = 0
    untracked: int = 0


def destination(folder: Path, root: Path, wish: Wish) -> Destinations:
    """Return where the run or sweep in `folder` goes, whatever it was. Raises JournalError where there is none."""
    begin = first_record(folder)
    if begin is None:
        raise JournalError(f"There is no run in {folder}: it has no {JOURNAL}.")
    sweep = sweep_of(folder, begin["parent"]) if begin["parent"] is not None else None
    whole = sweep or folder.resolve()  # MLflow shows a member under its sweep
    own = _own_targets(whole, pending.targets(root).get(whole, []), root)
    goals = [wish.default] if wish.named or wish.moves or not own else own
    return Destinations({goal: [whole] for goal in goals})


def destinations(root: Path, wish: Wish) -> Destinations:
    """Return where the runs and sweeps below `runs/` go, and others that a note says are not in MLflow yet."""
    found, waiting = Destinations(), pending.targets(root)
    below = {folder.resolve() for folder in _journals(root / "runs")}
    for folder in sorted(below | {folder for folder in waiting if first_record(folder) is not None}):
        own = _own_targets(folder, waiting.get(folder, []), root)
        if not own and not is_tracked(folder) and not wish.untracked:
            found.untracked += 1
            continue
        goals = _goals(folder, own, wish)
        found.complete += not goals
        for goal in goals:
            found.folders.setdefault(goal, []).append(folder)
    return found


def _own_targets(folder: Path, noted: Sequence[str], root: Path) -> list[Target]:
    """The MLflows that a run was begun for, or has got into; no database of a folder that is gone, as after a move."""
    own = [target(name, root) for name in dict.fromkeys([*noted, *tracked_by(folder)])]
    return [goal for goal in own if goal.database is None or goal.database.parent.is_dir()]


def _goals(folder: Path, own: Sequence[Target], wish: Wish) -> list[Target]:
    """The MLflows to look at for a run; a database of this project is looked into though it seems complete."""
    todo = [goal for goal in own if not delivered(folder, goal.name)]
    if not own or wish.moves or (wish.named and (todo or wish.default in own)):
        return [wish.default]
    return [] if wish.named else [goal for goal in own if goal in todo or goal.database is not None]


def _journals(folder: Path) -> Iterator[Path]:
    for path, names, files in os.walk(folder):
        if JOURNAL in files:
            names.clear()
            yield Path(path)
