"""Writing a metric: into the journal, against MLflow's log_metric on sqlite."""

import tempfile
import time
from pathlib import Path

from benchmarks.harness import Claim, Measured, Result, alternate, judge
from trainyard.tracking.journal import Journal

WRITES = 100
CLAIMS = [Claim("a metric into the journal / log_metric", "journal", "MlflowClient.log_metric", 1 / 40, cost=True)]


def run(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure the same number of single metrics, written one by one."""
    from mlflow import MlflowClient

    with tempfile.TemporaryDirectory() as folder:
        client = MlflowClient(f"sqlite:///{folder}/mlflow.db")
        mlflow_run = client.create_run(client.create_experiment("bench", f"file://{folder}/artifacts")).info.run_id
        journal = Journal.create(Path(folder) / "run", kind="run", experiment="bench", name="bench")

        def with_journal() -> None:
            for step in range(WRITES):
                journal.metrics({"val/loss": 0.5}, step=step)

        def with_mlflow() -> None:
            for step in range(WRITES):
                client.log_metric(mlflow_run, "val/loss", 0.5, int(time.time() * 1000), step)

        measured = alternate({"journal": with_journal, "MlflowClient.log_metric": with_mlflow}, rounds)
        journal.end("FINISHED")
    return f"{WRITES} metrics, one by one", measured, judge(CLAIMS, measured)
