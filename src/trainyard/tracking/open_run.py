"""The files of a run by whatever a person calls it: from its folder, or from MLflow where there is none here."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from trainyard.config.runs import find_run
from trainyard.config.schema.run import Tracking
from trainyard.errors import ConfigError
from trainyard.tracking.reading import read_journal
from trainyard.tracking.registry import REGISTERED, find_registered
from trainyard.tracking.remote_record import RemoteRecord, find_remote


@dataclass(frozen=True)
class OpenedRun:
    """The folder of a run, laid out as training leaves it.

    `remote` is None where it is the run's own; else the files were fetched to a folder that goes when it is left.
    """

    folder: Path
    remote: RemoteRecord | None = None


@contextmanager
def open_run(
    name: str, root: Path, tracking: Callable[[], Tracking] = Tracking, key: str = "run"
) -> Iterator[OpenedRun]:
    """Give the run that a person calls `name`: see `find_run`; or models:/name@alias, models:/name/version.

    `tracking`, which is asked only where MLflow is needed, says where runs are tracked. Raises ConfigError, naming the
    key, where neither `runs/` nor MLflow knows the run.
    """
    if name.startswith(REGISTERED):
        remote = find_registered(name, root, tracking(), key)
        own = _own_folder(remote, root)
        if own is not None:
            yield OpenedRun(own)
            return
    else:
        try:
            folder = find_run(name, root, key)
        except ConfigError as error:
            found = None if name == "latest" or Path(name).is_dir() else find_remote(name, root, tracking())
            if found is None:
                raise ConfigError(f"{error} (MLflow has none either)") from None
            remote = found
        else:
            yield OpenedRun(folder)
            return
    with TemporaryDirectory(prefix="trainyard-run-") as temporary:
        yield OpenedRun(_fetched(remote, Path(temporary)), remote)


def _own_folder(remote: RemoteRecord, root: Path) -> Path | None:
    """Return the folder of a registered model's run where it is here and still holds that model."""
    try:
        folder = find_run(remote.trainyard_id, root)
    except ConfigError:
        return None
    packaged = [record["md5"] for record in read_journal(folder) if record["type"] == "model"]
    return folder if packaged[-1:] == [remote.model_md5] else None


def _fetched(remote: RemoteRecord, folder: Path) -> Path:
    """Lay out the files of a run of which only MLflow knows as in a run's folder, and return that."""
    remote.download(folder)
    model = next(folder.glob("**/weights.safetensors"), None)
    if model is not None and model.parent != folder / "model":
        shutil.copytree(model.parent, folder / "model", dirs_exist_ok=True)
    return folder
