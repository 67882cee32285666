"""`trainyard find`: what it refuses, what it prints, and that no run is left behind."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from trainyard.training import find_batch_size
from trainyard.verbs.cli import run_command
from trainyard.verbs.find import print_choice, read_options, trial_lines

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["lrr"], "trainyard find lrr: finds lr or batch_size; did you mean lr?"),
        (["lr", "find.stepz=3"], "find.stepz=3: no such key; did you mean find.steps?"),
        (["batch_size", "find.lowest=3"], "find.lowest=3: no such key; trainyard find batch_size takes find.seconds"),
        (["lr", "find.steps=5"], "find.steps=5: must be at least 20"),
        (["lr", "find.lowest=x", "find.highest=-1"], "find.lowest=x: must be a number\n  find.highest=-1: must be"),
        (["lr", "find.lowest=2", "find.highest=1"], "find.lowest=2: must be less than find.highest=1"),
        (["batch_size", "find.seconds=0"], "find.seconds=0: must be greater than 0"),
        (["lr", "optimizer.lr=0"], "optimizer.lr=0: must be greater than 0"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(project: Path, argv: Sequence[str], told: str, capsys: Capture) -> None:
    assert run_command(["find", *argv]) == 2
    assert told in capsys.readouterr().err
    assert not list(project.iterdir())


def test_what_is_not_given_has_a_default() -> None:
    assert read_options("lr", ["find.steps=50"]) == {"find.steps": 50, "find.lowest": 1e-7, "find.highest": 10}


def test_the_choice_is_printed_as_an_override_that_replaces_another(capsys: Capture) -> None:
    print_choice("optimizer.lr=0.01", ["dataset=salmon", "++optimizer.lr=3", "tags.api_key=hunter22"])
    assert capsys.readouterr().out == (
        "take       optimizer.lr=0.01\n"
        "train      trainyard train dataset=salmon 'tags.api_key=***' optimizer.lr=0.01\n"
    )


def test_the_learning_rate_is_found_drawn_and_kept_outside_of_the_runs(project: Path, capsys: Capture) -> None:
    assert run_command(["find", "lr", "dataset=iris", "accelerator=cpu", "find.steps=40", "find.lowest=1e-5"]) == 0
    printed = capsys.readouterr().out
    folder = next((project / ".trainyard" / "find").iterdir())
    ramp = json.loads((folder / "learning_rates.json").read_text(encoding="utf-8"))
    assert f"take       optimizer.lr={ramp['suggestion']:.2g}\n" in printed
    assert f"plot       {folder / 'learning_rates.png'}\n" in printed
    assert (folder / "learning_rates.png").exists()
    assert not (project / "runs").exists()


def test_the_batch_size_is_found_with_what_was_tried(
    project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_batch_size, "trial", lambda plan, size, seconds: find_batch_size.Trial(size, 1e3 + size))
    assert run_command(["find", "batch_size", "dataset=iris", "accelerator=cpu"]) == 0
    printed = capsys.readouterr().out
    assert "take       training.batch_size=16\n" in printed
    assert "              16          1,016\n" in printed
    monkeypatch.setattr(find_batch_size, "trial", lambda plan, size, seconds: find_batch_size.Trial(size, None))
    assert run_command(["find", "batch_size", "dataset=iris", "accelerator=cpu"]) == 1
    assert "Not even the smallest minibatch fits" in capsys.readouterr().out


def test_what_did_not_fit_is_in_the_table() -> None:
    rows = trial_lines([find_batch_size.Trial(64, None), find_batch_size.Trial(32, 12345.6, 3 * 2**20)])
    assert rows[1].split() == ["32", "12,346", "3", "MiB"]
    assert rows[2].split() == ["64", "did", "not", "fit"]
