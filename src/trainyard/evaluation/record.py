"""What is found out about a run later on, added to what it said of itself and, where it is tracked, to MLflow."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from trainyard.config.root import project_root
from trainyard.config.schema.run import Tracking
from trainyard.tracking.journal import Journal
from trainyard.tracking.progress import is_tracked
from trainyard.tracking.sync import sync


def append_to_run(folder: Path, prefix: str, metrics: Mapping[str, float], step: int, files: Sequence[Path]) -> None:
    """Append metrics, as <prefix>/<name>, and the files that lie in the run's folder to the journal of a run.

    Raises JournalError while the run still goes on.
    """
    journal = Journal.extend(folder)
    try:
        if metrics:
            journal.metrics({f"{prefix}/{name}": value for name, value in metrics.items()}, step=step)
        for file in files:
            if file.resolve().is_relative_to(folder.resolve()):
                journal.artifact(file)
    finally:
        journal.close()


def bring_to_mlflow(folder: Path, tracking: Tracking) -> str | None:
    """Have MLflow get what was appended, where the run is tracked; return a sentence where that did not come about."""
    if tracking.name == "off" or not is_tracked(folder):
        return None
    problems = sync(project_root(), tracking, folder, say=lambda _line: None).problems
    return f"MLflow does not have it yet: {' '.join(problems)} `trainyard sync` brings it." if problems else None
