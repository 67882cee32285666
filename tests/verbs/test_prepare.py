"""`trainyard prepare`."""

import json
from pathlib import Path

import pytest

from trainyard.verbs.cli import run_command

Capture = pytest.CaptureFixture[str]


def test_a_table_is_prepared_and_shown(project: Path, tmp_path: Path, capsys: Capture) -> None:
    rows = "".join(f"{n},{n % 3},{'red' if n % 2 else 'blue'},only\n" for n in range(60))
    (tmp_path / "t.csv").write_text("size,rooms,colour,same\n" + rows, encoding="utf-8")
    argv = ["prepare", "dataset=csv", f"dataset.path={tmp_path / 't.csv'}", "dataset.target=colour"]
    assert run_command(argv) == 0
    shown = capsys.readouterr().out
    assert "data       t: " in shown
    assert "classes    2: blue, red\n" in shown
    assert "left out   same: " in shown
    assert str(project / ".trainyard" / "cache") in shown
    assert run_command(argv) == 0
    assert capsys.readouterr().out == shown


def test_what_has_become_of_the_rows_is_written_the_same_wherever_they_lie(project: Path, tmp_path: Path) -> None:
    rows = "".join(f"{n * 7 % 11},{'red' if n % 2 else 'blue'},only\n" for n in range(60))
    written = []
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "t.csv").write_text("size,colour,same\n" + rows, encoding="utf-8")
        output = tmp_path / place / "new" / "prepared.json"
        argv = ["dataset=csv", f"dataset.path={tmp_path / place / 't.csv'}", "dataset.target=colour"]
        assert run_command(["prepare", *argv, f"output={output}"]) == 0
        written.append(output.read_bytes())
    assert written[0] == written[1]
    outcome = json.loads(written[0])
    assert (outcome["task"], outcome["targets"], outcome["classes"]) == ("classification", ["colour"], ["blue", "red"])
    assert sum(outcome["rows"].values()) == 60
    assert list(outcome["left_out"]) == ["same"]
    assert outcome["columns"]["numbers"] == 1
    assert (project / ".trainyard" / "cache" / outcome["key"]).is_dir()


def test_a_mistake_in_the_data_is_told(project: Path, capsys: Capture) -> None:
    assert run_command(["prepare", "dataset=csv", "dataset.path=/nowhere/t.csv", "dataset.target=y"]) == 2
    assert capsys.readouterr().err.startswith("trainyard: 1 mistake in the data\n  ")


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["lr=3"], "lr: no such key; did you mean optimizer.lr?"),
        (["-m", "seed=1,2"], "trainyard prepare: takes choices only; the other flags belong to trainyard train"),
    ],
)
def test_a_mistake_in_the_config_is_told(project: Path, argv: list[str], told: str, capsys: Capture) -> None:
    assert run_command(["prepare", *argv]) == 2
    assert capsys.readouterr().err == f"trainyard: 1 mistake in the config\n  {told}\n"
