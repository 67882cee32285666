"""One benchmark: what is measured by default and when asked, and how engines that do not start end it."""

import sys
import time

import pytest

from tests.benchmark.test_measure import MADE_UP
from tests.synthetic import make_config, make_prepared
from trainyard.benchmark import plot, run, workloads
from trainyard.benchmark.run import Asked, Benchmark, check_engines, run_benchmark, start_note, workloads_of
from trainyard.benchmark.worker import Worker
from trainyard.errors import ConfigError, TrainyardError

# the guide says what the machine has, too
ENGINE = MADE_UP.replace('"versions": {}', '"versions": {"made": "1"}, "gpu": None, "bf16": True')


@pytest.fixture(autouse=True)
def _few_rows(monkeypatch):
    monkeypatch.setattr(workloads, "ROWS", 512)


def start(spec):
    return Worker(spec, [sys.executable, "-c", ENGINE, spec.kind])


def test_it_measures_what_was_asked_for_and_keeps_it(simulated_config, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "usable_cores", lambda: 2)
    begun = []
    asked = Asked(simulated_config, None, 30.0, kinds=("numpy", "trainyard"), networks=("784-10",), sizes=(4, 16))
    found = run_benchmark(asked, lambda *case: begun.append(case), start)
    assert begun == [("784-10", 4, 2), ("784-10", 16, 2)]
    assert [row.spec.name for row in found.rows if row.batch_size == 4] == [
        "NumPy, 1 thread", "NumPy, 2 threads", "Trainyard, 1 thread", "Trainyard, 2 threads",
        "Trainyard, 1 thread, auto", "Trainyard, 2 threads, auto", "Trainyard, 2 threads, bf16",
    ]  # fmt: skip
    assert (found.machine["cores"], found.machine["gpu"], found.machine["versions"]) == (2, None, {"made": "1"})
    assert "not known" in found.words
    assert [file.name for file in found.keep(tmp_path / "new")] == [
        "benchmark.csv", "benchmark.json", "benchmark.png",
    ]  # fmt: skip


def test_earlier_files_stay_until_the_new_ones_are_complete(row, tmp_path, monkeypatch):
    about = {"processor": "made", "cores": 2, "gpu": None, "versions": {}}
    older, newer = (Benchmark((row("numpy", speed),), about, words) for speed, words in ((100, "Old."), (200, "New.")))
    older.keep(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def fail(*_):
        assert {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()} == before
        raise ValueError("no plot")

    monkeypatch.setattr(plot, "draw_benchmark", fail)
    with pytest.raises(ValueError, match="no plot"):
        newer.keep(tmp_path)
    assert "New." in (tmp_path / "benchmark.json").read_text()
    assert (tmp_path / "benchmark.csv").read_bytes() != before["benchmark.csv"]
    assert {file.name for file in tmp_path.iterdir()} == set(before)


def test_the_budget_counts_from_the_start_of_the_command(simulated_config, monkeypatch):
    left = []

    def note(*arguments):
        left.append(arguments[4] - time.monotonic())
        raise KeyError

    monkeypatch.setattr(run, "Session", note)
    for spent in (0.0, 60.0):
        with pytest.raises(KeyError):
            run_benchmark(Asked(simulated_config, None, 300.0, spent=spent, kinds=("numpy",)), lambda *_: None, start)
    assert left[0] < 300
    assert 40 < left[0] - left[1] < 80


def test_where_starting_leaves_too_little_of_the_budget_that_is_said():
    assert start_note(spent=5.0, left=22.0, budget=30.0) == ""
    assert start_note(spent=21.3, left=-14.0, budget=10.0) == (
        "Starting the engines took 21 s of the budget of 10 s; a larger one measures more."
    )


def test_engines_that_do_not_have_the_network_are_refused_in_a_sentence(simulated_config):
    asked = Asked(simulated_config, None, 30.0, kinds=("captured",), networks=("784-10",), sizes=(4,))
    with pytest.raises(ConfigError) as error:
        run_benchmark(asked, lambda *_: None, start)
    assert str(error.value) == (
        "engines=captured: none of them can train 784-10 here (captured: it needs a GPU that torch can use, and there "
        "is none). There are numpy, scikit-learn, torch, compiled and trainyard for it."
    )


def test_each_engine_that_cannot_train_says_why(tmp_path):
    regression = workloads_of(Asked(make_config(), make_prepared(task="regression"), 30.0), tmp_path, gpu=True)
    with pytest.raises(ConfigError, match=r"\(numpy: it has the mean cross-entropy only; scikit-learn: it has"):
        check_engines(("numpy", "scikit-learn"), regression, gpu=True)
    check_engines(("numpy", "captured"), regression, gpu=True)


def test_engines_that_do_not_start_end_it_in_a_sentence(simulated_config):
    asked = Asked(simulated_config, None, 30.0, kinds=("numpy",))
    with pytest.raises(TrainyardError, match="torch, 1 thread does not start: its process ended with exit code 1"):
        run_benchmark(asked, lambda *_: None, lambda spec: Worker(spec, [sys.executable, "-c", "raise SystemExit(1)"]))


def test_quick_takes_fewer_networks_and_sizes(simulated_config, tmp_path):
    quick = workloads_of(Asked(simulated_config, None, 30.0, quick=True), tmp_path, gpu=False)
    whole = workloads_of(Asked(simulated_config, None, 300.0), tmp_path, gpu=False)
    assert [(each.name, each.sizes) for each in quick] == [("784-500-10", (1, 60, 1024)), ("784-10", (1, 60, 1024))]
    assert [each.name for each in whole] == ["784-500-10", "784-10", "784-512-256-128-10", "cnn-8-16"]
    assert {each.sizes for each in whole} == {(1, 4, 16, 60, 256, 1024, 4096, 16384)}


def test_an_experiment_is_one_workload(tmp_path):
    asked = Asked(make_config(batch_size=32), make_prepared(), 30.0)
    assert [(each.name, each.sizes) for each in workloads_of(asked, tmp_path, gpu=False)] == [("made, mlp", (32,))]
