"""`trainyard runs`."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from trainyard.tracking.journal import Journal
from trainyard.verbs.cli import run_command

Capture = pytest.CaptureFixture[str]
DAY = 86400.0


@pytest.fixture
def listed(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three runs and a sweep of two members, one of which failed, made a day after each other, the sweep last."""
    import time

    monkeypatch.setenv("COLUMNS", "200")
    now, days = time.time(), iter((9.0, 5.0, 2.0, 1.0, 1.0, 1.0))
    for experiment, end, metrics in (
        ("digits", "digits-a1", {"test/accuracy": 0.9, "best/loss": 0.3}),
        ("iris", "iris-b2", {"test/accuracy": 0.95, "best/loss": 0.2}),
        ("salmon", "salmon-c3", {"test/rmse": 12.5, "test/r2": None, "best/loss": 0.4}),
    ):
        began = now - next(days) * DAY
        monkeypatch.setattr("trainyard.tracking.journal.time.time", lambda began=began: began)
        one_run(project / "runs" / experiment / end, experiment, metrics)
    began = now - DAY
    monkeypatch.setattr("trainyard.tracking.journal.time.time", lambda: began)
    folder = project / "runs" / "iris" / "sweep-d4"
    sweep = Journal.create(folder, kind="sweep", experiment="iris", name="iris-sweep", sync=False)
    (folder / "overrides.txt").write_text("dataset=iris\nseed=1,2\n")
    one_run(folder / "10-seed=1", "iris", {"test/accuracy": 0.97, "best/loss": 0.1}, parent=sweep.id, seed=1)
    one_run(folder / "2-seed=2", "iris", {}, parent=sweep.id, seed=2, status="FAILED")
    told = {"metrics": {"test/accuracy": 0.97, "best/loss": 0.1}, "best": "10-seed=1", "folds": None}
    (folder / "sweep.json").write_text(json.dumps(told))
    sweep.end("FINISHED")
    return project


def one_run(
    folder: Path, experiment: str, metrics: dict[str, float | None], *, parent: str | None = None, seed: int = 0,
    status: str = "FINISHED",
) -> None:  # fmt: skip
    journal = Journal.create(folder, kind="run", experiment=experiment, name=folder.name, parent=parent, sync=False)
    journal.params({"training.monitor": "val/loss"})
    (folder / "overrides.txt").write_text(f"dataset={experiment}\nseed={seed}\n")
    if metrics:
        (folder / "metrics.json").write_text(json.dumps(metrics))
    journal.end(status)  # type: ignore[arg-type]


def ids(capsys: Capture, *argv: str) -> list[str]:
    """The names of the folders of the rows that a list has."""
    assert run_command(["runs", "format=json", *argv]) == 0
    return [Path(row["folder"]).name for row in json.loads(capsys.readouterr().out)]


def test_the_newest_is_first_and_members_stand_under_their_sweep(listed: Path, capsys: Capture) -> None:
    assert run_command(["runs"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[0] for line in lines[1:] if len(line[0]) == 2] == ["d4", "c3", "b2", "a1"]
    assert lines[1][1:4] == ["sweep", "finished", "iris"]
    assert [line[1:3] for line in lines[2:4]] == [["failed", "iris"], ["best", "finished"]]
    assert lines[3][-3:] == ["loss", "0.1000", "seed=1"]
    assert lines[4][-6:] == ["rmse", "12.500", "loss", "0.4000", "dataset=salmon", "seed=0"]


@pytest.mark.parametrize(
    ("argv", "names"),
    [
        (["limit=2"], ["sweep-d4", "2-seed=2", "10-seed=1", "salmon-c3"]),
        (["limit=all", "experiment=digits"], ["digits-a1"]),
        (["since=6d"], ["sweep-d4", "2-seed=2", "10-seed=1", "salmon-c3", "iris-b2"]),
        (["status=failed"], ["sweep-d4", "2-seed=2"]),
        (["status=FINISHED", "experiment=iris"], ["sweep-d4", "10-seed=1", "iris-b2"]),
        (["status=killed"], []),
        (["sort=accuracy"], ["10-seed=1", "iris-b2", "digits-a1"]),
        (["sort=best/loss", "limit=3"], ["10-seed=1", "iris-b2", "digits-a1"]),
        (["sort=test/rmse"], ["salmon-c3"]),
        (["sort=r2"], []),
        (["sort=accuracy", "since=6d", "limit=1"], ["10-seed=1"]),
    ],
)
def test_what_is_asked_for_is_listed(listed: Path, capsys: Capture, argv: list[str], names: list[str]) -> None:
    assert ids(capsys, *argv) == names


def test_programs_get_all_that_is_known(listed: Path, capsys: Capture) -> None:
    assert run_command(["runs", "format=csv", "limit=1"]) == 0
    sweep, failed, best = csv.DictReader(capsys.readouterr().out.splitlines())
    assert (sweep["kind"], sweep["test_metric"], sweep["test_value"]) == ("sweep", "test/accuracy", "0.97")
    assert (failed["status"], failed["sweep"], failed["best"]) == ("FAILED", "sweep-d4", "False")
    assert failed["test_value"] == ""
    assert (best["best"], best["validated_metric"], best["validated_value"]) == ("True", "val/loss", "0.1")


def test_a_cross_validation_is_listed_with_its_mean(listed: Path, capsys: Capture) -> None:
    file = listed / "runs" / "iris" / "sweep-d4" / "sweep.json"
    metrics = {"mean/test/accuracy": 0.8, "std/test/accuracy": 0.1, "mean/best/loss": 0.3}
    file.write_text(json.dumps({"metrics": metrics, "folds": 5, "monitor": "val/loss"}))
    assert run_command(["runs", "limit=1"]) == 0
    assert "accuracy 0.8000 ± 0.1000  loss 0.3000" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "faults"),
    [
        (["status=faild", "format=xml", "limit=0", "since=soon"],
         ["status=faild: must be running, finished, failed or killed; did you mean failed?",
          "format=xml: must be table, json or csv", "limit=0: must be a number from 1 on, or all",
          "since: 'soon' is no time; write 90s, 15m, 2h, 30d or 01:30:00"]),
        (["experiment=irsi"], ["experiment=irsi: has no runs; did you mean iris?"]),
        (["sort=acuracy"], ["sort=acuracy: no run has this metric; did you mean accuracy?"]),
        (["sorted=x"], ["sorted=x: no such key; did you mean sort?"]),
    ],
)  # fmt: skip
def test_mistakes_are_told(listed: Path, capsys: Capture, argv: list[str], faults: list[str]) -> None:
    assert run_command(["runs", *argv]) == 2
    assert capsys.readouterr().err.splitlines()[1:] == [f"  {fault}" for fault in faults]


def test_without_runs_it_says_so(project: Path, capsys: Capture) -> None:
    assert run_command(["runs"]) == 0
    assert capsys.readouterr().out == f"There are no runs in {project / 'runs'} yet.\n"
    assert ids(capsys) == []


def test_help_says_what_it_takes(capsys: Capture) -> None:
    assert run_command(["runs", "--help"]) == 0
    assert "  trainyard runs experiment=digits sort=accuracy\n" in capsys.readouterr().out


def test_it_imports_nothing_heavy(listed: Path) -> None:
    code = "import sys; from trainyard.verbs.runs import main; main([]); print(*sorted(sys.modules), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()}
    assert loaded.isdisjoint({"hydra", "omegaconf", "numpy", "torch", "mlflow", "matplotlib", "pandas", "yaml"})


def test_mlflow_is_told_of_runs_that_died_with_their_mirror(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Path] = []
    monkeypatch.setattr("trainyard.tracking.sync.reconcile", lambda root, tracking: told.append(root))
    assert run_command(["runs"]) == 0
    assert told == [listed]
