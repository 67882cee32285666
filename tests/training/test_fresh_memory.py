"""Fresh memory is not filled while a network of Trainyard's own trains, and is again afterwards."""

import pytest
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.training.fresh_memory import unfilled_memory
from trainyard.training.plan import plan_run


def fills():
    return torch.utils.deterministic.fill_uninitialized_memory


def plan_of(engine):
    return plan_run(make_config(engine=engine), make_prepared(), torch.device("cpu"))


@pytest.mark.parametrize(("engine", "filled"), [("fast", False), ("reference", True)])
def test_memory_is_not_filled_for_the_fast_engine_and_is_as_before_afterwards(engine, filled):
    with unfilled_memory(plan_of(engine)):
        assert fills() is filled
    assert fills() is True


def test_it_is_as_before_when_a_training_fails():
    with pytest.raises(RuntimeError, match="full"), unfilled_memory(plan_of("fast")):
        raise RuntimeError("full")
    assert fills() is True
