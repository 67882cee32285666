"""The run that is to be run again: from its folder, or from MLflow where the folder is gone."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from trainyard.config.runs import find_run
from trainyard.config.schema import Tracking
from trainyard.errors import ConfigError
from trainyard.reports.run_files import RunFiles, read_run
from trainyard.tracking.remote_record import RemoteRecord, find_remote


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
    try:
        folder = find_run(name, root)
    except ConfigError as error:
        with TemporaryDirectory(prefix="trainyard-original-") as temporary:
            remote = find_remote(name, root, tracking)
            if remote is None:
                raise ConfigError(f"{error}. MLflow has none either.") from None
            yield _fetched(remote, Path(temporary))
        return
    files = read_run(folder)
    yield Original(files, str(files.begin.get("id")), str(files.begin.get("name")), folder, None)


def _fetched(remote: RemoteRecord, folder: Path) -> Original:
    """Return a run of which only MLflow knows, its files laid out as in a run's folder."""
    remote.download(folder)
    model = next(folder.glob("**/weights.safetensors"), None)
    if model is not None and model.parent != folder / "model":
        shutil.copytree(model.parent, folder / "model", dirs_exist_ok=True)
    return Original(read_run(folder), remote.trainyard_id, remote.name, None, remote)
