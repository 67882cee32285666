"""The choices of a training as arguments of another verb."""

from pathlib import Path

import pytest

from trainyard.errors import ConfigError
from trainyard.verbs.choices import compose_choices


def test_choices_compose_as_those_of_a_training(project: Path) -> None:
    config = compose_choices("find lr", ["dataset=salmon", "optimizer.lr=0.02"])
    assert config is not None
    assert (config.dataset.name, config.optimizer.lr) == ("salmon", 0.02)


def test_help_is_no_config(project: Path) -> None:
    assert compose_choices("find lr", ["--help"]) is None


@pytest.mark.parametrize("flag", [["-m"], ["--cfg", "job"], ["--info"]])
def test_other_flags_belong_to_the_training(project: Path, flag: list[str]) -> None:
    with pytest.raises(ConfigError, match="trainyard find lr: takes choices only; the other flags belong to"):
        compose_choices("find lr", flag)
