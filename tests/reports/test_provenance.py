import hashlib
import json
import subprocess

import pytest

from tests.reports.runs import LINEAGE, traced_run
from trainyard.reports.provenance import PACKAGES, provenance, subject
from trainyard.reports.run_files import read_run
from trainyard.tracking.journal import Journal


@pytest.fixture
def repository(tmp_path):
    """A repository with one commit; its revision."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init"], [*identity, "commit", "--allow-empty", "-m", "The first\n\nand more"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True)
    told = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tmp_path, check=True, capture_output=True, text=True)
    return tmp_path, told.stdout.strip()


def test_it_is_all_that_a_person_asks_for(tmp_path):
    folder = traced_run(tmp_path / "run")
    facts = provenance(read_run(folder), tmp_path)
    assert json.loads(json.dumps(facts)) == facts
    assert facts["run"]["command"] == "python train.py dataset=csv"
    assert facts["run"]["began"].endswith("+00:00")
    assert facts["code"]["changed"] == [{"file": "a.py", "added": 2, "removed": 1}]
    assert (facts["code"]["diff"], facts["code"]["archive"]) == (f"{folder}/code.diff", f"{folder}/untracked.zip")
    assert facts["code"]["subject"] is None
    assert facts["data"] == LINEAGE["data"]
    assert facts["config"] == {"file": f"{folder}/config.yaml", "typed": ["dataset=csv", "seed=1"]}
    assert (facts["sweep"], facts["dvc_stage"], facts["mlflow"]["run_id"]) == (None, None, "f00d")
    assert len(PACKAGES) == 10


def test_a_commit_is_told_by_its_first_line(repository):
    folder, revision = repository
    assert subject(folder, revision) == "The first"
    assert subject(folder, "c" * 40) is subject(folder, None) is None


def test_without_git_there_is_no_code(tmp_path):
    assert provenance(read_run(traced_run(tmp_path / "run", lineage={"code": None})), tmp_path)["code"] is None


def test_data_are_verified_by_reading_them_again(tmp_path):
    (tmp_path / "fish.csv").write_text("1\n")
    files = [{"path": str(tmp_path / name)} for name in ("fish.csv", "gone.csv")]
    run = read_run(traced_run(tmp_path / "run", lineage={"data": {"files": files}}))
    now = [file["now"] for file in provenance(run, tmp_path, verify=True)["data"]["files"]]
    assert now == [hashlib.md5(b"1\n").hexdigest(), None]


def test_a_member_has_its_place_in_the_sweep(tmp_path):
    sweep = Journal.create(tmp_path / "sweep", kind="sweep", experiment="tests", name="sweep")
    sweep.tags({"sweep.members": "12"})
    sweep.end("FINISHED")
    folder = traced_run(tmp_path / "sweep" / "3-seed=4", lineage={"sweep": "sweep"}, parent=sweep.id)
    assert provenance(read_run(folder), tmp_path)["sweep"] == {
        "name": "sweep", "folder": str(tmp_path / "sweep"), "member": 4, "members": 12,
    }  # fmt: skip
    folder.rename(tmp_path / "alone")
    assert provenance(read_run(tmp_path / "alone"), tmp_path)["sweep"] == {
        "name": "sweep", "folder": None, "member": None, "members": None,
    }  # fmt: skip
