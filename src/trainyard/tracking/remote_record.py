"""A run as MLflow has it, for those who have no folder of it: found by what a person calls it, its files fetched."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainyard.config.schema.run import Tracking
from trainyard.errors import TrainyardError
from trainyard.tracking.refusal import is_unreachable, reason
from trainyard.tracking.store import RUN_ID, Store
from trainyard.tracking.target import Target, resolve

if TYPE_CHECKING:
    from mlflow import MlflowClient

FILES = ("config.yaml", "overrides.txt", "lineage.json", "code.diff", "untracked.zip", "metrics.json")
SHORTEST = 4  # characters of the beginning of an id


@dataclass(frozen=True)
class RemoteRecord:
    """A run in MLflow: its ids there and in its journal, and its name.

    `model` is the id of the logged model that is meant, `model_md5` its digest; without them the run's newest is.
    """

    client: "MlflowClient"
    run: Any
    uri: str = field(repr=False)
    model: str | None = None
    model_md5: str | None = None

    @property
    def mlflow_id(self) -> str:
        return str(self.run.info.run_id)

    @property
    def trainyard_id(self) -> str:
        return str(self.run.data.tags[RUN_ID])

    @property
    def name(self) -> str:
        return str(self.run.info.run_name)

    def download(self, folder: Path) -> None:
        """Fetch the record of the run and its packaged model into a folder; what is not there is left out."""
        there = {artifact.path for artifact in self.client.list_artifacts(self.mlflow_id)}
        for name in FILES:
            if name in there:
                self.client.download_artifacts(self.mlflow_id, name, str(folder))
        model = self.model or self.newest_model
        if model is not None:
            self.download_model(model, folder / "mlflow-model")

    @property
    def newest_model(self) -> str | None:
        """The id of the logged model that the run ended with, None where it has none."""
        outputs = self.run.outputs.model_outputs if self.run.outputs else []
        return str(outputs[-1].model_id) if outputs else None

    def download_model(self, model: str, folder: Path) -> None:
        """Fetch a logged model by its id into a new folder."""
        import mlflow.artifacts

        folder.mkdir()
        with at_address(self.uri):
            mlflow.artifacts.download_artifacts(f"models:/{model}", dst_path=str(folder))

    def tag(self, name: str, value: str) -> None:
        """Set a tag of the run."""
        self.client.set_tag(self.mlflow_id, name, value)


@contextmanager
def at_address(uri: str) -> Iterator[None]:
    """Have MLflow look for logged models at an address meanwhile: it does so at the one address that it knows of.

    MLflow keeps that in the environment, too, which is left as it was: without an address, where there was none.
    """
    import mlflow

    before = os.environ.get("MLFLOW_TRACKING_URI")
    mlflow.set_tracking_uri(uri)
    try:
        yield
    finally:
        mlflow.set_tracking_uri(before)  # type: ignore[arg-type]  # None is what it begins with


@contextmanager
def answering(uri: str) -> Iterator[None]:
    """Raise TrainyardError in a sentence where the MLflow at an address does not do what it is asked for meanwhile."""
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        asked, why = Target(uri, Path()), reason(error)
        if is_unreachable(error):
            cause = "" if why == str(error) else f" ({why})"
            raise TrainyardError(f"The MLflow at {asked.name} does not answer{cause}. Is it running, and is "
                                 "tracking.uri or MLFLOW_TRACKING_URI its address?") from error  # fmt: skip
        raise TrainyardError(f"The MLflow at {asked.name} refuses: {asked.hide(why).rstrip('.')}.") from error


def connect(root: Path, tracking: Tracking) -> "tuple[MlflowClient, Target] | None":
    """Return the client of MLflow and where it is; None where nothing is tracked, or nothing was yet."""
    target = resolve(tracking, root)
    if target is None or (target.database is not None and not target.database.exists()):
        return None
    os.environ.update({name: value for name, value in target.environment().items() if name != "MLFLOW_TRACKING_URI"})
    os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false")
    os.environ.setdefault("MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD", "false")  # what the server has, the server sends
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # a person waits
    return Store(target).client, target


def find_remote(name: str, root: Path, tracking: Tracking) -> RemoteRecord | None:
    """Return the run of MLflow that is called `name`: its id there, the id of its journal or its folder's last part.

    None where there is none, several, or nothing is tracked.
    """
    connected = None if len(name) < SHORTEST else connect(root, tracking)
    if connected is None:
        return None
    client, target = connected
    ending = name.replace("'", "").replace("%", "")
    with answering(target.uri):
        experiments = [experiment.experiment_id for experiment in client.search_experiments()]
        for condition in (
            f"attributes.run_id = '{ending}'", f"tags.`{RUN_ID}` LIKE '{ending}%'",
            f"tags.run_folder LIKE '%-{ending}'",
        ):  # fmt: skip
            found = client.search_runs(experiments, condition, max_results=2)
            if len(found) == 1 and RUN_ID in found[0].data.tags:
                return RemoteRecord(client, found[0], target.uri)
    return None
