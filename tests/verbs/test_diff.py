"""`trainyard diff`."""

import json
from pathlib import Path

import pytest

from tests.reports.runs import traced_run
from trainyard.verbs.arguments import ArgumentsError
from trainyard.verbs.cli import run_command
from trainyard.verbs.diff import named

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def runs(project: Path) -> Path:
    """Two runs that differ in their learning rate, the newer one a member of a sweep; the folder of all runs."""
    runs = project / "runs" / "fish"
    traced_run(runs / "2026-01-01_10-00-00-aaaaaa")
    sweep = runs / "2026-01-02_10-00-00-bbbbbb"
    traced_run(sweep / "0-lr=0.1", config={"optimizer": {"lr": 0.1}}, metrics={"test/loss": 0.25})
    (sweep / "journal.jsonl").write_text('{"n": 0, "type": "begin", "id": "1"}\n')
    (project / "runs" / "latest").symlink_to(sweep / "0-lr=0.1")
    return runs


MEMBER = "runs/fish/2026-01-02_10-00-00-bbbbbb/0-lr=0.1"


@pytest.mark.parametrize(
    "argv", [["aaaaaa", "latest"], ["a=aaaaaa", "b=latest"], ["b=latest", "aaaaaa"], ["aaaaaa", MEMBER]]
)
def test_two_runs_stand_side_by_side_however_they_are_named(runs: Path, argv: list[str], capsys: Capture) -> None:
    assert run_command(["diff", *argv]) == 0
    shown = capsys.readouterr().out
    assert "\n  optimizer.lr  0.001  0.1\n" in shown
    assert "\n  test/loss  0.5000  0.2500  -0.2500  b" in shown
    assert "\ndata: the same\n" in shown


def test_equal_runs_are_no_error_and_json_is_printed(runs: Path, capsys: Capture) -> None:
    assert run_command(["diff", "latest", "latest", "json=true"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["config"], told["metrics"]) == ({}, {})


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        ([], ["a: which run? Write trainyard diff A B, or a=<run>",
              "b: which run? Write trainyard diff A B, or b=<run>"]),
        (["aaaaaa"], ["b: which run? Write trainyard diff A B, or b=<run>"]),
        (["aaaaab", "ltest"], ["a=aaaaab: no such run in {runs}; did you mean aaaaaa? (MLflow has none either)",
                               "b=ltest: no such run in {runs} (MLflow has none either)"]),
        (["aaaaaa", "bbbbbb"], ["b={runs}/fish/2026-01-02_10-00-00-bbbbbb: is a sweep; name one of its runs, such as "
                                "{runs}/fish/2026-01-02_10-00-00-bbbbbb/0-lr=0.1"]),
        (["aaaaaa", "latest", "jsn=true"], ["jsn=true: no such key; did you mean json?"]),
        (["aaaaaa", "latest", "cccccc"], ["cccccc: two runs are compared, and there are two already"]),
    ],
)  # fmt: skip
def test_runs_that_are_not_there_and_other_mistakes_are_told_at_once(
    runs: Path, argv: list[str], told: list[str], capsys: Capture
) -> None:
    assert run_command(["diff", *argv]) == 2
    lines = capsys.readouterr().err.splitlines()[1:]
    assert lines == [f"  {line.format(runs=runs.parent)}" for line in told]


def test_words_get_the_key_that_is_free() -> None:
    assert named(["x", "a=y"]) == ["b=x", "a=y"]
    assert named(["x/0-seed=1", "y", "json=true"]) == ["a=x/0-seed=1", "b=y", "json=true"]
    assert named(["--json", "x"]) == ["--json", "a=x"]
    with pytest.raises(ArgumentsError):
        named(["a=x", "b=y", "z"])
