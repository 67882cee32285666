"""Two processes that share a training: one run, and the weights of one process."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.commands.project import REPOSITORY, Project

pytestmark = pytest.mark.slow
SETTINGS = ("dataset=iris", "training.max_epochs=4", "training.batch_size=15", "optimizer.lr=0.01", "seed=3")
ROWS = [f"{n * 37 % 101},{'abc'[n % 3]},{(n * 37 % 101) / 7},{1 + n % 4}\n" for n in range(203)]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = Project(tmp_path_factory.mktemp("project"))
    (project.root / "table.csv").write_text("".join(["x,group,y,w\n", *ROWS]))
    return project


def weights(folder):
    return load_file(folder / "model" / "weights.safetensors")


def assert_close(ours, theirs):
    for name, weight in weights(theirs).items():
        np.testing.assert_allclose(weights(ours)[name], weight, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "settings",
    [
        (*SETTINGS, "tracking.drain=60"),
        ("dataset=csv", "dataset.path=table.csv", "dataset.target=y", "dataset.weight=w", "training.accumulate=2",
         "training.clip_norm=0.5", "training.max_epochs=4", "tracking=off"),
    ],
    ids=["classes", "weights, groups and clipping"],
)  # fmt: skip
def test_the_weights_are_those_of_one_process(project, settings):
    before = len(project.runs)
    shared = project.run(*settings, "accelerator=ddp_cpu")
    assert (shared.returncode, shared.stderr) == (0, ""), shared.stderr
    assert len(project.runs) == before + 1
    assert shared.stdout.count("\nfolder ") == 2  # at the start and at the end, of one process
    folder = project.runs[-1]
    records = project.journal(folder)
    assert [record["n"] for record in records] == list(range(len(records)))
    assert sum("train/loss" in record.get("values", {}) for record in records) == 4
    alone = project.run(*settings, "accelerator=cpu", "tracking=off")
    assert alone.returncode == 0, alone.stderr
    assert_close(folder, project.runs[-1])
    ours, theirs = (json.loads((each / "metrics.json").read_text()) for each in (folder, project.runs[-1]))
    assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-5)


def test_torchrun_starts_the_processes_as_well(project):
    before = len(project.runs)
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", "--master-addr=127.0.0.1",
         "--master-port=29517", str(REPOSITORY / "train.py"), *SETTINGS, "accelerator=ddp_cpu", "tracking=off"],
        cwd=project.root, env=project.environment(), capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(project.runs) == before + 1
    alone = project.run(*SETTINGS, "accelerator=cpu", "tracking=off")
    assert alone.returncode == 0
    assert_close(project.runs[-2], project.runs[-1])


def test_sigterm_ends_all_of_them_and_the_run_goes_on(project):
    longer = [*SETTINGS[:1], "training.max_epochs=100000", "training.patience=null", *SETTINGS[2:], "tracking=off"]
    known = set(project.runs)
    process = project.start(*longer, "accelerator=ddp_cpu")
    until = time.monotonic() + 120
    while not (new := [folder for folder in project.runs if folder not in known]) or (
        (new[0] / "journal.jsonl").read_text().count("train/loss") < 3
    ):
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 143
    assert project.journal(new[0])[-1]["status"] == "KILLED"
    epoch = sum("train/loss" in record.get("values", {}) for record in project.journal(new[0]))
    done = project.run("resume=latest", f"training.max_epochs={epoch + 5}")
    assert (done.returncode, done.stderr) == (0, "")
    assert project.journal(new[0])[-1]["status"] == "FINISHED"
