"""A benchmark in MLflow: one run, a curve of each engine over batch sizes."""

from dataclasses import replace

import pytest

from trainyard.benchmark.run import Benchmark
from trainyard.benchmark.track import metrics, track
from trainyard.config.root import project_root
from trainyard.config.schema import Tracking
from trainyard.tracking.journal import read_journal

MACHINE = {"processor": "made", "cores": 2, "gpu": None, "versions": {"torch": "2.13"}}


def benchmark(row):
    rows = [row("numpy", 10, size=1), row("numpy", 20), row("torch", 40, wrong=True)]
    rows.append(row("captured", 80, device="cuda"))
    return Benchmark(tuple(rows), MACHINE, "In plain words.")


def test_nothing_is_written_where_nothing_is_tracked(row, tmp_path, simulated_config):
    assert track(benchmark(row), tmp_path, [], simulated_config) is None
    assert not list(tmp_path.iterdir())


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
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{project_root() / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("benchmark")
    run = client.search_runs([experiment.experiment_id])[0]
    assert run.data.params["version.torch"] == "2.13"
    history = client.get_metric_history(run.info.run_id, "784-500-10/numpy-cpu-1-32/rows_per_second")
    assert [(each.step, each.value) for each in history] == [(1, 10), (60, 20)]
    assert run.info.status == "FINISHED"
