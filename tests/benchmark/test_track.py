"""A benchmark in MLflow: one run, a curve of each engine over batch sizes."""

import contextlib
import sqlite3
from dataclasses import replace

import pytest

from trainyard.benchmark.run import Benchmark
from trainyard.benchmark.track import metrics, track
from trainyard.config.root import project_root
from trainyard.config.schema.run import Tracking
from trainyard.tracking.journal import read_journal

MACHINE = {"processor": "made", "cores": 2, "gpu": None, "versions": {"torch": "2.13"}}


def benchmark(row):
    rows = [row("numpy", 10, size=1), row("numpy", 20), row("torch", 40, wrong=True)]
    rows.append(row("captured", 80, device="cuda"))
    return Benchmark(tuple(rows), MACHINE, "In plain words.")


def test_metrics_are_named_by_network_and_engine_and_only_those_of_ranked_rows(row):
    rows = [each for each in benchmark(row).rows if each.ranked and each.batch_size == 60]
    assert metrics(rows) == {
        "784-500-10/numpy-cpu-1-32/rows_per_second": 20, "784-500-10/numpy-cpu-1-32/ratio": 1,
        "784-500-10/captured-cuda-1-32/rows_per_second": 80, "784-500-10/captured-cuda-1-32/ratio": 4,
    }  # fmt: skip


@pytest.mark.slow
def test_a_benchmark_becomes_a_run_in_mlflow(row, tmp_path, simulated_config):
    file = tmp_path / "new" / "benchmark.csv"
    file.parent.mkdir()
    file.write_text("network\n")
    config = replace(simulated_config, tracking=Tracking(name="local"))
    assert track(benchmark(row), file.parent, [file], config) is None
    assert [record["step"] for record in read_journal(file.parent) if record["type"] == "metrics"] == [1, 60]
    with contextlib.closing(sqlite3.connect(project_root() / "mlflow.db")) as database:
        runs = database.execute(
            "select runs.status from runs join experiments using (experiment_id) where experiments.name = 'benchmark'"
        ).fetchall()
        curve = database.execute(
            "select step, value from metrics where key = '784-500-10/numpy-cpu-1-32/rows_per_second' order by step"
        ).fetchall()
        versions = database.execute("select value from params where key = 'version.torch'").fetchall()
    assert (runs, curve, versions) == ([("FINISHED",)], [(1, 10.0), (60, 20.0)], [("2.13",)])
