"""The config that a command line stands for, from within Python."""

from collections.abc import Sequence
from pathlib import Path

from trainyard.config.command_keys import take_command_keys
from trainyard.config.compose import Composer
from trainyard.config.loader import Loader
from trainyard.config.overlay import read_resolved
from trainyard.config.schema.run import Config
from trainyard.errors import ConfigError


def composed(overrides: Sequence[str]) -> Config:
    """Return the config of `python train.py` with these overrides, config=FILE among them. Raises ConfigError."""
    keys, others = take_command_keys(overrides)
    if "resume" in keys:
        raise ConfigError(f"resume={keys['resume']}: an estimator goes on with warm_start or partial_fit.")
    path = keys.get("config")
    resolved = None if path is None else read_resolved(Path(path).expanduser(), f"config={path}")
    return Composer(Loader(None), "train", resolved).compose(others).config


def asks_for_tracking(overrides: Sequence[str]) -> bool:
    """Whether one of the overrides says how the run is tracked."""
    return any(override.partition("=")[0].lstrip("+~").partition(".")[0] == "tracking" for override in overrides)
