"""`trainyard sync`."""

from pathlib import Path
from typing import Any

import pytest

from trainyard.config.schema.run import Tracking
from trainyard.tracking.sync import Synced
from trainyard.verbs.cli import run_command

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def calls(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Note what is to be synced; one run is written, one cannot be."""
    calls: list[dict[str, Any]] = []

    def sync(root: Path, tracking: Tracking, folder: Path | None = None, **choices: bool) -> Synced:
        calls.append({"root": root, "tracking": tracking, "folder": folder, **choices})
        problems = ("runs/x: server away",) if folder is None else ()
        return Synced(written=1, unchanged=2, running=1, untracked=2 if folder is None else 0, problems=problems)

    monkeypatch.setattr("trainyard.tracking.sync.sync", sync)
    return calls


def test_all_runs_are_synced_and_problems_are_told(calls: list[dict[str, Any]], project: Path, capsys: Capture) -> None:
    assert run_command(["sync"]) == 1
    assert calls[0]["root"] == project
    assert calls[0]["tracking"] == Tracking()
    out, err = capsys.readouterr()
    assert out == (
        "1 written, 2 had nothing new, 1 still under way\n"
        "2 runs were never tracked (tracking=off): trainyard sync run=<id> brings one, untracked=true all of them\n"
    )
    assert err == "trainyard: runs/x: server away\n"


def test_one_run_is_synced_to_a_server(calls: list[dict[str, Any]], project: Path) -> None:
    folder = project / "runs" / "iris" / "a"
    folder.mkdir(parents=True)
    (folder / "journal.jsonl").touch()
    assert run_command(["sync", f"run={folder}", "tracking=server", "tracking.uri=http://localhost:5000"]) == 0
    assert calls[0]["folder"] == folder
    assert (calls[0]["tracking"].name, calls[0]["tracking"].uri) == ("server", "http://localhost:5000")
    assert (calls[0]["named"], calls[0]["moves"]) == (True, True)


def test_a_run_stays_with_its_own_mlflow_unless_another_is_named(
    calls: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_command(["sync", "untracked=true"])
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://localhost:5000")
    run_command(["sync"])
    assert [(call["named"], call["moves"], call["untracked"]) for call in calls] == [
        (False, False, True), (True, False, False),
    ]  # fmt: skip


def test_a_mistake_is_told_as_for_a_training(calls: list[dict[str, Any]], capsys: Capture) -> None:
    assert run_command(["sync", "tracking=serfer"]) == 2
    assert "tracking=serfer: no such tracking; did you mean server?" in capsys.readouterr().err
    assert run_command(["sync", "optimizer=sgd"]) == 2
    told = "optimizer=sgd: no such key; trainyard sync takes run, untracked, tracking and tracking.uri"
    assert told in capsys.readouterr().err
    assert run_command(["sync", "untracked=perhaps"]) == 2
    assert "untracked=perhaps: must be true or false" in capsys.readouterr().err
    assert not calls
