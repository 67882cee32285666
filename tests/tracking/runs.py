"""Runs as the tests make them."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from trainyard.tracking.journal import Journal
from trainyard.tracking.store import Store


def create(folder: Path, **options) -> Journal:
    """A journal with the values that a test does not care about filled in."""
    return Journal.create(folder, **{"kind": "run", "experiment": "e", "name": "n", "sync": False, **options})


WRITER = """
import sys, time
from pathlib import Path
from trainyard.tracking.journal import Journal
journal = Journal.create(Path(sys.argv[1]), kind="run", experiment="e", name="n")
journal.metrics({"val/loss": 1.0}, 1)
print("ready", flush=True)
"""


def writer(folder: Path, then: str = "time.sleep(60)") -> subprocess.Popen:
    """A process that has the journal of `folder` open."""
    process = subprocess.Popen([sys.executable, "-c", WRITER + then, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def kill(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


CARD = {
    "example": [{"length": 1.5, "kind": "a"}, {"length": 2.5, "kind": "b"}],
    "signature": {
        "inputs": [{"name": "length", "type": "double"}, {"name": "kind", "type": "string"}],
        "outputs": [{"name": "prediction", "type": "long"}],
    },
}


def whole_run(folder: Path, epochs: int = 3, **options) -> Journal:
    """A journal with a record of every type, open still."""
    journal = create(folder, **{"name": "first", "experiment": "e", **options})
    journal.params({"optimizer.lr": 0.1, "seed": 0})
    journal.tags({"task": "classification", "mlflow.user": "ann"})
    journal.note("why")
    journal.dataset(name="digits", digest="0" * 32, source="sklearn", schema='{"mlflow_colspec": []}')
    (folder / "config.yaml").write_text("a: 1\n")
    journal.artifact(folder / "config.yaml")
    for epoch in range(1, epochs + 1):
        journal.metrics({"train/loss": 1 / epoch, "val/loss": float("nan")}, epoch)
    (folder / "plots").mkdir()
    (folder / "plots" / "roc.png").write_bytes(b"png")
    journal.artifact(folder / "plots" / "roc.png")
    journal.metrics({"test/accuracy": 0.5}, epochs)
    (folder / "model").mkdir()
    (folder / "model" / "card.json").write_text(json.dumps(CARD))
    (folder / "model" / "weights.safetensors").write_bytes(b"12345")
    journal.model(folder / "model")
    return journal


def in_mlflow(store: Store, experiment: str = "e") -> list[dict]:
    """All that MLflow has of the runs of an experiment, oldest first, without the ids that it chose."""
    client = store.client
    found = client.search_runs([store.experiment(experiment)], order_by=["attributes.start_time", "tags.name"])
    names = {run.info.run_id: run.info.run_name for run in found}
    return [_contents(client, run, names) for run in found]


def _contents(client, run, names: dict[str, str]) -> dict:
    own = ("mlflow.run", "trainyard.run")
    tags = {name: value for name, value in run.data.tags.items() if not name.startswith(own)}
    if "mlflow.parentRunId" in tags:
        tags["mlflow.parentRunId"] = names[tags["mlflow.parentRunId"]]
    history = {name: client.get_metric_history(run.info.run_id, name) for name in run.data.metrics}
    models = [client.get_logged_model(output.model_id) for output in run.outputs.model_outputs]
    files, todo = [], [None]
    while todo:
        listed = client.list_artifacts(run.info.run_id, todo.pop())
        todo += [item.path for item in listed if item.is_dir]
        files += [item.path for item in listed if not item.is_dir]
    return {
        "name": run.info.run_name, "status": run.info.status, "start": run.info.start_time, "end": run.info.end_time,
        "params": run.data.params, "tags": tags, "files": sorted(files),
        "rows": {name: [(row.step, row.timestamp, repr(row.value)) for row in rows] for name, rows in history.items()},
        "datasets": [(item.dataset.name, item.dataset.digest) for item in run.inputs.dataset_inputs],
        "models": [(model.name, str(model.status), model.params) for model in models],
        "model_metrics": [sorted((m.key, m.step, m.value) for m in model.metrics or ()) for model in models],
        "all_models": len(client.search_logged_models([run.info.experiment_id])),
    }  # fmt: skip
