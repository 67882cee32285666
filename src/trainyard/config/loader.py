"""Hydra's loader of configs, with Trainyard's search path and its way of reading overrides."""

import copy
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra import version
from hydra._internal.config_loader_impl import ConfigLoaderImpl, get_overrides_dirname
from hydra._internal.config_repository import IConfigRepository
from hydra._internal.utils import create_config_search_path
from hydra.core.config_search_path import ConfigSearchPath, SearchPathQuery
from hydra.core.default_element import ResultDefault
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict

from trainyard.config.faults import Fault
from trainyard.config.keys import CHOSEN, open_mappings
from trainyard.config.layers.wiring import OUTPUT
from trainyard.config.layers.wiring import PATH as LAYERS
from trainyard.config.overrides import decode_name, hydra_line, shape_of
from trainyard.config.resolvers import register_resolvers
from trainyard.config.root import config_folders
from trainyard.errors import ConfigError

KEPT_AT_MOST = 64  # composed configs of a sweep's members that wait for their launch


class Loader(ConfigLoaderImpl):
    """Composes configs from the user's conf/, --config-dir and the configs that come with Trainyard."""

    def __init__(self, config_dir: str | None = None, config_path: str | None = None, *, repeated: bool = False):
        """Search the folders; `repeated` lets compositions that choose the same options share their base."""
        version.setbase("1.3")
        register_resolvers()
        super().__init__(search_path(config_dir, config_path))
        self.sweep_folder: str | None = None  # of a sweep: where its members go and what sets them apart
        self.swept_keys: tuple[str, ...] = ()
        self.sweep_cfg: DictConfig | None = None  # Hydra's own for the sweep whose members this process trains
        self.repeated = repeated
        self._bases: dict[tuple[Any, ...], DictConfig] = {}
        self._kept: dict[tuple[Any, ...], DictConfig] = {}
        self._options: dict[str, list[str]] = {}
        self._is_group: dict[str, bool] = {}

    def is_group(self, name: str) -> bool:
        """Whether there is a folder of options of this name."""
        if name not in self._is_group:
            self._is_group[name] = bool(name) and "." not in name and self.repository.group_exists(name)
        return self._is_group[name]

    def groups(self) -> list[str]:
        """Return the names of all groups but Hydra's."""
        return [name for name in self.repository.get_group_options("", ObjectType.GROUP) if name != "hydra"]

    def options(self, group: str) -> list[str]:
        """Return the options of a group, of all folders on the search path."""
        if group not in self._options:
            self._options[group] = self.repository.get_group_options(group, ObjectType.CONFIG)
        return self._options[group]

    def load_configuration(
        self,
        config_name: str | None,
        overrides: Sequence[str],
        run_mode: RunMode,
        from_shell: bool = True,
        validate_sweep_overrides: bool = True,
    ) -> DictConfig:
        """Compose as Hydra does; a config that was composed before and kept is handed out instead, once."""
        lines = [hydra_line(text, self) for text in overrides]
        kept = self._kept.pop((config_name, *lines, run_mode), None)
        if kept is not None:
            return kept
        lines = [line for given in lines for line in _replacing(given)]
        if self.repeated and run_mode == RunMode.RUN:
            cfg = self._load_from_base(config_name, lines)
        else:
            cfg = super().load_configuration(config_name, lines, run_mode, from_shell, validate_sweep_overrides)
        _decode_names(cfg)
        _name_dataset(cfg)
        return cfg

    def sets_key(self, line: str) -> bool:
        """Whether a line for Hydra sets a key, rather than choosing an option or telling Hydra something."""
        shape = shape_of(line)
        return shape.prefix in ("++", "~") and not self.is_group(shape.key) and not shape.is_hydra

    def _load_from_base(self, config_name: str | None, lines: Sequence[str]) -> DictConfig:
        """Compose from a copy of what the same options gave before: the same in a fraction of the time."""
        choices = [line for line in lines if not self.sets_key(line)]
        base = self._bases.get((config_name, *choices))
        if base is None:
            base = super().load_configuration(config_name, choices, RunMode.RUN)
            self._bases[(config_name, *choices)] = base
        cfg = copy.deepcopy(base)
        parsed = OverridesParser.create(config_loader=self).parse_overrides(list(lines))
        self.validate_sweep_overrides_legal(parsed, RunMode.RUN, from_shell=True)
        of_keys = [override for override in parsed if self.sets_key(override.input_line or "")]
        self._apply_overrides_to_config(of_keys, cfg)
        of_task = [override for override in parsed if not override.is_hydra_override()]
        cfg.hydra.overrides.task = [override.input_line for override in of_task]
        naming = cfg.hydra.job.config.override_dirname
        cfg.hydra.job.override_dirname = get_overrides_dirname(
            of_task, list(naming.exclude_keys), naming.item_sep, naming.kv_sep
        )
        return cfg

    def _compose_config_from_defaults_list(self, defaults: list[ResultDefault], repo: IConfigRepository) -> DictConfig:
        """Compose as Hydra does, but let a file that lists a whole network of layers replace the layers before it."""
        cfg: DictConfig = super()._compose_config_from_defaults_list(defaults, repo)
        if OmegaConf.select(cfg, LAYERS) is None:
            return cfg
        parts = [OmegaConf.select(self._load_single_config(default, repo).config, LAYERS) for default in defaults]
        layers = [part for part in parts if isinstance(part, DictConfig)]
        whole = [place for place, part in enumerate(layers) if is_whole(OmegaConf.to_container(part, resolve=False))]
        if whole:
            cfg.network.layers = OmegaConf.merge(*layers[whole[-1] :])
        return cfg

    def load_sweep_config(self, master_config: DictConfig, sweep_overrides: Sequence[str]) -> DictConfig:
        """Compose a member of a sweep, in the sweep's folder and named after what sets it apart."""
        cfg = super().load_sweep_config(master_config, list(sweep_overrides))
        with open_dict(cfg):
            cfg.hydra.sweep.dir = self.sweep_folder or cfg.hydra.sweep.dir
            apart = [text for text in sweep_overrides if shape_of(text).key in self.swept_keys]
            cfg.hydra.job.override_dirname = ",".join(apart)
        return cfg

    def keep(self, config_name: str | None, overrides: Sequence[str], run_mode: RunMode, cfg: DictConfig) -> None:
        """Keep a composed config for the launch that will ask for it."""
        if len(self._kept) < KEPT_AT_MOST:
            self._kept[(config_name, *(hydra_line(text, self) for text in overrides), run_mode)] = cfg


def search_path(config_dir: str | None, config_path: str | None) -> ConfigSearchPath:
    """Return Hydra's search path: the user's configs, Trainyard's own, --config-dir; the first that has a file wins."""
    folders = config_folders()
    if config_path is not None:
        folders = [_folder(config_path, "--config-path"), *folders]
    path = create_config_search_path(str(folders[0]))
    for folder in dict.fromkeys(folders[1:]):
        _before_schema(path, "trainyard", folder)
    if config_dir is not None:
        _before_schema(path, "command-line", _folder(config_dir, "--config-dir"))
    return path


def _before_schema(path: ConfigSearchPath, provider: str, folder: Path) -> None:
    path.prepend(provider=provider, path=f"file://{folder}", anchor=SearchPathQuery(provider="schema"))


def _folder(name: str, flag: str) -> Path:
    folder = Path(os.path.abspath(Path(name).expanduser()))
    if not folder.is_dir():
        fault = Fault(f"{flag} {name}: there is no such folder" + ("; it is a file" if folder.exists() else ""))
        raise ConfigError([fault.text])
    return folder


def _replacing(line: str) -> list[str]:
    """Return the lines that set what a line says; layers of a whole network go to where there are none."""
    if shape_of(line).key != LAYERS:
        return [line]
    override = OverridesParser.create().parse_override(line)
    whole = not override.is_sweep_override() and is_whole(override.value())
    return [f"++{LAYERS}=null", line] if whole else [line]


def is_whole(layers: Any) -> bool:
    """Whether layers are a network of their own, each with its type, rather than changes to one that is there."""
    if not isinstance(layers, Mapping):
        return False
    kept = [values for name, values in layers.items() if values is not None and name != OUTPUT]
    return bool(kept) and all(isinstance(values, Mapping) and {"type", "share"} & values.keys() for values in kept)


def _decode_names(cfg: DictConfig) -> None:
    """Give back their names to the columns, tags and arguments that Hydra's grammar has no room for."""
    for mapping in (OmegaConf.select(cfg, path) for path in open_mappings()):
        for name in [name for name in mapping if decode_name(str(name)) != name] if mapping else ():
            with open_dict(mapping):
                mapping[decode_name(name)] = mapping.pop(name)


def _name_dataset(cfg: DictConfig) -> None:
    """Name a dataset after its option file where that gives no name."""
    dataset = cfg.get("dataset")
    if isinstance(dataset, DictConfig) and CHOSEN["dataset"][0] in dataset and "name" not in dataset:
        with open_dict(dataset):
            dataset.name = str(cfg.hydra.runtime.choices.get("dataset", "dataset"))
