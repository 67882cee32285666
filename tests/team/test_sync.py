"""A night without the server, and the morning after: from another machine and from the own, everything comes once."""

import json
import shutil

import psutil
import pytest

from tests.commands.project import Project
from tests.tracking.runs import in_mlflow

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def switch_off(project):
    """End what still works in a project: the mirror that its training left behind."""
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or ()
        if "trainyard.tracking.mirror" in command and str(project.root) in command:
            process.kill()
            process.wait(10)


def move(project, root):
    """The runs of a project as they lie on a disk that was carried to another machine."""
    shutil.copytree(project.root / "runs", root / "runs", symlinks=True)
    for journal in root.rglob("journal.jsonl"):
        first, rest = journal.read_text().split("\n", 1)
        journal.write_text(json.dumps({**json.loads(first), "host": "elsewhere", "boot": "another"}) + "\n" + rest)
    return Project(root)


def test_what_was_trained_in_the_night_comes_once(servers, far, s3, tmp_path):
    here, address = Project(tmp_path / "here"), ("tracking=server", f"tracking.uri={servers.tracking_uri}")
    here.root.mkdir()
    servers.stop_mlflow()
    choices = ("dataset=iris", "training.max_epochs=2", "experiment_name=night", "tracking.drain=0")
    done = here.run("-m", "seed=1,2", *choices, *address)
    switch_off(here)
    servers.start_mlflow()
    assert (done.returncode, done.stderr) == (0, "")
    assert "trainyard sync" in done.stdout

    elsewhere = move(here, tmp_path / "elsewhere")
    assert said(elsewhere.verb("sync", *address)) == "1 written, 0 had nothing new"
    once = in_mlflow(far, "night"), stored(s3)
    assert sorted((run["status"], len(run["models"])) for run in once[0]) == [("FINISHED", n) for n in (0, 1, 1)]
    assert said(elsewhere.verb("sync", *address)) == "0 written, 1 had nothing new"

    assert said(here.verb("sync", *address)) == "1 written, 0 had nothing new"  # it knew of none, and found all
    assert (in_mlflow(far, "night"), stored(s3)) == once


def said(done):
    """The last line of a command that went well."""
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()[-1]


def stored(s3):
    return sorted((item["Key"], item["Size"]) for item in s3.list_objects_v2(Bucket="mlflow")["Contents"])
