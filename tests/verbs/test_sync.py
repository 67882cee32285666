"""`trainyard sync`."""

from pathlib import Path
from typing import Any

import pytest

from trainyard.config.schema import Tracking
from trainyard.tracking.sync import Synced
from trainyard.verbs.cli import run_command

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def calls(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Note what is to be synced; one run is written, one cannot be."""
    calls: list[dict[str, Any]] = []

    def sync(root: Path, tracking: Tracking, folder: Path | None = None) -> Synced:
        calls.append({"root": root, "tracking": tracking, "folder": folder})
        return Synced(written=1, unchanged=2, running=1, problems=("runs/x: server away",) if folder is None else ())

    monkeypatch.setattr("trainyard.tracking.sync.sync", sync)
    return calls


def test_all_runs_are_synced_and_problems_are_told(calls: list[dict[str, Any]], project: Path, capsys: Capture) -> None:
    assert run_command(["sync"]) == 1
    assert calls[0]["root"] == project
    assert calls[0]["tracking"] == Tracking()
    out, err = capsys.readouterr()
    assert out == "1 written, 2 had nothing new, 1 still running\n"
    assert err == "trainyard: runs/x: server away\n"


def test_one_run_is_synced_to_a_server(calls: list[dict[str, Any]], project: Path) -> None:
    folder = project / "runs" / "iris" / "a"
    folder.mkdir(parents=True)
    (folder / "journal.jsonl").touch()
    assert run_command(["sync", f"run={folder}", "tracking=server", "tracking.uri=http://localhost:5000"]) == 0
    assert calls[0]["folder"] == folder
    assert (calls[0]["tracking"].name, calls[0]["tracking"].uri) == ("server", "http://localhost:5000")


def test_a_mistake_is_told_as_for_a_training(calls: list[dict[str, Any]], capsys: Capture) -> None:
    assert run_command(["sync", "tracking=serfer"]) == 2
    assert "tracking=serfer: no such tracking; did you mean server?" in capsys.readouterr().err
    assert run_command(["sync", "optimizer=sgd"]) == 2
    assert "optimizer=sgd: no such key; trainyard sync takes run, tracking and tracking.uri" in capsys.readouterr().err
    assert not calls
