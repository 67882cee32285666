"""Rules about network and model: each is broken by one command line, and only that rule speaks."""

import shlex
from collections.abc import Callable, Sequence

import pytest

from tests.config.conftest import compose_quickly
from tests.config.rules_cases import MODEL
from trainyard.config.rules.modelling import own_code


@pytest.mark.parametrize(("line", "beginning"), MODEL.items(), ids=list(MODEL))
def test_a_pair_that_cannot_be_right_is_refused(
    faults: Callable[..., Sequence[str]], line: str, beginning: str
) -> None:
    (fault,) = faults(*shlex.split(line))
    assert fault.startswith(beginning), fault


def test_code_of_ones_own_is_found_wherever_it_is_named() -> None:
    config = compose_quickly([
        "trusted=mine", "network=custom", "network._target_=mine.Net", "model=classifier", "model.loss=custom",
        "model.loss_target=mine.losses.loss", "model.extra_metrics.gini._target_=mine.gini",
    ])  # fmt: skip
    assert dict(own_code(config)) == {
        "network._target_": "mine.Net",
        "model.loss_target": "mine.losses.loss",
        "model.extra_metrics.gini._target_": "mine.gini",
    }
