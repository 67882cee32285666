"""Where a run computes, as the config has it."""

from typing import get_args

import pytest

from tests.config.conftest import compose_quickly
from trainyard.config.convert import WrongValueError, convert_value
from trainyard.config.schema.accelerator import Accelerator, Precision
from trainyard.config.schema.declared import keys_of


def test_defaults_lie_within_their_ranges_and_types() -> None:
    for key in keys_of(Accelerator).values():
        assert convert_value(key.default, key) == key.default, key.name


def test_auto_stands_beside_every_precision() -> None:
    key = keys_of(Accelerator)["precision"]
    assert [convert_value(word, key) for word in get_args(Precision)] == list(get_args(Precision))
    assert convert_value(32, key) == "32"
    assert compose_quickly().accelerator.precision == "auto"


@pytest.mark.parametrize(("name", "value"), [("threads", 0), ("precision", "8"), ("nodes", 0), ("device", -1)])
def test_what_no_machine_has_is_refused(name: str, value: object) -> None:
    with pytest.raises(WrongValueError):
        convert_value(value, keys_of(Accelerator)[name])
