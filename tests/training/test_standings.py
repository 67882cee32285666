from pathlib import Path

import pytest

from trainyard.training.result import RunResult
from trainyard.training.standings import Member, rank_choices, rank_members


def member(number, overrides, value, status="FINISHED", **metrics):
    named = {name.replace("_", "/", 1): number for name, number in metrics.items()}
    return Member(number, tuple(overrides.split()), RunResult(Path(str(number)), status, 0, named, value))


MEMBERS = [
    member(0, "lr=1 dataset.fold=0", 0.5, test_accuracy=0.5, best_loss=1.0),
    member(1, "lr=1 dataset.fold=1", 0.7, test_accuracy=0.7, best_loss=3.0),
    member(2, "lr=2 dataset.fold=0", 0.1, test_accuracy=0.9),
    member(3, "lr=2 dataset.fold=1", None, "KILLED"),
    member(4, "lr=3 dataset.fold=0 seed=1", 0.4, test_accuracy=0.8),
    member(5, "dataset.fold=1 lr=3", 0.3, test_accuracy=0.6),
    member(6, "lr=4 dataset.fold=0", 0.0, "FAILED"),
]


@pytest.mark.parametrize(("direction", "numbers"), [("min", [2, 5, 4, 0, 1]), ("max", [1, 0, 4, 5, 2])])
def test_members_that_finished_are_ranked(direction, numbers):
    assert [each.number for each in rank_members(MEMBERS, direction)] == numbers


@pytest.mark.parametrize(("direction", "words"), [("min", ["lr=3", "lr=1", "lr=2"]), ("max", ["lr=1", "lr=3", "lr=2"])])
def test_choices_are_ranked_by_their_means_those_that_miss_a_member_last(direction, words):
    choices = rank_choices(MEMBERS, direction)
    assert [" ".join(choice.words) for choice in choices] == words
    assert [choice.missing for choice in choices] == [0, 0, 1]


def test_a_choice_has_mean_and_deviation_of_what_all_its_members_measured():
    choice = rank_choices(MEMBERS, "max")[0]
    assert choice.spread("test/", "best/") == {
        "mean/test/accuracy": pytest.approx(0.6), "std/test/accuracy": pytest.approx(0.1414, abs=1e-4),
        "mean/best/loss": 2.0, "std/best/loss": pytest.approx(1.4142, abs=1e-4),
    }  # fmt: skip
    assert rank_choices(MEMBERS, "max")[2].spread("test/") == {}
