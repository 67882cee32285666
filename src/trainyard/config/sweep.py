"""The members of a sweep: every combination of the values on a command line, all checked before the first runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.types import RunMode
from omegaconf import DictConfig, open_dict

from trainyard.config.compose import COMPOSITION_ERRORS, Composed, Composer
from trainyard.config.faults import Fault, in_order
from trainyard.config.launchers import Launcher, launcher_faults, read_launcher
from trainyard.config.override_faults import read_overrides
from trainyard.config.overrides import decode_name, shape_of, split_path
from trainyard.config.rules.place import DISTRIBUTED
from trainyard.config.text import with_secrets
from trainyard.config.ticket import Ticket
from trainyard.errors import ConfigError

BASIC_SWEEPER = "hydra._internal.core_plugins.basic_sweeper.BasicSweeper"
EXPERIMENT_NAME_LENGTH = 60


@dataclass(frozen=True)
class Sweep:
    """Checked members, in the order in which they run.

    - cfg: what Hydra composed for the sweep as a whole
    - lines: the overrides of each member as Hydra takes them; hydra_lines: those of Hydra itself
    - swept_keys: the keys that set members apart
    - first: the number of the first member, which is not 0 in the process of a single one
    """

    members: tuple[Composed, ...]
    folder: Path
    swept_keys: tuple[str, ...]
    cfg: DictConfig
    lines: tuple[tuple[str, ...], ...]
    hydra_lines: tuple[str, ...]
    first: int = 0

    @property
    def launcher(self) -> Launcher:
        """What starts the members."""
        return read_launcher(self.cfg)

    def batches(self) -> Iterator[tuple[int, list[list[str]]]]:
        """Yield the number of its first member and the overrides of each batch of hydra.sweeper.max_batch_size."""
        size = self.cfg.hydra.sweeper.get("max_batch_size") or len(self.lines)
        for first in range(0, len(self.lines), size):
            yield self.first + first, [list(member) for member in self.lines[first : first + size]]


def compose_sweep(composer: Composer, overrides: Sequence[str]) -> Sweep:
    """Return the sweep of a command line with -m; raise ConfigError with the faults of all members."""
    composer.check_primary()
    composer.loader.repeated = True
    lines, faults = read_overrides(overrides, composer.loader, sweeping=True)
    try:
        cfg = composer.loader.load_configuration(composer.config_name, lines, RunMode.MULTIRUN)
    except COMPOSITION_ERRORS:
        _, more = composer.compose_step_by_step([line for line in lines if shape_of(line).is_hydra])
        raise ConfigError(in_order(faults + more, [])) from None
    configured = [f"{key}={value}" for key, value in (cfg.hydra.sweeper.get("params") or {}).items()]
    faults += [*_other_sweeper(cfg), *launcher_faults(cfg, (*configured, *overrides))]
    hydra_lines = [line for line in lines if shape_of(line).is_hydra]
    parsed, more = _parse(composer, configured, [line for line in lines if line not in hydra_lines])
    faults += more
    if _endless(parsed):
        raise ConfigError(in_order(faults + _endless(parsed), []))
    split = [tuple(member) for batch in BasicSweeper.split_arguments(parsed, None) for member in batch]
    members, more = _compose_members(composer, split, hydra_lines, overrides)
    more += _distributed(members)
    if faults or more:
        raise ConfigError(in_order(faults + more, [shape_of(text).key for text in overrides]))
    swept = tuple(override.key_or_group for override in parsed if override.is_sweep_override())
    members = _one_experiment(members, overrides)
    return Sweep(tuple(members), _folder(cfg, members), swept, cfg, tuple(split), tuple(hydra_lines))


def compose_member(composer: Composer, ticket: Ticket) -> Sweep:
    """Return the sweep of a ticket with that one member, in a process of its own.

    The config is the one that was checked when the sweep began, whatever has become of its files since; its secrets
    are read again.
    """
    loader = composer.loader
    loader.repeated = True
    composed = composer.compose([*ticket.hydra_lines, *ticket.lines])
    config = with_secrets(ticket.values, composed.config)
    if loader.sweep_cfg is None:
        loader.sweep_cfg = loader.load_configuration(composer.config_name, list(ticket.hydra_lines), RunMode.MULTIRUN)
    cfg = loader.sweep_cfg
    with open_dict(cfg):
        cfg.hydra.sweep.dir = ticket.folder
    member = replace(composed, config=config, overrides=ticket.overrides)
    folder = Path(ticket.folder)
    return Sweep((member,), folder, ticket.swept_keys, cfg, (ticket.lines,), ticket.hydra_lines, ticket.number)


def _parse(
    composer: Composer, configured: Sequence[str], lines: Sequence[str]
) -> tuple[list[Override], list[Fault]]:
    """Parse the overrides of the members: those of hydra.sweeper.params, then what was typed."""
    from_config, faults = read_overrides(configured, composer.loader, sweeping=True)
    parser = OverridesParser.create(config_loader=composer.loader)
    return parser.parse_overrides([*from_config, *lines]), faults


def _compose_members(
    composer: Composer, split: Sequence[Sequence[str]], hydra_lines: Sequence[str], typed: Sequence[str]
) -> tuple[list[Composed], list[Fault]]:
    """Compose and check every member; a fault that not all of them have says whose it is."""
    members: list[Composed] = []
    whose: dict[str, list[int]] = {}
    for number, lines in enumerate(split):
        try:
            composed = composer.compose([*hydra_lines, *lines])
            members.append(replace(composed, overrides=_as_typed(lines, typed)))
        except ConfigError as error:
            for text in error.faults:
                whose.setdefault(text, []).append(number)
    faults = [
        Fault(f"{text}{_whose(text, numbers, split)}", (text.partition(":")[0].partition("=")[0],))
        for text, numbers in whose.items()
    ]
    return members, faults


def _whose(text: str, numbers: list[int], split: Sequence[Sequence[str]]) -> str:
    """Return the end of a fault that only some members have: " (with optimizer=adam)" or their numbers."""
    if len(numbers) == len(split):
        return ""
    for line in split[numbers[0]]:
        if numbers == [number for number, lines in enumerate(split) if line in lines]:
            apart = line.lstrip("+")
            return "" if text.startswith(apart) else f" (with {apart})"
    shown = ", ".join(str(number) for number in numbers[:5])
    return f" (member {shown}{', ...' if len(numbers) > 5 else ''} of 0 to {len(split) - 1})"


def _as_typed(lines: Sequence[str], typed: Sequence[str]) -> tuple[str, ...]:
    """Return the overrides of a member as a person would type them."""
    originals = {shape_of(text).key: text for text in typed}
    result = []
    for line in lines:
        shape = shape_of(line)
        key = ".".join(decode_name(part) for part in split_path(shape.key))
        original = originals.get(key)
        swept = original is None or "," in original or "(" in original
        result.append(f"{'~' if shape.prefix == '~' else ''}{key}={shape.value}" if swept else str(original))
    return tuple(result)


def _one_experiment(members: list[Composed], overrides: Sequence[str]) -> list[Composed]:
    """Give the members one experiment to be compared in, unless the experiments themselves are swept."""
    names = list(dict.fromkeys(member.config.experiment_name for member in members))
    if len(names) == 1 or any(shape_of(text).key == "experiment_name" for text in overrides):
        return members
    name = "-".join(names)[:EXPERIMENT_NAME_LENGTH].rstrip("-")
    return [replace(member, config=replace(member.config, experiment_name=name)) for member in members]


def _folder(cfg: DictConfig, members: Sequence[Composed]) -> Path:
    """Return the sweep's folder, settled once for all members."""
    with open_dict(cfg):
        cfg.experiment_name = members[0].config.experiment_name
        folder = Path(str(cfg.hydra.sweep.dir)).absolute()
        cfg.hydra.sweep.dir = str(folder)
    return folder


def _other_sweeper(cfg: DictConfig) -> list[Fault]:
    if cfg.hydra.sweeper.get("_target_") == BASIC_SWEEPER:
        return []
    choice = cfg.hydra.runtime.choices.get("hydra/sweeper")
    return [Fault(f"hydra/sweeper={choice}: is not supported; take hydra/sweeper=basic", ("hydra/sweeper",))]


def _distributed(members: Sequence[Composed]) -> list[Fault]:
    """Refuse what starts this command anew in processes of its own, which would start the whole sweep in each."""
    names = dict.fromkeys(member.config.accelerator.name for member in members)
    return [
        Fault(f"accelerator={name}: trains one run in several processes, and a sweep trains many; leave out -m, or "
              "take another accelerator", ("accelerator",))
        for name in names
        if name in DISTRIBUTED
    ]


def _endless(parsed: Sequence[Override]) -> list[Fault]:
    return [
        Fault(f"{override.input_line}: an interval has no end of values; take choice(...) or range(...)")
        for override in parsed
        if override.is_sweep_override() and not override.is_discrete_sweep()
    ]
