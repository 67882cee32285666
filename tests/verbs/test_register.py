"""`trainyard register`."""

import os

import pytest

from tests.tracking.conftest import empty_database, files, local, root, small_package, store  # noqa: F401  # fixtures
from tests.tracking.runs import whole_run
from tests.tracking.test_delivery import deliver
from trainyard.tracking.open_run import open_run
from trainyard.verbs.cli import run_command

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # MLflow's use of pandas


@pytest.fixture
def run(store, root, files, monkeypatch):  # noqa: F811
    """Return the folder of a run whose model MLflow has."""
    monkeypatch.setattr(os, "environ", {**os.environ, "TRAINYARD_ROOT": str(root)})
    folder = root / "runs" / "e" / "2026-01-01_10-00-00-aaaaaa"
    whole_run(folder).end("FINISHED")
    deliver(folder, store, files)
    return folder


def test_a_run_is_found_by_the_name_that_its_model_was_given(run, root, capsys):  # noqa: F811
    assert run_command(["register", "run=aaaaaa", "name=fish", "alias=champion"]) == 0
    assert capsys.readouterr().out == "registered models:/fish/1 = models:/fish@champion\n"
    with open_run("models:/fish@champion", root) as opened:
        assert opened.folder == run
    assert run_command(["register", "run=models:/fish@champion", "name=trout"]) == 0
    assert capsys.readouterr().out == "registered models:/trout/1\n"


def test_what_cannot_be_registered_is_told(root, monkeypatch, capsys):  # noqa: F811
    monkeypatch.setattr(os, "environ", {**os.environ, "TRAINYARD_ROOT": str(root)})
    whole_run(root / "runs" / "e" / "2026-01-01_10-00-00-aaaaaa").end("FINISHED")
    assert run_command(["register", "run=aaaaaa"]) == 2
    assert "name: is needed" in capsys.readouterr().err
    assert run_command(["register", "run=aaaaaa", "name=a/b", "alias=v1"]) == 2
    told = capsys.readouterr().err
    assert "name=a/b: a model cannot be called that" in told
    assert "alias=v1: cannot be an alias" in told
    assert run_command(["register", "run=aaaaaa", "name=fish"]) == 2
    assert "MLflow does not have it; bring it there: trainyard sync run=" in capsys.readouterr().err


def test_a_server_that_does_not_answer_is_told_in_a_sentence(root, monkeypatch, capsys):  # noqa: F811
    monkeypatch.setattr(os, "environ", {
        **os.environ, "TRAINYARD_ROOT": str(root), "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    })  # fmt: skip
    whole_run(root / "runs" / "e" / "2026-01-01_10-00-00-aaaaaa").end("FINISHED")
    server = ("tracking=server", "tracking.uri=http://me:secret@127.0.0.1:1")
    for run in ("aaaaaa", "models:/fish@champion"):
        assert run_command(["register", f"run={run}", "name=fish", *server]) == 1
        told = capsys.readouterr().err
        assert "The MLflow at http://127.0.0.1:1 does not answer (Connection refused). Is it running" in told
        assert "Traceback" not in told
        assert "secret" not in told
