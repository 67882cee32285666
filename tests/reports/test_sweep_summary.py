"""What is told at the end of a sweep."""

from pathlib import Path

import pytest

from trainyard.reports.sweep_summary import ChoiceRow, MemberRow, Told, folds_summary, sweep_summary
from trainyard.reports.text import WIDTH

FOLDER = Path("/home/ada/trains/runs/salmon/2026-01-02_03-04-05-0a1b2c")
LOSS = Told("val/loss", "min", "test/accuracy")
ENDING = {"folder": FOLDER, "mlflow": "see it with: mlflow ui"}


def sweep(members, told=LOSS, **metrics):
    return sweep_summary([MemberRow(*member) for member in members], told, metrics=metrics, **ENDING)


def test_a_sweep_is_told_best_first():
    told = sweep(
        [
            ("dataset=digits optimizer.lr=0.1", "FINISHED", 0.5, {"test/accuracy": 0.8}),
            ("dataset=digits optimizer.lr=0.01", "FINISHED", 0.2, {"test/accuracy": 0.95}),
            ("dataset=digits optimizer.lr=9", "FAILED", None, {}),
        ],
        **{"mean/test/accuracy": 0.95, "std/test/accuracy": 0.0125, "members/seeds": 3.0},
    )
    assert told == """

        choices            best val/loss  test/accuracy
  best  optimizer.lr=0.01         0.2000         0.9500
        optimizer.lr=0.1          0.5000         0.8000
        optimizer.lr=9                 -              -  failed

all with   dataset=digits
seeds      test/accuracy 0.9500 ± 0.0125 (mean and deviation over 3 seeds of the best choices)
members    2 finished, 1 failed
folder     /home/ada/trains/runs/salmon/2026-01-02_03-04-05-0a1b2c
mlflow     see it with: mlflow ui"""[1:]


def test_the_highest_is_best_where_more_is_better_and_what_is_no_number_comes_last():
    members = [(f"seed={place}", "FINISHED", value, {}) for place, value in enumerate((0.1, float("nan"), 0.0, 0.9))]
    told = sweep(members, Told("val/accuracy", "max", "test/accuracy"))
    assert [line.split()[-3] for line in told.splitlines()[2:6]] == ["seed=3", "seed=0", "seed=2", "seed=1"]
    assert told.splitlines()[2].startswith("  best  seed=3")


def test_a_sweep_without_a_good_member_has_no_best():
    told = sweep([("seed=1", "KILLED", 0.3, {"test/accuracy": 0.5}), ("seed=2", "FAILED", None, {})])
    assert "  best  " not in told
    assert "members    0 finished, 1 failed, 1 killed\n" in told
    assert "members    0 finished\n" in sweep([])


def test_of_many_members_the_best_are_shown_and_long_choices_are_cut():
    members = [("network.hidden=[64,64,64,64] " * 9 + f"seed={place}", "FINISHED", 0.1, {}) for place in range(50)]
    told = sweep([*members, ("seed=1", "FINISHED", 0.2, {})])
    assert "\n  and 11 more members\n" in told
    assert max(map(len, told.splitlines())) <= WIDTH


def folds(choices, *, count=5, members=(), **metrics):
    return folds_summary(
        [MemberRow(*member) for member in members], [ChoiceRow(*choice) for choice in choices], LOSS, folds=count,
        metrics=metrics, **ENDING,
    )  # fmt: skip


def test_folds_of_one_choice_are_listed_with_their_mean():
    told = folds(
        [("dataset.folds=2", 2, (0.3, 0.1), (0.9, 0.05))],
        count=2,
        members=[
            ("dataset.folds=2 dataset.fold=0", "FINISHED", 0.4, {"test/accuracy": 0.85}),
            ("dataset.folds=2 dataset.fold=1", "FINISHED", 0.2, {"test/accuracy": 0.95}),
        ],
        **{"members/repeats": 2.0, "mean/test/accuracy": 0.9, "std/test/accuracy": 0.0707,
           "out_of_fold/accuracy": 0.9, "out_of_fold/ece": 0.012345, "out_of_fold/rows": 1797.0},
    )  # fmt: skip
    assert told == """

    choices         best val/loss  test/accuracy
    dataset.fold=0         0.4000         0.8500
    dataset.fold=1         0.2000         0.9500

all with   dataset.folds=2
folds      test/accuracy 0.9000 ± 0.0707 (mean and deviation over 2 folds)
each row   accuracy 0.9000, ece 0.0123 (out of fold, over 1,797 predictions)
members    2 finished
folder     /home/ada/trains/runs/salmon/2026-01-02_03-04-05-0a1b2c
mlflow     see it with: mlflow ui"""[1:]


def test_several_choices_are_compared_by_their_means():
    told = folds(
        [("a=1 lr=0.1", 10, (0.2, 0.1), (0.9, 0.05)), ("a=1 lr=0.2", 4, (0.3, 0.1), (0.8, float("nan")))],
        **{"members/repeats": 10.0, "mean/test/accuracy": 0.9, "std/test/accuracy": 0.05},
    )
    assert told.startswith("""

        choices  runs    best val/loss    test/accuracy
  best  lr=0.1     10  0.2000 ± 0.1000  0.9000 ± 0.0500
        lr=0.2      4  0.3000 ± 0.1000       0.8000 ± -

all with   a=1
folds      test/accuracy 0.9000 ± 0.0500 (mean and deviation over 10 runs of 5 folds of the best
           choices)
"""[1:])


def test_a_single_fold_that_finished_has_no_deviation():
    told = folds([("", 1, (0.2, float("nan")), (0.9, float("nan")))], **{"members/repeats": 1.0})
    assert "folds      a single one, so test/accuracy has no deviation\n" in told


@pytest.mark.parametrize("count", [41, 50])
def test_of_many_choices_the_best_are_shown(count):
    told = folds([(f"seed={place} " + "long " * 40, 5, (0.2, 0.1), (0.9, 0.05)) for place in range(count)])
    more = count - 40
    assert f"\n  and {more} more choice{'s' if more > 1 else ''}\n" in told
    assert max(map(len, told.splitlines())) <= WIDTH


def test_the_end_names_the_report_of_a_sweep_that_has_one(tmp_path):
    members = [MemberRow("seed=1", "FINISHED", 0.3, {})]
    assert "\nreport " not in sweep_summary(members, LOSS, metrics={}, folder=tmp_path, mlflow="")
    (tmp_path / "report.html").touch()
    told = sweep_summary(members, LOSS, metrics={}, folder=tmp_path, mlflow="")
    assert f"\nreport     {tmp_path / 'report.html'}\n" in told
