"""The connection to one MLflow: its database made once, its experiments, its runs by the ids that the journals hold."""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from trainyard.errors import TrainyardError
from trainyard.tracking.database import ensure_database, is_made
from trainyard.tracking.target import Target

if TYPE_CHECKING:
    from mlflow import MlflowClient

DATABASE_STORE = "mlflow.store.tracking.sqlalchemy_store"
RUN_ID = "trainyard.run_id"  # tag of an MLflow run: the id in the journal's first record


class StoreError(TrainyardError):
    """An MLflow that will not take a run as it is, however often one tries."""


class Store:
    """An MLflow that is connected to when it is first needed; importing it takes over a second."""

    def __init__(self, target: Target):
        self.target = target
        self._client: MlflowClient | None = None
        self._experiments: dict[str, str] = {}
        self._runs: dict[str, str] = {}

    def warm_up(self) -> None:
        """Do what takes time and leaves no trace: import MLflow, and open its database if there is one."""
        for module in ("mlflow.tracking", "mlflow.pyfunc", *([DATABASE_STORE] if self.target.artifacts else [])):
            import_module(module)
        if self.target.database is not None and is_made(self.target.database):
            self.connect()

    @property
    def client(self) -> "MlflowClient":
        """The client; MLflow's own global state is never touched."""
        return self._client or self.connect()

    def connect(self) -> "MlflowClient":
        """Open the connection, with a new database where there is none."""
        from mlflow.tracking import MlflowClient

        if self.target.database is not None:
            ensure_database(self.target.database, self.target.root / "mlartifacts")
        registry = os.environ.get("MLFLOW_REGISTRY_URI") or self.target.uri
        self._client = MlflowClient(self.target.uri, registry)
        return self._client

    def experiment(self, name: str) -> str:
        """The id of an experiment, made if it is not there. Raises StoreError where its runs cannot be written."""
        if name not in self._experiments:
            experiment = self.client.get_experiment_by_name(name)
            if experiment is None:
                experiment = self._create(name)
            self._check(experiment)
            self._experiments[name] = str(experiment.experiment_id)
        return self._experiments[name]

    def find_run(self, run_id: str, experiment: str) -> Any | None:
        """The MLflow run of a journal's id, also a deleted one; None if the journal was never written there."""
        from mlflow.entities import ViewType

        found = self.client.search_runs(
            [experiment], f"tags.`{RUN_ID}` = '{run_id}'", run_view_type=ViewType.ALL, max_results=1
        )
        return found[0] if found else None

    def mlflow_id(self, run_id: str, experiment: str) -> str | None:
        """The id that MLflow gave to the run of a journal's id, None if it has none."""
        if run_id not in self._runs:
            run = self.find_run(run_id, experiment)
            if run is None:
                return None
            self._runs[run_id] = run.info.run_id
        return self._runs[run_id]

    def _create(self, name: str) -> Any:
        from mlflow.exceptions import MlflowException

        folder = self.target.artifacts
        location = (folder / quote(name, safe=" ")).as_uri() if folder is not None else None
        try:
            self.client.create_experiment(name, artifact_location=location)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":  # another process was first
                raise
        return self.client.get_experiment_by_name(name)

    def _check(self, experiment: Any) -> None:
        name, location = experiment.name, urlsplit(str(experiment.artifact_location))
        if experiment.lifecycle_stage != "active":
            raise StoreError(
                f'The experiment "{name}" is deleted in MLflow. Restore it with `mlflow experiments restore -x '
                f"{experiment.experiment_id}`, or give another experiment_name."
            )
        if location.scheme == "mlflow-artifacts" and self.target.artifacts is not None:
            raise StoreError(
                f'The experiment "{name}" was made by an MLflow server, and only that server can take its files; this '
                f"run opens {self.target.name} directly. Use tracking=server with tracking.uri=http://host:port, or "
                "give another experiment_name."
            )
        local = urlsplit(self.target.uri).hostname in ("localhost", "127.0.0.1", "::1", os.uname().nodename)
        if self.target.artifacts is None and location.scheme in ("", "file") and not local:
            raise StoreError(
                f'The experiment "{name}" keeps its files in {location.path}, a folder of the machine that made it '
                "without a server. Give another experiment_name."
            )

