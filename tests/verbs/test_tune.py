"""`trainyard tune`: what it refuses, what it prints, and that no run is left behind."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from trainyard.benchmark.ratio import Ratio
from trainyard.benchmark.tune import Tried, Tuned
from trainyard.verbs.cli import run_command
from trainyard.verbs.tune import print_choice, read_seconds, tried_lines

Capture = pytest.CaptureFixture[str]
FASTER = {"accelerator.threads": 2, "training.compile": True}
TRIED = {
    "accelerator.threads": [
        Tried({}, 1000), Tried({"accelerator.threads": 2}, 2000, Ratio((2.0, 2.1, 2.0)), chosen=True)],
    "training.compile": [Tried({"accelerator.threads": 2}, 2000, chosen=True), Tried(FASTER, problem="no compiler")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["tune.second=3"], "tune.second=3: no such key; did you mean tune.seconds?"),
        (["tune.seconds=1"], "tune.seconds=1: must be from 10 to 1,000,000"),
        (["tune.seconds=1e9"], "tune.seconds=1e9: must be from 10 to 1,000,000"),
        (["tune.seconds=nan"], "tune.seconds=nan: must be from 10 to 1,000,000"),
        (["resume=latest"], "resume=latest: is no key of trainyard tune"),
        (["tune.seconds=soon"], "tune.seconds=soon: must be a number"),
        (["optimizer.lr=0"], "optimizer.lr=0: must be greater than 0"),
        (["accelerator=ddp_cpu"], "accelerator=ddp_cpu: trainyard tune measures one device; take accelerator=cpu or"),
        (["-m", "seed=1,2"], "trainyard tune: takes choices only"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(project: Path, argv: Sequence[str], told: str, capsys: Capture) -> None:
    assert run_command(["tune", *argv]) == 2
    assert told in capsys.readouterr().err
    assert not list(project.iterdir())


def test_help_is_printed(capsys: Capture) -> None:
    assert run_command(["tune", "--help"]) == 0
    assert "trainyard tune experiment=digits" in capsys.readouterr().out


def test_a_minute_is_taken_unless_another_time_is_given() -> None:
    assert (read_seconds([]), read_seconds(["tune.seconds=90"])) == (60.0, 90.0)


def test_the_choice_is_printed_as_overrides_that_replace_others(capsys: Capture) -> None:
    tuned = Tuned(TRIED, FASTER, Ratio((1.5, 1.5, 1.5)), [])
    print_choice(tuned, ["dataset=salmon", "++accelerator.threads=1", "tags.api_key=hunter22"])
    assert capsys.readouterr().out == (
        "1.50 times as fast as it was (1.50 to 1.50 in half of the rounds), with the same loss\n"
        "take       accelerator.threads=2 training.compile=true\n"
        "train      trainyard train dataset=salmon 'tags.api_key=***' accelerator.threads=2 training.compile=true\n"
    )


def test_where_nothing_is_faster_that_is_said(capsys: Capture) -> None:
    print_choice(Tuned({}, {}, None, []), [])
    assert "more than the spread; the training is as fast as it gets by these keys." in capsys.readouterr().out
    print_choice(Tuned({}, {}, None, ["training.compile"]), [])
    assert "more than the spread; there was no time for the other keys." in capsys.readouterr().out
    print_choice(Tuned({}, {}, Ratio((1.1, 0.9, 1.4)), []), [])
    assert "together is 1.10 times as fast as it was (1.00 to 1.25 in half" in capsys.readouterr().out


def test_the_table_has_what_was_tried_refused_and_not_tried() -> None:
    lines = tried_lines(Tuned(TRIED, FASTER, None, ["training.block"]))
    assert lines[1].split() == ["accelerator.threads", "as", "it", "was", "1,000", "1.00"]
    assert lines[2].split() == ["accelerator.threads=2", "2,000", "2.00", "2.00", "to", "2.05", "taken"]
    assert lines[4].split() == ["training.compile=true", "refused"]
    assert lines[5].split() == ["training.block", "no", "time"]
    assert lines[7:] == ["refused    training.compile=true: no compiler",
                         "no time    for training.block; raise tune.seconds"]  # fmt: skip


@pytest.mark.slow
def test_a_training_is_tuned_and_no_run_is_left_behind(project: Path, capsys: Capture) -> None:
    assert run_command(["tune", "dataset=iris", "accelerator=cpu", "tune.seconds=20"]) == 0
    printed = capsys.readouterr().out
    assert "  setting " in printed
    assert " as it was " in printed or "no time " in printed  # on a machine that is very busy
    assert "as fast as it" in printed or "there was no time for the other keys" in printed
    assert not (project / "runs").exists()
