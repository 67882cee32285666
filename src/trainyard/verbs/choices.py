"""The choices of a training as arguments of another verb."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.config.flags import parse_flags
from trainyard.errors import ConfigError
from trainyard.training.stop import interrupt_in_order

if TYPE_CHECKING:
    from trainyard.config.schema.accelerator import Accelerator
    from trainyard.config.schema.run import Config


def take_keys(verb: str, argv: Sequence[str], keys: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return the arguments of a verb's own, by key, and all others.

    Raises ConfigError for one that is there twice or has no value.
    """
    own: dict[str, str] = {}
    others, faults = [], []
    for word in argv:
        key, equals, value = word.partition("=")
        if key not in keys or not equals:
            others.append(word)
        elif not value.strip():
            faults.append(f"{key}: has no value; trainyard {verb} --help tells what it is for")
        elif key in own:
            faults.append(f"{word}: {key} is there twice")
        else:
            own[key] = value.strip()
    if faults:
        raise ConfigError(faults)
    return own, others


def compose_choices(verb: str, argv: Sequence[str]) -> "Config | None":
    """Return the config that the choices stand for, None where help is asked for.

    They may lie over a resolved one, config=FILE. Raises ConfigError with all that is wrong with them, flags of a
    training among it.
    """
    flags = parse_flags(argv)
    return None if flags.help else _compose(verb, flags, None)


def compose_over_run(verb: str, file: Path | None, argv: Sequence[str]) -> "Config":
    """Return the config of a run, from the file that it left (None for none), with the choices over it."""
    return _compose(verb, parse_flags(argv), file)


def _compose(verb: str, flags: Namespace, file: Path | None) -> "Config":
    if flags.multirun or flags.cfg or flags.info or flags.shell_completion or flags.hydra_help:
        raise ConfigError(f"trainyard {verb}: takes choices only; the other flags belong to trainyard train")
    own, overrides = take_keys(verb, flags.overrides, ("config",))
    refuse_command_keys(verb, overrides)
    from trainyard.config.compose import Composer
    from trainyard.config.loader import Loader
    from trainyard.config.overlay import read_resolved

    path = file if "config" not in own else Path(own["config"]).expanduser()
    resolved = None if path is None else read_resolved(path, f"config={path}")
    composer = Composer(Loader(flags.config_dir, flags.config_path), flags.config_name or "train", resolved)
    config = composer.compose(overrides).config
    interrupt_in_order()
    return config


def refuse_command_keys(verb: str, overrides: Sequence[str]) -> None:
    """Raise ConfigError for keys of a train command that are none of a config, such as resume."""
    from trainyard.config.keys import COMMAND_KEYS

    faults = [f"{text}: is no key of trainyard {verb}; it belongs to trainyard train" for text in overrides
              if "=" in text and text.lstrip("+~").partition("=")[0] in COMMAND_KEYS]  # fmt: skip
    if faults:
        raise ConfigError(faults)


def check_device(verb: str, accelerator: "Accelerator") -> None:
    """Raise ConfigError for devices that a verb does not measure on, and for one that this machine does not have."""
    if accelerator.name in ("ddp_cpu", "ddp_gpu", "fsdp"):
        raise ConfigError(f"accelerator={accelerator.name}: trainyard {verb} measures one device; take "
                          "accelerator=cpu or gpu.")  # fmt: skip
    if accelerator.name in ("gpu", "mps") or accelerator.precision in ("tf32", "16-mixed"):
        from trainyard.training.accelerator import check_accelerator

        check_accelerator(accelerator)
