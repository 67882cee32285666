"""The choices of a training as arguments of another verb."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.config.flags import parse_flags
from trainyard.errors import ConfigError
from trainyard.training.stop import interrupt_in_order

if TYPE_CHECKING:
    from trainyard.config.schema import Config


def compose_choices(verb: str, argv: Sequence[str]) -> "Config | None":
    """Return the config that the choices stand for, None where help is asked for.

    Raises ConfigError with all that is wrong with them, flags of a training among it.
    """
    flags = parse_flags(argv)
    return None if flags.help else _compose(verb, flags, None)


def compose_over_run(verb: str, file: Path | None, argv: Sequence[str]) -> "Config":
    """Return the config of a run, from the file that it left (None for none), with the choices over it."""
    return _compose(verb, parse_flags(argv), file)


def _compose(verb: str, flags: Namespace, file: Path | None) -> "Config":
    if flags.multirun or flags.cfg or flags.info or flags.shell_completion or flags.hydra_help:
        raise ConfigError(f"trainyard {verb}: takes choices only; the other flags belong to trainyard train")
    from trainyard.config.compose import Composer
    from trainyard.config.loader import Loader
    from trainyard.config.overlay import read_resolved

    resolved = None if file is None else read_resolved(file, f"the config of the run, {file}")
    composer = Composer(Loader(flags.config_dir, flags.config_path), flags.config_name or "train", resolved)
    config = composer.compose(flags.overrides).config
    interrupt_in_order()
    return config
