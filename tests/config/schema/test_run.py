"""The sections that every run has."""

from dataclasses import FrozenInstanceError

import pytest

from tests.config.conftest import compose_quickly
from trainyard.config.convert import convert_value
from trainyard.config.schema.declared import keys_of
from trainyard.config.schema.run import Config, Tracking, Training


@pytest.mark.parametrize("cls", [Tracking, Training])
def test_defaults_lie_within_their_ranges_and_types(cls: type) -> None:
    for key in keys_of(cls).values():
        assert convert_value(key.default, key) == key.default, key.name


def test_a_config_cannot_be_changed() -> None:
    config = compose_quickly()
    with pytest.raises(FrozenInstanceError):
        config.seed = 3  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        config.training.batch_size = 3  # type: ignore[misc]


def test_what_is_masked_is_no_key_and_sets_no_two_configs_apart() -> None:
    assert "masked" not in keys_of(Config)
    config = compose_quickly()
    assert Config(**{**vars(config), "masked": ("note",)}) == config
