import getpass
import json

from trainyard.lineage.code import Code
from trainyard.lineage.record import data_tags, lineage_record, tags, user

CODE = Code("r" * 40, "main", True, ("b.py",), b"the diff", "https://example.org/a.git")
DATA = {"digest": "d", "tracked": "none", "revision": None, "changed": None}


def record(root, code=CODE):
    return lineage_record(
        root, data=DATA, seeds={"seed": 0}, command="python train.py", device={"name": "CPU"},
        sweep=None, code=code,
    )  # fmt: skip


def test_it_holds_all_that_a_run_came_from(tmp_path):
    found = record(tmp_path)
    assert found["code"]["revision"] == "r" * 40
    assert found["data"] == DATA
    assert found["seeds"] == {"seed": 0}
    assert found["environment"]["packages"]
    assert json.loads(json.dumps(found)) == found


def test_tags_have_the_names_that_mlflow_knows(tmp_path):
    assert tags(record(tmp_path)) == {
        "mlflow.source.name": "python train.py",
        "mlflow.source.type": "LOCAL",
        "mlflow.user": user(),
        "git.dirty": "true",
        "data.digest": "d",
        "data.tracked": "none",
        "mlflow.source.git.commit": "r" * 40,
        "mlflow.source.git.branch": "main",
        "mlflow.source.git.repoURL": "https://example.org/a.git",
    }


def test_runs_are_found_by_the_state_of_their_data():
    data = {"digest": "d", "tracked": "dvc", "revision": "r", "changed": False}
    assert data_tags(data) == {
        "data.digest": "d", "data.tracked": "dvc", "data.revision": "r", "data.changed": "false",
    }  # fmt: skip


def test_without_git_dirtiness_is_unknown(tmp_path):
    found = tags(record(tmp_path, None))
    assert found["git.dirty"] == "unknown"
    assert "mlflow.source.git.commit" not in found


def test_a_system_that_does_not_know_its_user(monkeypatch):
    def unknown():
        raise KeyError("no entry")

    monkeypatch.setattr(getpass, "getuser", unknown)
    assert user() == "unknown"
