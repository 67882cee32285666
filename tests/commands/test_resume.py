"""Runs that go on, as commands: the same folder, the same run in MLflow, the same bits."""

import json
import os
import signal
import sqlite3
import time

import pytest
from safetensors.numpy import load_file

from tests.commands.project import Project

SETTINGS = ("dataset=salmon", "training.max_epochs=60", "training.patience=null", "network.dropout=0.1")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return Project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def whole(project):
    """The run that is not interrupted."""
    done = project.run(*SETTINGS, "tracking=off")
    assert done.returncode == 0, done.stderr
    return project.runs[-1]


def outcome(folder):
    weights = load_file(folder / "model" / "weights.safetensors")
    return json.loads((folder / "metrics.json").read_text()), {name: w.tobytes() for name, w in weights.items()}


def stop_within(project, number, *arguments, epochs=5, **env):
    """Start a training, send it a signal when it has told of some epochs, and return its folder and exit code."""
    known = set(project.runs)
    process = project.start(*arguments, **env)
    until = time.monotonic() + 120
    while time.monotonic() < until:
        new = [folder for folder in project.runs if folder not in known]
        if new and (new[0] / "journal.jsonl").read_text().count('"metrics"') >= epochs:
            os.kill(process.pid, number)
            process.communicate(timeout=60)
            return new[0], process.returncode
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    raise AssertionError("it told of nothing")


def mlflow_runs(project):
    with sqlite3.connect(project.root / "mlflow.db") as database:
        return database.execute("select run_uuid, status from runs where lifecycle_stage = 'active'").fetchall()


def test_after_sigterm_it_goes_on_in_its_folder_to_the_same_bits(project, whole):
    folder, code = stop_within(project, signal.SIGTERM, *SETTINGS, "tracking.drain=60")
    assert code == 143
    before = len(project.runs)
    done = project.run(f"resume={folder.name[-6:]}", "tracking.drain=60")
    assert (done.returncode, done.stderr) == (0, "")
    assert "resumed    after step" in done.stdout
    assert len(project.runs) == before
    assert outcome(folder) == outcome(whole)
    assert [status for _, status in mlflow_runs(project)] == ["FINISHED"]
    records = project.journal(folder)
    assert [record["type"] for record in records if record["type"] in ("begin", "resume", "end")] == [
        "begin", "end", "resume", "end",
    ]  # fmt: skip
    epochs = [record["step"] for record in records if "train/loss" in record.get("values", {})]
    assert epochs == list(range(1, 61))


def test_after_kill_9_it_goes_on_from_the_last_checkpoint(project, whole):
    folder, code = stop_within(
        project, signal.SIGKILL, *SETTINGS, "tracking=off", "training.checkpoint_steps=20", epochs=10
    )
    assert code == -signal.SIGKILL
    newest = sorted((folder / "checkpoints").iterdir())[-1]
    newest.write_bytes(newest.read_bytes()[:-3])
    done = project.run("resume=latest")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{newest.name} is damaged; an older checkpoint is taken" in done.stdout
    assert outcome(folder) == outcome(whole)


def test_a_job_of_slurm_is_queued_again_and_goes_on(project, whole, tmp_path):
    program = tmp_path / "scontrol"
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    program.chmod(0o755)
    job = {"SLURM_JOB_ID": "77", "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    folder, code = stop_within(project, signal.SIGUSR1, *SETTINGS, "tracking=off", **job)
    assert code == 143
    assert (tmp_path / "asked").read_text() == "requeue 77\n"
    done = project.run(*SETTINGS, "tracking=off", **job, SLURM_RESTART_COUNT="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert outcome(folder) == outcome(whole)


def test_what_cannot_go_on_is_told_and_left_alone(project, whole):
    before = outcome(whole)
    for arguments, words in {
        (f"resume={whole}",): "has finished after 60 epochs",
        (f"resume={whole}", "seed=9", "network=linear"): "network=linear: the run was begun with mlp, and keeps it",
        ("resume=nothere",): "resume=nothere: no such run",
        ("-m", "resume=latest", "seed=1,2"): "resume: is about one run; leave out -m",
        ("resume=latest", "config=x.yaml"): "config and resume: give one of them",
        ("resume=",): "resume: has no value",
    }.items():
        done = project.run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr
    assert outcome(whole) == before


def test_a_run_trains_again_from_its_config(project, whole):
    done = project.run(f"config={whole / 'config.yaml'}", "tracking=off")
    assert done.returncode == 0, done.stderr
    assert project.runs[-1] != whole
    assert outcome(project.runs[-1]) == outcome(whole)
