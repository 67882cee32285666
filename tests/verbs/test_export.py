"""`trainyard export`; what it writes is in tests/export, and a whole command in tests/commands."""

from pathlib import Path

import pytest

from trainyard.tracking.open_run import OpenedRun
from trainyard.verbs.cli import run_command


def test_a_format_that_there_is_not_is_a_mistake(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["export", "format=onx"]) == 2
    assert "format=onx: must be onnx, torch or package; did you mean onnx?" in capsys.readouterr().err


def test_a_run_that_is_not_there_is_a_mistake(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["export", "run=aaaaaa"]) == 2
    assert "no such run" in capsys.readouterr().err


def test_a_place_with_something_else_is_told_before_the_model_is_loaded(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project / "runs" / "iris" / "2026-01-01_10-00-00-aaaaaa"
    folder.mkdir(parents=True)
    (folder / "journal.jsonl").write_text('{"id": "1234"}\n', encoding="utf-8")
    (project / "mine.txt").write_text("dear", encoding="utf-8")
    assert run_command(["export", "run=aaaaaa", f"output={project}"]) == 2
    assert "holds something else than an earlier export; name a new folder" in capsys.readouterr().err


def test_a_run_that_only_mlflow_has_needs_an_output(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from contextlib import contextmanager

    @contextmanager
    def fetched(*_arguments):  # type: ignore[no-untyped-def]
        yield OpenedRun(project, remote="a run of MLflow")  # type: ignore[arg-type]

    monkeypatch.setattr("trainyard.tracking.open_run.open_run", fetched)
    assert run_command(["export", "run=models:/houses@champion"]) == 2
    assert "say by output= where the export goes" in capsys.readouterr().err
    assert run_command(["explain", "run=models:/houses@champion"]) == 2
    assert "its folder is not here, where plots would go" in capsys.readouterr().err


def test_rows_of_a_file_or_examples_stand_in_for_those_that_tested_the_model(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    import pyarrow.csv as pacsv

    from tests.export.models import mixed_model
    from trainyard.config.compose import compose
    from trainyard.config.schema.dataset import CustomDataset
    from trainyard.verbs.export import compared_rows

    model, source = mixed_model(project / "run" / "model")
    config = compose(["dataset=iris"])
    gone = replace(config, dataset=CustomDataset(name="rows", target=("y",), _target_="python.rows"))
    pacsv.write_csv(source.table.select(model.columns).slice(0, 7), project / "rows.csv")
    for each, file, rows in ((gone, None, 2), (gone, "rows.csv", 7), (config, "rows.csv", 7)):
        _, pieces = compared_rows(project / "run", each, None if file is None else project / file)
        assert [len(piece) for piece in pieces] == [rows, 1]
    monkeypatch.setattr("trainyard.evaluation.tested.open_tested", lambda *given: pytest.fail("those of its test"))
    with pytest.raises(pytest.fail.Exception, match="those of its test"):
        compared_rows(project / "run", config, None)
