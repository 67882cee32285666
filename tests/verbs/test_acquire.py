"""`trainyard acquire`."""

import hashlib
from pathlib import Path

import pytest

from trainyard.config.compose import compose
from trainyard.config.text import to_yaml
from trainyard.verbs.cli import run_command

Capture = pytest.CaptureFixture[str]
SALMON = ["acquire", "dataset=salmon", "dataset.rows=100"]


def note_as_made(path: Path) -> None:
    """Write the dvc.lock that a stage leaves that has made a file."""
    (path.parent / ".dvc").mkdir(exist_ok=True)
    md5 = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    (path.parent / "dvc.lock").write_text(
        f"schema: '2.0'\nstages:\n  acquire@x:\n    outs:\n    - path: {path.name}\n      hash: md5\n      md5: {md5}\n"
    )


def test_a_built_in_is_made_into_a_file(project: Path, capsys: Capture) -> None:
    output = project / "data" / "fish.csv"
    assert run_command([*SALMON, f"output={output}"]) == 0
    assert capsys.readouterr().out == f"{output} has the rows of salmon.\n"
    assert len(output.read_text().splitlines()) == 101
    assert list(output.parent.iterdir()) == [output]


def test_a_built_in_that_is_read_from_the_file_is_made_for_it(project: Path) -> None:
    output, config = project / "fish.csv", project / "config.yaml"
    config.write_text(to_yaml(compose(["dataset=salmon", "dataset.rows=100", f"dataset.path={output}"])))
    assert run_command(["acquire", f"config={config}", f"output={output}"]) == 0
    assert len(output.read_text().splitlines()) == 101


def test_a_file_of_ones_own_is_copied_also_onto_itself(project: Path) -> None:
    source, output = project / "t.csv", project / "copy.csv"
    source.write_text("a,b\n1,2\n")
    for path in (output, source):
        argv = ["dataset=csv", f"dataset.path={source}", "dataset.target=b", f"output={path}"]
        assert run_command(["acquire", *argv]) == 0
        assert path.read_text() == "a,b\n1,2\n"
    assert sorted(path.name for path in project.iterdir()) == ["copy.csv", "t.csv"]


def test_the_same_rows_are_no_obstacle_and_others_are_not_overwritten(project: Path, capsys: Capture) -> None:
    output = project / "fish.csv"
    assert run_command([*SALMON, f"output={output}"]) == 0
    assert run_command([*SALMON, f"output={output}"]) == 0
    output.write_text("by,hand\n")
    assert run_command([*SALMON, f"output={output}"]) == 2
    told = f"output={output}: is there already and holds other rows; remove it, or give another name"
    assert told in capsys.readouterr().err
    assert output.read_text() == "by,hand\n"
    assert list(project.iterdir()) == [output]


def test_a_stage_makes_anew_what_it_made_and_keeps_what_was_changed_by_hand(
    project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVC_STAGE", "acquire@x")
    output = project / "fish.csv"
    assert run_command([*SALMON, f"output={output}"]) == 0
    note_as_made(output)
    assert run_command([*SALMON[:2], "dataset.rows=120", f"output={output}"]) == 0
    assert len(output.read_text().splitlines()) == 121
    capsys.readouterr()
    assert run_command([*SALMON, f"output={output}"]) == 0
    assert capsys.readouterr().out == (
        f"{output} has been changed by hand and is kept; remove it to have its rows made anew.\n"
    )
    assert len(output.read_text().splitlines()) == 121


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["dataset=salmon"], "output: has to be given: the file to write, such as output=data/digits.csv"),
        (["dataset=salmon", "output=fish.parquet"], "fish.parquet is to hold .csv (salmon). Name it fish.csv."),
        (["dataset=csv", "dataset.path=/nowhere/t.csv", "dataset.target=y", "output=t.csv"], "/nowhere/t.csv"),
        (["dataset=salmon", "output=a.csv", "output=b.csv"], "output=b.csv: output is there twice"),
    ],
)
def test_a_mistake_is_told(project: Path, argv: list[str], told: str, capsys: Capture) -> None:
    assert run_command(["acquire", *argv]) == 2
    assert told in capsys.readouterr().err


def test_help_is_shown(project: Path, capsys: Capture) -> None:
    assert run_command(["acquire", "--help"]) == 0
    assert "  output   the file to write" in capsys.readouterr().out
