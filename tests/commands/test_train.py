"""`python train.py` as a whole: what it leaves behind, and that it repeats to the bit."""

import json
import os
import signal
import subprocess
import time

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.commands.project import Project
from trainyard.training.checkpoint import newest_state

QUICK = ("training.max_epochs=3", "tracking=off")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return Project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def digits(project):
    """The main job, on a cold cache, tracked."""
    done = project.run("training.max_epochs=3", "tracking.drain=100")
    assert done.returncode == 0, done.stderr
    return project.runs[-1], done


def weights(folder):
    return load_file(folder / "model" / "weights.safetensors")


def results(folder):
    return json.loads((folder / "metrics.json").read_text())


def assert_same_bits(folder, other):
    ours, theirs = weights(folder), weights(other)
    assert ours.keys() == theirs.keys()
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
    assert results(folder) == results(other)


def test_a_run_leaves_all_that_it_is_known_by(project, digits):
    folder, _ = digits
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for expected in (
        "config.yaml", "overrides.txt", "journal.jsonl", "metrics.json", "lineage.json", "log.txt", "predictions.npz",
        "checkpoints/step-0000000060.safetensors", "model/card.json", "model/weights.safetensors", "mlflow.json",
        "plots/learning_curves.png", "plots/confusion_matrix.png", "plots/roc.png",
    ):  # fmt: skip
        assert expected in names
    assert (project.root / "runs" / "latest").resolve() == folder
    assert (folder / "overrides.txt").read_text() == "training.max_epochs=3\ntracking.drain=100\n"


def test_it_says_what_it_trained_and_how_well(digits):
    folder, done = digits
    for expected in ("1,257 train", "classifier", "mlp", "accuracy", "majority class", folder.name, "mlflow ui"):
        assert expected in done.stdout
    assert done.stderr == ""
    assert (folder / "log.txt").read_text().strip() in done.stdout


def test_it_goes_on_when_nobody_reads_what_it_says(project):
    line = " ".join(project.command(*QUICK))
    ended = subprocess.run(
        ["bash", "-c", f"{line} | head -3; echo ${{PIPESTATUS[0]}}"], cwd=project.root, env=project.environment(),
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert (ended.stdout.splitlines()[-1], ended.stderr) == ("0", "")
    assert project.journal(project.runs[-1])[-1]["status"] == "FINISHED"
    assert "all epochs done" in (project.runs[-1] / "log.txt").read_text()


def test_nothing_of_lightning_shows(digits):
    for advert in ("GPU available", "litlogger", "Tip", "LOCAL_RANK", "Trainer", "Warning"):
        assert advert not in digits[1].stdout + digits[1].stderr


def test_metrics_beat_the_baseline(digits):
    metrics = results(digits[0])
    assert metrics["test/accuracy"] > 0.8 > 0.2 > metrics["baseline/accuracy"]
    assert metrics["best/epoch"] >= 1


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("training.block=1",),
        ("training.block=7",),
        ("training.block=1000",),
    ],
)
def test_the_same_command_gives_the_same_bits(project, digits, overrides):
    done = project.run(*QUICK, *overrides)
    assert done.returncode == 0, done.stderr
    assert_same_bits(project.runs[-1], digits[0])


def test_another_folder_and_a_cold_cache_give_the_same_bits(tmp_path, digits):
    elsewhere = Project(tmp_path)
    (tmp_path / "deep").mkdir()
    done = elsewhere.run(*QUICK, cwd=tmp_path / "deep")
    assert done.returncode == 0, done.stderr
    assert_same_bits(elsewhere.runs[-1], digits[0])


def test_seed_0_counts_and_another_seed_differs(project, digits):
    assert project.run(*QUICK, "seed=0").returncode == 0
    assert_same_bits(project.runs[-1], digits[0])
    assert project.run(*QUICK, "seed=1").returncode == 0
    assert results(project.runs[-1]) != results(digits[0])


def test_ctrl_c_keeps_the_best_so_far_tests_and_reports(project):
    process = project.start("training.max_epochs=1000000", "training.patience=null", "tracking=off")
    folder = wait_for_epochs(project, process, 20)
    os.kill(process.pid, signal.SIGINT)
    began = time.monotonic()
    while records(project, folder)[-1]["type"] == "metrics" and time.monotonic() - began < 20:
        time.sleep(0.01)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    end = project.journal(folder)[-1]
    assert (end["type"], end["status"], end["error"]) == ("end", "KILLED", "stopped by Ctrl-C")
    assert results(folder)["test/accuracy"] > 0.8
    assert (folder / "plots" / "confusion_matrix.png").exists()
    assert "accuracy" in stdout


def test_a_second_ctrl_c_ends_at_once(project):
    process = project.start("training.max_epochs=1000000", "training.patience=null", "tracking=off", "training.block=1")
    folder = wait_for_epochs(project, process, 1)
    for _ in range(2):
        os.kill(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert project.journal(folder)[-1]["status"] == "KILLED"


def test_sigterm_keeps_the_best_weights_and_ends_with_143(project):
    process = project.start("training.max_epochs=1000000", "training.patience=null", "tracking=off")
    folder = wait_for_epochs(project, process, 5)
    os.kill(process.pid, signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 143
    assert project.journal(folder)[-1]["status"] == "KILLED"
    assert newest_state(folder)[0].part("best")


def records(project, folder):
    lines = (folder / "journal.jsonl").read_text().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def wait_for_epochs(project, process, epochs):
    """Wait until the newest run has told of so many epochs, and return its folder."""
    known, until = len(project.runs), time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        if len(project.runs) > known:
            folder = project.runs[-1]
            if sum(record["type"] == "metrics" for record in records(project, folder)) >= epochs:
                return folder
        time.sleep(0.02)
    process.kill()
    raise AssertionError(f"no run got to epoch {epochs}: {process.communicate()}")
