"""Rules about parts: each is broken by one command line, and only that rule speaks."""

import shlex
from collections.abc import Callable, Sequence

import pytest

from tests.config.rules_cases import CSV, SPLIT
from trainyard.config.compose import Composed


@pytest.mark.parametrize(("line", "beginning"), SPLIT.items(), ids=list(SPLIT))
def test_a_pair_that_cannot_be_right_is_refused(
    faults: Callable[..., Sequence[str]], line: str, beginning: str
) -> None:
    (fault,) = faults(*(line.split(" ") if "' '" not in line else shlex.split(line)))
    assert fault.startswith(beginning), fault


@pytest.mark.parametrize(
    "more",
    [
        "dataset.group=g dataset.time=t dataset.split=time",
        "dataset.group=g dataset.time=t dataset.split=group",
        "dataset.split_column=s dataset.time=t dataset.split=column",
        "dataset.split_column=s dataset.group=g",
        "dataset.test_path=u.csv dataset.val_path=v.csv dataset.group=g",
        "dataset.test_path=u.csv dataset.time=t",
    ],
)
def test_pairs_of_which_each_has_an_effect_stand(composed: Callable[..., Composed], more: str) -> None:
    assert composed(*(CSV + more).split(" "))
