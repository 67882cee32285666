"""One run in MLflow, written so that doing it again changes nothing: each thing is looked up before it is made."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.files import write_text
from trainyard.tracking.entries import TAG_LENGTH, Batch, cut, milliseconds
from trainyard.tracking.logged_model import ModelFiles, log_model
from trainyard.tracking.reading import Record
from trainyard.tracking.store import RUN_ID, Store

if TYPE_CHECKING:
    from mlflow.entities import Run

LINK = "mlflow.json"


class RemoteRun:
    """The MLflow run of a journal whose first record is `begin`; made if MLflow does not know its id.

    `known` is the MLflow id that it had the last time. `fresh` tells that it was made just now, `deleted` that a person
    deleted it in MLflow, which is final.
    """

    def __init__(self, store: Store, begin: Record, known: str | None, files: ModelFiles):
        self._store = store
        self._files = files
        self._begin = begin
        self._experiment = store.experiment(begin["experiment"])
        found = self._find(known)
        self.fresh = found is None
        run = self._create() if found is None else found
        self.id: str = run.info.run_id
        self.deleted = run.info.lifecycle_stage != "active"
        self._params = dict(run.data.params)
        self._noted = "mlflow.note.content" in run.data.tags
        self._rows: dict[str, set[tuple[int, int]]] = {}
        self._models: list[str] = [output.model_id for output in run.outputs.model_outputs] if run.outputs else []

    def _find(self, known: str | None) -> "Run | None":
        from mlflow.exceptions import MlflowException

        if known is not None:
            try:
                run = self._store.client.get_run(known)
            except MlflowException as error:
                if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                    raise
            else:
                if run.data.tags.get(RUN_ID) == self._begin["id"]:
                    return run
        return self._store.find_run(self._begin["id"], self._experiment)

    def _create(self) -> "Run":
        tags = {RUN_ID: self._begin["id"]}
        if self._begin["parent"] is not None:
            tags["trainyard.sweep_id"] = self._begin["parent"]
            parent = self._store.mlflow_id(self._begin["parent"], self._experiment)
            if parent is not None:
                tags["mlflow.parentRunId"] = parent
        return self._store.client.create_run(
            self._experiment, start_time=milliseconds(self._begin), tags=tags, run_name=self._begin["name"]
        )

    def write_link(self, folder: Path) -> None:
        """Name this run in `mlflow.json` of the run's folder."""
        link = {"run_id": self.id, "experiment_id": self._experiment, "tracking_uri": self._store.target.name}
        if self._models:
            link["model_uri"] = f"models:/{self._models[-1]}"
        text = json.dumps(link, indent=2) + "\n"
        file = folder / LINK
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            write_text(file, text)

    def write(self, batch: Batch) -> None:
        """Write metrics, params and tags; rows that MLflow has are left out.

        A param that was given another value before, as in a resumed run, keeps it: the new one becomes a tag.
        """
        from mlflow.entities import Metric, Param, RunTag

        changed = {name: new for name, new in batch.params.items() if self._params.get(name, new) != new}
        new_params = {name: value for name, value in batch.params.items() if name not in self._params}
        tags = batch.tags | {f"resumed.{name}": value for name, value in changed.items()}
        todo = Batch([row for row in batch.metrics if self._is_new(row)], new_params, tags)
        for call in todo.calls():
            self._store.client.log_batch(
                self.id,
                metrics=[Metric(name, value, when, step) for name, value, when, step in call.metrics],
                params=[Param(name, value) for name, value in call.params.items()],
                tags=[RunTag(name, value) for name, value in call.tags.items()],
                synchronous=True,
            )
        self._params |= new_params
        self._noted = self._noted or "mlflow.note.content" in tags

    def _is_new(self, row: tuple[str, float, int, int]) -> bool:
        name, _, when, step = row
        if self.fresh:
            return True
        if name not in self._rows:
            history = self._store.client.get_metric_history(self.id, name)
            self._rows[name] = {(old.step, old.timestamp) for old in history}
        if (step, when) in self._rows[name]:
            return False
        self._rows[name].add((step, when))
        return True

    def dataset(self, record: Record) -> None:
        """Write what the run read as a dataset input; MLflow itself knows one that it has."""
        from mlflow.entities import Dataset, DatasetInput, InputTag

        source = json.dumps({"uri": record["source"]})
        dataset = Dataset(
            record["name"], record["digest"][:36], "local", source, record["schema"] or None, record["profile"] or None
        )
        tags = [InputTag("mlflow.data.context", record["context"])]
        self._store.client.log_inputs(self.id, [DatasetInput(dataset, tags)])

    def artifact(self, folder: Path, record: Record) -> None:
        """Copy a file of the run's folder to the same relative path; the same file again takes its own place."""
        parent = Path(record["path"]).parent.as_posix()
        self._store.client.log_artifact(self.id, str(folder / record["path"]), None if parent == "." else parent)

    def model(self, folder: Path, record: Record) -> None:
        """Log the packaged model as an MLflow model of this run."""
        model_id = log_model(
            self._store.client, self._files, self._experiment, self.id, folder / record["path"], record["md5"],
            self._params,
        )  # fmt: skip
        if model_id not in self._models:
            from mlflow.entities import LoggedModelOutput

            self._store.client.log_outputs(self.id, [LoggedModelOutput(model_id, step=0)])
            self._models.append(model_id)
        self.write_link(folder)

    def running(self) -> None:
        """The run goes on after it ended."""
        self._store.client.update_run(self.id, status="RUNNING")

    def measured(self, batch: Batch) -> None:
        """Show metrics that the run has with its model, if it has one, as well."""
        from mlflow.entities import Metric

        for call in batch.calls() if self._models else ():
            rows = [Metric(*row, model_id=self._models[-1], run_id=self.id) for row in call.metrics]
            self._store.client.log_batch(self.id, metrics=rows, synchronous=True)

    def end(self, status: str, when: int, error: str | None = None) -> None:
        """The run is over since `when` (ms since 1970)."""
        if error:
            tags = {"trainyard.error": cut(error, TAG_LENGTH)}
            if not self._noted:
                tags["mlflow.note.content"] = cut(f"{status}: {error}", TAG_LENGTH)
            self.write(Batch(tags=tags))
        self._store.client.set_terminated(self.id, status, when)
