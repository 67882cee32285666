"""Keys of the command that are no part of a config."""

import pytest

from trainyard.config.command_keys import fold_overrides, take_command_keys
from trainyard.errors import ConfigError


def test_they_are_taken_out_of_the_overrides() -> None:
    found, others = take_command_keys(["seed=1", "config='a b.yaml'", "k_fold=5", "note=x"])
    assert found == {"config": "a b.yaml", "k_fold": "5"}
    assert others == ["seed=1", "note=x"]


@pytest.mark.parametrize(
    ("overrides", "faults"),
    [
        (["resume="], ["resume: has no value; it names a run to go on with: latest, its folder, or the id at the end "
                       "of its name"]),
        (["k_fold", "seed=1"], ["k_fold: has no value; it names a number of folds, each of which is tested by a member "
                                "of a sweep: 5"]),
        (["config=a", "config=b", "resume=c"],
         ["config=b: config is there twice", "config and resume: give one of them; a resumed run has its own config"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_them_is_told(overrides: list[str], faults: list[str]) -> None:
    with pytest.raises(ConfigError) as error:
        take_command_keys(overrides)
    assert list(error.value.faults) == faults


def test_folds_are_a_sweep_whose_folds_run_one_after_the_other() -> None:
    assert fold_overrides(None, ["seed=1"]) == []
    assert fold_overrides("3", ["optimizer.lr=0.1,0.01"]) == ["dataset.folds=3", "dataset.fold=0,1,2"]


@pytest.mark.parametrize("number", ["1", "0", "-2", "five", "2.5", "1001", "3,5"])
def test_a_number_of_folds_is_a_whole_number_from_2_on(number: str) -> None:
    with pytest.raises(ConfigError, match=r"must be a whole number from 2 to 1000, such as k_fold=5"):
        fold_overrides(number, [])


def test_what_it_sets_is_not_set_by_hand() -> None:
    with pytest.raises(ConfigError, match=r"dataset.fold=1: k_fold=5 sets it; leave out one of them"):
        fold_overrides("5", ["seed=1", "dataset.fold=1"])
