"""The folders of a sweep: its own journal on top, its members' below."""

from collections.abc import Iterator
from pathlib import Path

from trainyard.tracking.reading import JOURNAL, STATE, first_record

DEPTH = 2  # a member's folder lies directly in the sweep's, or one deeper
SKIPPED = (STATE, "checkpoints", "plots", "model")


def members(folder: Path, sweep: str) -> Iterator[Path]:
    """Folders of the runs below `folder` whose parent is the sweep with that id, by name."""
    yield from _below(folder, sweep, DEPTH)


def _below(folder: Path, sweep: str, depth: int) -> Iterator[Path]:
    for child in sorted(path for path in folder.iterdir() if path.is_dir() and path.name not in SKIPPED):
        if (child / JOURNAL).is_file():
            begin = first_record(child)
            if begin is not None and begin["parent"] == sweep:
                yield child
        elif depth > 1:
            yield from _below(child, sweep, depth - 1)


def sweep_of(folder: Path, sweep: str) -> Path | None:
    """The folder of the sweep that the run in `folder` is a member of, if it lies above."""
    for above in list(folder.resolve().parents)[:DEPTH]:
        begin = first_record(above)
        if begin is not None and begin["id"] == sweep:
            return above
    return None
