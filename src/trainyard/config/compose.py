"""Overrides to a checked config: Hydra composes, the schema checks, and all faults are found at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.default_element import GroupDefault
from hydra.errors import HydraException, MissingConfigException
from hydra.types import RunMode
from omegaconf import Container, DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError  # type: ignore[import-untyped]  # it has no types

from trainyard.config.check import Checked, check_config
from trainyard.config.faults import Fault, in_order
from trainyard.config.keys import CHOSEN, GROUPS, OVERLAYS
from trainyard.config.layers.wiring import PATH as LAYERS
from trainyard.config.loader import Loader
from trainyard.config.nearest import did_you_mean, listed
from trainyard.config.overlay import load_over
from trainyard.config.override_faults import read_overrides
from trainyard.config.overrides import shape_of
from trainyard.config.resolve import first_line, resolve
from trainyard.config.schema.declared import keys_of
from trainyard.config.schema.run import Config
from trainyard.errors import ConfigError

# what Hydra raises for mistakes in files and overrides, some of it by accident
COMPOSITION_ERRORS = (
    HydraException, OmegaConfBaseException, YAMLError, ValueError, AssertionError, KeyError, AttributeError, TypeError,
)  # fmt: skip


@dataclass(frozen=True)
class Composed:
    """A checked config, and what Hydra composed it from."""

    config: Config
    cfg: DictConfig
    overrides: tuple[str, ...]  # as typed


def compose(
    overrides: Sequence[str] = (), *, config_name: str = "train", config_dir: str | Path | None = None
) -> Config:
    """Return the config that a command line with these overrides stands for; raise ConfigError with all its faults."""
    loader = Loader(None if config_dir is None else str(config_dir))
    return Composer(loader, config_name).compose(overrides).config


class Composer:
    """Composes and checks configs of one primary config, or over the values of a resolved one."""

    def __init__(self, loader: Loader, config_name: str = "train", resolved: Mapping[str, Any] | None = None):
        self.loader = loader
        self.config_name = config_name
        self.resolved = resolved

    def compose(self, overrides: Sequence[str], *, allow_missing: bool = False) -> Composed:
        """Return the checked config of one run; raise ConfigError with every fault, in the order of the overrides.

        With `allow_missing`, values that have still to be given are no fault; the config then has stand-ins for them.
        """
        self.check_primary()
        lines, faults = read_overrides(overrides, self.loader, sweeping=False)
        cfg: DictConfig | None
        try:
            if self.resolved is None:
                cfg = self.loader.load_configuration(self.config_name, lines, RunMode.RUN)
            else:
                cfg, more = load_over(self.resolved, self.loader, self.config_name, lines, COMPOSITION_ERRORS)
                faults += more
        except COMPOSITION_ERRORS:
            cfg, more = self.compose_step_by_step(lines)
            faults += more
        checked = Checked(None, []) if cfg is None else self._check(cfg, overrides, incomplete=bool(faults))
        faults += [fault for fault in checked.faults if not (allow_missing and fault.missing)]
        if faults or checked.config is None or cfg is None:
            raise ConfigError(in_order(faults, [shape_of(text).key for text in overrides]))
        return Composed(checked.config, cfg, tuple(overrides))

    def check_primary(self) -> None:
        """Raise ConfigError where the primary config (--config-name) does not exist."""
        repository = self.loader.repository
        if not repository.config_exists(self.config_name):
            known = [name for name in self.loader.options("") if name != "_dummy_empty_config_"]
            hint = did_you_mean(self.config_name, known)
            raise ConfigError(f"--config-name {self.config_name}: no such config{hint}; there is {listed(known)}")

    def compose_step_by_step(self, lines: Sequence[str]) -> tuple[DictConfig | None, list[Fault]]:
        """Compose from the groups alone, then set each key by itself, so that one fault hides no other."""
        of_keys = [line for line in lines if self.loader.sets_key(line)]
        of_groups = [line for line in lines if line not in of_keys]
        try:
            cfg = self.loader.load_configuration(self.config_name, of_groups, RunMode.RUN)
        except COMPOSITION_ERRORS as error:
            return None, [self._composition_fault(error, of_groups)]
        faults = []
        for line in of_keys:
            try:
                override, _ = self.loader._parse_overrides_and_create_caching_repo(self.config_name, [line])
                ConfigLoaderImpl._apply_overrides_to_config(override, cfg)
            except COMPOSITION_ERRORS as error:
                faults.append(Fault(f"{line.lstrip('+')}: {first_line(error)}", (shape_of(line).key,)))
        return cfg, faults

    def _composition_fault(self, error: Exception, lines: Sequence[str]) -> Fault:
        """Return one sentence for what went wrong in the config files themselves, or with Hydra's own overrides."""
        if isinstance(error, MissingConfigException) and error.missing_cfg_file:
            group, _, option = error.missing_cfg_file.rpartition("/")
            asker = str(error).partition("'")[2].partition("'")[0] if str(error).startswith("In '") else ""
            source = f" (in {asker}.yaml)" if asker and asker != self.config_name else ""
            if group:
                known = self.loader.options(group) if self.loader.is_group(group) else []
                there = f"; there are {listed(known)}" if known else f"; there is no group {group}"
                return Fault(f"{group}={option}: no such {group}{did_you_mean(option, known)}{there}{source}", (group,))
            return Fault(f"{option}.yaml: no such config{source}")
        if isinstance(error, YAMLError):
            mark = getattr(error, "problem_mark", None)
            place = f"{Path(mark.name).name}, line {mark.line + 1}: " if mark else ""
            return Fault(f"{place}{getattr(error, 'problem', None) or first_line(error)}; the file is not valid YAML")
        hydra_keys = [line for line in lines if shape_of(line).is_hydra]
        shown = f"{listed(hydra_keys)}: " if hydra_keys else ""
        return Fault(f"{shown}{first_line(error)}", tuple(shape_of(line).key for line in hydra_keys))

    def _check(self, cfg: DictConfig, overrides: Sequence[str], *, incomplete: bool) -> Checked:
        """Check a composed config against the schema and the rules."""
        misplaced = self._drop_misplaced(cfg)
        self._drop_strangers(cfg, overrides)
        container, masked, faults = resolve(cfg)
        faults += misplaced
        typed = self._typed_keys(overrides)
        faults += self._absent_layers(cfg, container, typed)
        checked = check_config(container, masked=masked, where=lambda key: self._where(cfg, key, typed))
        if incomplete:  # a rule may have been broken only by what was left out above
            checked.faults = [fault for fault in checked.faults if not _of_wrong_group(fault, overrides, self.loader)]
        return Checked(checked.config, faults + checked.faults)

    def _absent_layers(self, cfg: DictConfig, container: Mapping[str, Any], typed: set[str]) -> list[Fault]:
        """Return a fault for each layer that was taken away (network.layers.<name>=null) without having been there."""
        network = container.get("network")
        layers = network.get("layers") if isinstance(network, Mapping) else None
        if not isinstance(layers, Mapping):
            return []
        taken = [name for name, values in layers.items() if values is None and f"{LAYERS}.{name}" in typed]
        return [
            Fault(f"{LAYERS}.{name}=null: there is no such layer{did_you_mean(name, set(layers) - {*taken})}",
                  (f"{LAYERS}.{name}",))
            for name in taken
            if not self._where(cfg, f"{LAYERS}.{name}", set())
        ]  # fmt: skip

    def _drop_misplaced(self, cfg: DictConfig) -> list[Fault]:
        """Leave out what overlays say that lack the line with which their keys take their places; return the faults."""
        faults = []
        for group in [group for group in OVERLAYS if group in cfg]:
            for option in _as_list(cfg.hydra.runtime.choices.get(group)):
                loaded = self.loader.repository.load_config(f"{group}/{option}")
                if loaded is not None and loaded.header.get("package") != "_global_":
                    text = f"{group}/{option}.yaml: must begin with the line # @package _global_, as it sets keys of"
                    faults.append(Fault(f"{text} several groups", (group,)))
                    with open_dict(cfg):
                        cfg.pop(group, None)
        return faults

    def _drop_strangers(self, cfg: DictConfig, overrides: Sequence[str]) -> None:
        """Leave out what a preset says about an option that something above it chose another one for.

        experiment=digits sets network.hidden; with network=linear on the command line, that key means nothing. A key
        that no option of the group has, or that was typed, stays and is reported.
        """
        typed = {shape_of(text).key for text in overrides}
        for section, (discriminator, classes) in CHOSEN.items():
            values = cfg.get(section)
            cls = classes.get(str(values.get(discriminator))) if isinstance(values, DictConfig) else None
            if cls is None:
                continue
            elsewhere = {name for other in classes.values() for name in keys_of(other)}
            strangers = [str(name) for name in values if name not in keys_of(cls) and name in elsewhere]
            for name in strangers:
                source = self._overlay_that_sets(cfg, f"{section}.{name}")
                replaced = section in typed or self._chooses_other(cfg, source, section)
                if source is not None and replaced and f"{section}.{name}" not in typed:
                    OmegaConf.set_struct(values, False)
                    del values[name]

    def _overlay_that_sets(self, cfg: DictConfig, key: str) -> str | None:
        """Return experiment/digits, local/default, ... where one of those chosen sets a key."""
        choices = cfg.hydra.runtime.choices
        paths = [f"{group}/{option}" for group in OVERLAYS for option in _as_list(choices.get(group))]
        return next((path for path in paths if self._file_has(path, key)), None)

    def _chooses_other(self, cfg: DictConfig, path: str | None, section: str) -> bool:
        """Whether an overlay chose an option of a group itself, and not the one that it became in the end."""
        loaded = self.loader.repository.load_config(path) if path else None
        chosen = [
            default.value
            for default in (loaded.defaults_list or [] if loaded else [])
            if isinstance(default, GroupDefault) and str(default.group).strip("/") == section
        ]
        return bool(chosen) and chosen[-1] != cfg.hydra.runtime.choices.get(section)

    def _typed_keys(self, overrides: Sequence[str]) -> set[str]:
        keys = {shape_of(text).key for text in overrides}
        return {key for key in keys if not self.loader.is_group(key)}

    def _where(self, cfg: DictConfig, key: str, typed: set[str]) -> str:
        """Return " (in experiment/digits.yaml)" for a key that a file sets and nobody typed."""
        if any(key == name or key.startswith(f"{name}.") for name in typed):
            return ""
        choices = cfg.hydra.runtime.choices
        for group in reversed([*GROUPS, *OVERLAYS]):
            for option in _as_list(choices.get(group)):
                path = f"{group}/{option}"
                inside = key if group in OVERLAYS else key.removeprefix(f"{group}.")
                if self._file_has(path, inside):
                    return f" (in {path}.yaml)"
        return f" (in {self.config_name}.yaml)" if self._file_has(self.config_name, key) else ""

    def _file_has(self, path: str, key: str) -> bool:
        loaded = self.loader.repository.load_config(path) if self.loader.repository.config_exists(path) else None
        values: Any = None if loaded is None else OmegaConf.to_container(loaded.config, resolve=False)
        for part in key.split("."):
            if not isinstance(values, Mapping) or part not in values:
                return False
            values = values[part]
        return True


def _as_list(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(part) for part in value] if isinstance(value, list | Container) else [str(value)]


def _of_wrong_group(fault: Fault, overrides: Sequence[str], loader: Loader) -> bool:
    """Whether a fault is about an option of a group whose choice was wrong, so that another stands in for it."""
    for text in overrides:
        shape = shape_of(text)
        wrong = loader.is_group(shape.key) and shape.value not in loader.options(shape.key)
        if wrong and any(key == shape.key or key.startswith(f"{shape.key}.") for key in fault.keys):
            return True
    return False
