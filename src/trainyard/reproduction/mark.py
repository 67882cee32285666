"""The words that a run and its repetition bear of each other."""

from pathlib import Path

from trainyard.config.schema.run import Tracking
from trainyard.reproduction.original import Original
from trainyard.tracking.journal import Journal
from trainyard.tracking.reading import first_record
from trainyard.tracking.sync import sync


def mark(original: Original, again: Path, verdict: str, root: Path, tracking: Tracking) -> None:
    """Let the original say that it was run again, by which run and with what result."""
    begin = first_record(again) or {}
    tags = {"reproduced": verdict, "reproduced_by": str(begin.get("id", again.name))}
    if original.folder is not None:
        journal = Journal.extend(original.folder)
        journal.tags(tags)
        journal.close()
        if tracking.name != "off":
            sync(root, tracking, original.folder, say=lambda _line: None)
    elif original.remote is not None:
        for name, value in tags.items():
            original.remote.tag(name, value)
