"""The run that is to be run again: from its folder, or from MLflow where the folder is gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trainyard.config.schema.run import Tracking
from trainyard.reports.run_files import RunFiles, read_run
from trainyard.tracking.open_run import open_run
from trainyard.tracking.remote_record import RemoteRecord


@dataclass(frozen=True)
class Original:
    """What a run left: its files, where they lie, and the id that its journal gave it.

    `folder` is the run's own, None where its files came from MLflow, of which `remote` knows.
    """

    files: RunFiles
    id: str
    name: str
    folder: Path | None
    remote: RemoteRecord | None


@contextmanager
def open_original(name: str, root: Path, tracking: Tracking) -> Iterator[Original]:
    """Give the run that a person calls `name`; files of a run that only MLflow has are fetched meanwhile.

    Raises ConfigError where neither `runs/` nor MLflow knows it.
    """
    with open_run(name, root, lambda: tracking) as opened:
        files, remote = read_run(opened.folder), opened.remote
        if remote is not None:
            yield Original(files, remote.trainyard_id, remote.name, None, remote)
        else:
            yield Original(files, str(files.begin.get("id")), str(files.begin.get("name")), opened.folder, None)
