"""The MLflow model that is served: as MLflow has it where the run was tracked, else made of the run's own package."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from trainyard.config.schema.run import Tracking
from trainyard.inference.load import package_folder
from trainyard.inference.package import CARD
from trainyard.tracking.logged_model import DIGEST, ModelFiles, save_mlflow_model
from trainyard.tracking.open_run import OpenedRun, open_run
from trainyard.tracking.reading import JOURNAL, read_journal
from trainyard.tracking.refusal import reason
from trainyard.tracking.remote_record import find_remote

if TYPE_CHECKING:
    from mlflow.pyfunc import PyFuncModel

    from trainyard.inference import Model

TRUSTED = "TRAINYARD_TRUSTED"  # variable of the environment that MLflow's model asks whose code it may run
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
         "MLFLOW_LOGGING_LEVEL": "ERROR"}  # fmt: skip
LOGGED = "mlflow-model"  # folder of the MLflow model in the files of a run that were fetched


@dataclass(frozen=True)
class ServedModel:
    """A model as MLflow loaded it, the packaged one in it, a folder of its own that goes when serving ends, and where
    the model came from."""

    pyfunc: "PyFuncModel"
    folder: Path
    origin: str

    @property
    def model(self) -> "Model":
        """The packaged model that MLflow's is around."""
        around: Any = self.pyfunc.unwrap_python_model()  # type: ignore[no-untyped-call]
        packaged: Model = around.model
        return packaged


@contextmanager
def open_served(
    name: str, root: Path, tracking: Callable[[], Tracking], trust: Sequence[str] = ()
) -> Iterator[ServedModel]:
    """Give the model of a run by what a person calls it (see `open_run`), or the packaged one in the folder `name`.

    Raises ConfigError where there is no such run, PackageError for a model that is not whole or not trusted.
    """
    os.environ.update(QUIET)
    with TemporaryDirectory(prefix="trainyard-serving-") as temporary:
        folder, path = Path(temporary), Path(name).expanduser()
        if (package_folder(path) / CARD).is_file() and not (path / JOURNAL).is_file():
            yield _loaded(_packed(package_folder(path), folder), folder, f"the package in {path}", trust)
            return
        with open_run(name, root, tracking) as run:
            served, origin = _of_run(run, folder, root, tracking)
            yield _loaded(served, folder, origin, trust)


def _of_run(run: OpenedRun, folder: Path, root: Path, tracking: Callable[[], Tracking]) -> tuple[Path, str]:
    """Return the folder of the MLflow model of a run, and where it came from."""
    own = f"the package of {run.folder.resolve().name}"
    if run.remote is not None:
        if (run.folder / LOGGED).is_dir():
            return run.folder / LOGGED, f"MLflow, logged by {run.remote.name}"
        return _packed(package_folder(run.folder), folder), f"the package of {run.remote.name}"
    try:
        fetched = _fetched(run.folder, folder / LOGGED, root, tracking)
    except Exception as error:  # noqa: BLE001  # whatever keeps MLflow away, the package is here
        return _packed(package_folder(run.folder), folder), f"{own}; MLflow does not answer: {reason(error)}"
    if fetched:
        return folder / LOGGED, f"MLflow, logged by {run.folder.resolve().name}"
    return _packed(package_folder(run.folder), folder), own


def _fetched(run: Path, to: Path, root: Path, tracking: Callable[[], Tracking]) -> bool:
    """Fetch the model that MLflow has of a run, and return whether it has the one that the run ended with."""
    records = read_journal(run)
    packaged = [record["md5"] for record in records if record["type"] == "model"][-1:]
    remote = find_remote(str(records[0]["id"]), root, tracking())
    model = None if remote is None else remote.newest_model
    if remote is None or model is None or [remote.client.get_logged_model(model).tags.get(DIGEST)] != packaged:
        return False
    remote.download_model(model, to)
    return True


def _packed(package: Path, folder: Path) -> Path:
    """Make an MLflow model of a package, in a folder."""
    files = ModelFiles()
    try:
        save_mlflow_model(folder / LOGGED, package, files)
    finally:
        files.close()
    return folder / LOGGED


def _loaded(served: Path, folder: Path, origin: str, trust: Sequence[str]) -> ServedModel:
    import mlflow.pyfunc

    known = [name for name in os.environ.get(TRUSTED, "").split(",") if name]
    os.environ[TRUSTED] = ",".join([*known, *trust])
    loaded: Any = mlflow.pyfunc.load_model(str(served))
    return ServedModel(loaded, folder, origin)
