"""`trainyard report`."""

from pathlib import Path

import pytest

from trainyard.verbs.cli import run_command


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = project / "runs" / "iris" / "2026-01-01_10-00-00-aaaaaa"
    folder.mkdir(parents=True)
    (folder / "journal.jsonl").write_text('{"id": "1234"}\n', encoding="utf-8")
    (project / "runs" / "latest").symlink_to(folder)
    monkeypatch.setattr("trainyard.reports.draw.draw", lambda folder: [folder / "plots" / "curves.png"])
    return folder


@pytest.mark.parametrize("argv", [[], ["run=latest"], ["run=aaaaaa"], ["run=1234"]])
def test_the_plots_of_a_run_are_drawn_and_named(run: Path, argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["report", *argv]) == 0
    assert capsys.readouterr().out == f"{run}/plots/curves.png\n"


def test_a_run_that_is_not_there_is_a_mistake(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["report", "run=aaaaab"]) == 2
    told = capsys.readouterr().err
    assert told.endswith(f"no such run in {run.parents[1]}; did you mean aaaaaa? (MLflow has none either)\n")
