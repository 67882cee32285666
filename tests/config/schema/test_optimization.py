"""Optimizers and schedules: frozen, with defaults that lie within their own ranges."""

from dataclasses import FrozenInstanceError, is_dataclass

import pytest

from trainyard.config.convert import convert_value
from trainyard.config.schema.declared import keys_of
from trainyard.config.schema.optimization import OPTIMIZERS, SCHEDULES

CLASSES: dict[str, type] = {**OPTIMIZERS, **SCHEDULES}


@pytest.mark.parametrize(("name", "cls"), CLASSES.items())
def test_defaults_lie_within_their_ranges_and_types(name: str, cls: type) -> None:
    for key in keys_of(cls).values():
        if not key.required and key.nested is None:
            assert convert_value(key.default, key) == key.default, key.name


@pytest.mark.parametrize(("name", "cls"), CLASSES.items())
def test_an_option_cannot_be_changed_and_has_a_docstring(name: str, cls: type) -> None:
    assert is_dataclass(cls)
    assert cls.__doc__
    assert not cls.__doc__.startswith(f"{cls.__name__}(")
    required = {key.name: ("y",) if key.name == "target" else "y" for key in keys_of(cls).values() if key.required}
    option = cls(**required)
    assert name in (vars(option).get("source"), vars(option)["name"])
    with pytest.raises(FrozenInstanceError):
        option.name = "other"
