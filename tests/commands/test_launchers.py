"""Sweeps whose members train in processes of their own: the same bits, one mirror, and no member harms another."""

import json
import os
import signal
import sqlite3
import time

import pytest

from tests.commands.project import Project
from trainyard.tracking.journal import read_journal, status

JOBLIB = ("hydra/launcher=joblib", "hydra.launcher.n_jobs=2")
SUBMITIT = ("hydra/launcher=submitit_local",)
SWEEP = ("-m", "dataset=iris", "training.max_epochs=3", "seed=1,2", "optimizer.lr=0.01,0.03")
ENDLESS = ("-m", "dataset=iris", "tracking=off", "training.patience=null")
SECONDS = 120


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return Project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def in_turn(project):
    """The sweep whose members train in one process."""
    done = project.run(*SWEEP, "tracking=off")
    assert done.returncode == 0, done.stderr
    return project.runs[-1], done


def members(sweep):
    return sorted((path.parent for path in sweep.glob("*/journal.jsonl")), key=lambda folder: int(folder.name[0]))


def outcome(sweep):
    """All that a sweep found out: sweep.json, and the bits of every member."""
    files = [(folder / name).read_bytes() for folder in members(sweep)
             for name in ("metrics.json", "model/weights.safetensors", "predictions.npz", "overrides.txt")]  # fmt: skip
    return json.loads((sweep / "sweep.json").read_text()), [file.replace(b"tracking.drain=60\n", b"") for file in files]


def table(done):
    """What is printed at the end, but for the lines on where the sweep lies."""
    lines = done.stdout[done.stdout.index("        choices") :].splitlines()
    return [line for line in lines if not line.startswith(("folder", "report", "mlflow", "all with"))]


def test_members_in_processes_of_their_own_are_told_as_those_in_turn(project):
    arguments = ("-m", "dataset=iris", "training.max_epochs=1", "seed=1,2", "tracking=off")
    done = project.run(*arguments, *JOBLIB)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Training 2 members, 2 at a time (hydra/launcher=joblib).\n")
    for number in (1, 2):
        assert f"\nMember {number} of 2: seed={number}\n  test accuracy 0." in done.stdout
    assert "seeds      test/accuracy" in done.stdout
    assert [status(folder) for folder in members(project.runs[-1])] == ["FINISHED"] * 2
    assert all((folder / "plots" / "roc.png").exists() for folder in members(project.runs[-1]))


@pytest.mark.slow
@pytest.mark.parametrize("launcher", [JOBLIB, SUBMITIT], ids=["joblib", "submitit"])
def test_every_launcher_gives_the_same_bits_and_one_mirror_brings_them_to_mlflow(tmp_path, in_turn, launcher):
    project = Project(tmp_path)
    done = project.run(*SWEEP, *launcher, "tracking.drain=60")
    assert (done.returncode, done.stderr) == (0, "")
    sweep = project.runs[-1]
    found, bits = outcome(sweep)
    expected, expected_bits = outcome(in_turn[0])
    for member in found["members"]:
        member["overrides"].remove("tracking.drain=60")
    for member in expected["members"]:
        member["overrides"].remove("tracking=off")
    assert found == expected
    assert bits == [file.replace(b"tracking=off\n", b"") for file in expected_bits]
    assert table(done) == table(in_turn[1])
    assert len(list((tmp_path / ".trainyard" / "cache").glob("[0-9a-f]*[0-9a-f]"))) == 1
    assert not list((tmp_path / ".trainyard").glob("submitit/*"))
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        runs = database.execute("select run_uuid, name, status from runs").fetchall()
        parents = database.execute("select run_uuid, value from tags where key = 'mlflow.parentRunId'").fetchall()
    (top,) = [run for run, name, _ in runs if "sweep" in name]
    assert {state for _, _, state in runs} == {"FINISHED"}
    assert len(runs) == 5
    assert {parent for _, parent in parents} == {top}
    assert len(list((tmp_path / ".trainyard").glob("mirror/*.log"))) == 0


def start(project, *arguments, count=2, epochs=3):
    """Start a sweep and return it with its folder, once so many endless members have told of some epochs."""
    known = set(project.runs)
    process = project.start(*arguments)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        new = [folder for folder in project.runs if folder not in known]
        endless = [folder for folder in members(new[0]) if "0000" in folder.name] if new else []
        told = [(folder / "journal.jsonl").read_text().count('"metrics"') for folder in endless]
        if len(told) >= count and min(told) >= epochs:
            return process, new[0]
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    raise AssertionError(f"too few members began: {process.communicate()}")


@pytest.mark.slow
@pytest.mark.parametrize("launcher", [JOBLIB, SUBMITIT], ids=["joblib", "submitit"])
def test_a_member_that_is_killed_harms_no_other(tmp_path, launcher):
    project = Project(tmp_path)
    process, sweep = start(project, *ENDLESS, "training.max_epochs=10000000,3,4", *launcher, count=1)
    first = members(sweep)[0]
    os.kill(read_journal(first)[0]["pid"], signal.SIGKILL)
    stdout, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert "Member 1 of 3: training.max_epochs=10000000\n  killed: the process of this member " in stdout
    assert "members    2 finished, 1 killed\n" in stdout
    assert [status(folder) for folder in members(sweep)] == ["KILLED", "FINISHED", "FINISHED"]
    kept = json.loads((sweep / "sweep.json").read_text())
    assert [member["status"] for member in kept["members"]] == ["KILLED", "FINISHED", "FINISHED"]
    assert kept["members"][0]["folder"] == first.name
    assert (kept["metrics"]["members/good"], kept["metrics"]["members/killed"]) == (2, 1)
    assert status(sweep) == "FINISHED"


@pytest.mark.slow
@pytest.mark.parametrize("launcher", [JOBLIB, SUBMITIT], ids=["joblib", "submitit"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_all_members_in_order(tmp_path, launcher, number, code):
    project = Project(tmp_path)
    process, sweep = start(project, *ENDLESS, "training.max_epochs=10000000,20000000,3", *launcher)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does
    else:
        os.kill(process.pid, number)
    stdout, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == code, stdout
    ended = [folder for folder in members(sweep) if "=3" not in folder.name]
    assert [status(folder) for folder in ended] == ["KILLED", "KILLED"]
    words = "stopped by Ctrl-C" if number == signal.SIGINT else "stopped by SIGTERM"
    assert [read_journal(folder)[-1]["error"] for folder in ended] == [words, words]
    assert all(list((folder / "checkpoints").iterdir()) for folder in ended)
    assert status(sweep) == "KILLED"
    kept = json.loads((sweep / "sweep.json").read_text())
    assert [member["status"] for member in kept["members"]][:2] == ["KILLED", "KILLED"]


@pytest.mark.slow
def test_members_end_with_a_sweep_that_is_killed(tmp_path):
    project = Project(tmp_path)
    process, sweep = start(project, *ENDLESS, "training.max_epochs=10000000,20000000", *JOBLIB)
    process.kill()
    process.communicate()
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and {status(folder) for folder in members(sweep)} != {"KILLED"}:
        time.sleep(0.1)
    assert [read_journal(folder)[-1]["error"] for folder in members(sweep)] == ["stopped by SIGTERM"] * 2
    assert status(sweep) == "KILLED"


@pytest.mark.slow
@pytest.mark.parametrize("launcher", [(), JOBLIB, SUBMITIT], ids=["basic", "joblib", "submitit"])
def test_a_member_that_fails_is_told_and_the_others_train(tmp_path, launcher):
    project = Project(tmp_path)
    diverging = ("optimizer=sgd", "optimizer.momentum=0", "optimizer.nesterov=false", "optimizer.lr=0.01,1e30")
    done = project.run("-m", "dataset=iris", "training.max_epochs=3", "tracking=off", *diverging, *launcher)
    assert done.returncode == 1
    assert "members    1 finished, 1 failed\n" in done.stdout
    missing = ("-m", "dataset=iris", "tracking=off", "training.max_epochs=1", "dataset.target=species,specis")
    done = project.run(*missing, *launcher)
    assert done.returncode == 2
    assert "trainyard: 1 mistake in the data\n" in done.stderr
    assert "specis" in done.stderr
    assert "members    1 finished, 1 failed\n" in done.stdout
    assert len(members(project.runs[-1])) == 1


@pytest.mark.slow
def test_no_secret_is_written_for_submitit(tmp_path):
    project = Project(tmp_path)
    settings = ("-m", "dataset=iris", "training.max_epochs=1", "tracking=off", "seed=1", *SUBMITIT)
    done = project.run(*settings, "tags.api_key=hunter22")
    assert (done.returncode, done.stdout) == (2, "")
    assert "tags.api_key=***: would be written to a file by hydra/launcher=submitit_local" in done.stderr
    folder = f"hydra.launcher.submitit_folder={tmp_path}/jobs/%j"
    done = project.run(*settings, folder, "tags.api_key='${oc.env:KEY_OF_THE_TEAM}'", KEY_OF_THE_TEAM="hunter22")
    assert (done.returncode, done.stderr) == (0, "")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in files if path.name.endswith("_submitted.pkl")]
    assert [path for path in files if b"hunter22" in path.read_bytes()] == []


def test_a_queue_that_is_not_there_is_told(project):
    done = project.run("-m", "seed=1,2", "dataset=iris", "tracking=off", "hydra/launcher=submitit_slurm")
    assert done.returncode == 1
    assert "hydra/launcher=submitit_slurm: Could not detect" in done.stderr
