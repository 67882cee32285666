"""A run as MLflow has it, for those who have no folder of it: found by what a person calls it, its files fetched."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainyard.config.schema import Tracking
from trainyard.tracking.store import RUN_ID, Store
from trainyard.tracking.target import resolve

if TYPE_CHECKING:
    from mlflow import MlflowClient

FILES = ("config.yaml", "overrides.txt", "lineage.json", "code.diff", "untracked.zip", "metrics.json")
SHORTEST = 4  # characters of the beginning of an id


@dataclass(frozen=True)
class RemoteRecord:
    """A run in MLflow: its ids there and in its journal, and its name."""

    client: "MlflowClient"
    run: Any
    uri: str = field(repr=False)

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
        outputs = self.run.outputs.model_outputs if self.run.outputs else []
        if outputs:
            self._download_model(str(outputs[-1].model_id), folder / "mlflow-model")

    def _download_model(self, model: str, folder: Path) -> None:
        """Fetch a logged model, which MLflow looks for at the one address that it knows of."""
        import mlflow.artifacts

        before = mlflow.get_tracking_uri()
        mlflow.set_tracking_uri(self.uri)
        try:
            folder.mkdir()
            mlflow.artifacts.download_artifacts(f"models:/{model}", dst_path=str(folder))
        finally:
            mlflow.set_tracking_uri(before)

    def tag(self, name: str, value: str) -> None:
        """Set a tag of the run."""
        self.client.set_tag(self.mlflow_id, name, value)


def find_remote(name: str, root: Path, tracking: Tracking) -> RemoteRecord | None:
    """Return the run of MLflow that is called `name`: its id there, the id of its journal or its folder's last part.

    None where there is none, several, or nothing is tracked.
    """
    target = resolve(tracking, root)
    if target is None or len(name) < SHORTEST or (target.database is not None and not target.database.exists()):
        return None
    os.environ.update({name: value for name, value in target.environment().items() if name != "MLFLOW_TRACKING_URI"})
    os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false")
    os.environ.setdefault("MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD", "false")  # what the server has, the server sends
    client = Store(target).client
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    ending = name.replace("'", "").replace("%", "")
    for condition in (
        f"attributes.run_id = '{ending}'", f"tags.`{RUN_ID}` LIKE '{ending}%'", f"tags.run_folder LIKE '%-{ending}'",
    ):  # fmt: skip
        found = client.search_runs(experiments, condition, max_results=2)
        if len(found) == 1 and RUN_ID in found[0].data.tags:
            return RemoteRecord(client, found[0], target.uri)
    return None
