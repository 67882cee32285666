"""The flags of a train command, which are Hydra's."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import NoReturn

from hydra._internal.utils import get_args_parser

from trainyard.config.keys import key_variants, shipped_options
from trainyard.config.nearest import did_you_mean, nearest
from trainyard.errors import ConfigError

ONE_OF = ("--run", "--multirun", "--cfg", "--info", "--shell-completion", "--help", "--hydra-help")


def parse_flags(argv: Sequence[str]) -> Namespace:
    """Return the flags and, in `overrides`, everything else in its order; raise ConfigError for a flag that is none."""
    parser = get_args_parser()
    parser.error = _raise  # type: ignore[method-assign]
    faults = [fault for n, word in enumerate(argv) if (fault := _unknown_flag(parser, word, argv[n + 1 :]))]
    if faults:
        raise ConfigError(faults)
    flags, rest = parser.parse_known_args(list(argv))
    flags.overrides = [*flags.overrides, *rest]
    if flags.experimental_rerun is not None:
        raise ConfigError("--experimental-rerun: is not supported; a run's overrides.txt holds what to type again")
    if flags.resolve and flags.cfg is None:
        raise ConfigError("--resolve: goes with --cfg, such as --cfg job --resolve")
    chosen = [flag for flag in ONE_OF if getattr(flags, flag.strip("-").replace("-", "_")) not in (None, False)]
    if len(chosen) > 1:
        raise ConfigError(f"{' '.join(chosen)}: only one of these at a time")
    return flags


def shows_something(flags: Namespace) -> bool:
    """Whether the command prints something instead of training."""
    return bool(flags.help or flags.hydra_help or flags.cfg or flags.info or flags.shell_completion)


def _raise(message: str) -> NoReturn:
    raise ConfigError(message.removeprefix("argument "))


def _unknown_flag(parser: ArgumentParser, word: str, following: Sequence[str]) -> str | None:
    if not word.startswith("-") or word == "-":
        return None
    flag, equals, value = word.partition("=")
    known = [option for action in parser._actions for option in action.option_strings]
    if flag in known or any(option.startswith(flag) for option in known if flag.startswith("--")):
        return None
    name = flag.strip("-").replace("-", "_")
    groups = [group for group, options in shipped_options().items() if name in options]
    if groups:
        return f"{word}: no such flag; choices are made without dashes: {groups[0]}={name}"
    exact = [path for path in key_variants() if name in (path, path.rsplit(".", 1)[-1])]
    key = exact[0] if exact else None if nearest(flag, known) else nearest(name, key_variants())
    if key is not None:
        guess = value if equals else next((after for after in following[:1] if "=" not in after), "<value>")
        return f"{word}: no such flag; keys are set without dashes: {key}={guess}"
    return f"{word}: no such flag{did_you_mean(flag, known)}"
