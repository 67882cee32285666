"""A resolved config, such as the config.yaml of a run, with what was typed laid over it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict

from trainyard.config.faults import Fault
from trainyard.config.keys import OVERLAYS
from trainyard.config.overrides import shape_of
from trainyard.config.resolve import first_line
from trainyard.errors import ConfigError

if TYPE_CHECKING:
    from trainyard.config.loader import Loader


def read_resolved(path: Path, named_by: str) -> dict[str, Any]:
    """Return the values of a resolved config; `named_by` is the override that named it. Raises ConfigError."""
    import yaml  # type: ignore[import-untyped]  # it has no types

    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{named_by}: there is no file {path}") from None
    except IsADirectoryError:
        raise ConfigError(f"{named_by}: is a folder; name the config.yaml in it") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{named_by}: cannot be read as YAML ({str(error).splitlines()[0]})") from None
    if not isinstance(values, dict) or not isinstance(values.get("dataset"), dict):
        raise ConfigError(f"{named_by}: is no resolved config; the config.yaml of a run is one")
    return values


def load_over(
    values: Mapping[str, Any], loader: "Loader", config_name: str, lines: Sequence[str],
    errors: tuple[type[Exception], ...],
) -> tuple[DictConfig, list[Fault]]:  # fmt: skip
    """Return resolved `values` with the lines for Hydra applied to them, beside Hydra's own part, and the faults.

    A chosen option replaces its whole section. `errors` are what Hydra raises for mistakes.
    """
    of_keys = [line for line in lines if loader.sets_key(line)]
    of_groups = [line for line in lines if line not in of_keys]
    presets = [line for line in of_groups if shape_of(line).key in OVERLAYS]
    faults = [Fault(f"{line}: a preset cannot be laid over a resolved config; give the keys that it sets",
                    (shape_of(line).key,)) for line in presets]  # fmt: skip
    cfg = loader.load_configuration(config_name, [line for line in of_groups if line not in presets], RunMode.RUN)
    chosen = {shape_of(line).key for line in of_groups}
    with open_dict(cfg):
        for key, value in values.items():
            if key not in chosen:
                cfg[key] = OmegaConf.create(value) if isinstance(value, dict | list) else value
    for line in of_keys:
        try:
            override = OverridesParser.create(config_loader=loader).parse_override(line)
            ConfigLoaderImpl._apply_overrides_to_config([override], cfg)
        except errors as error:
            faults.append(Fault(f"{line.lstrip('+')}: {first_line(error)}", (shape_of(line).key,)))
    return cfg, faults
