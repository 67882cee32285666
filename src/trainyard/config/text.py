"""A config to YAML and plain values, and back, with secrets masked."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from trainyard.config.check import check_config
from trainyard.config.schema.run import Config
from trainyard.config.secrets import MASK, is_secret_key, mask_text
from trainyard.errors import ConfigError


def to_yaml(config: Config) -> str:
    """Return the config as YAML, every value resolved, secrets as ***; `from_dict` takes it back."""
    import yaml  # type: ignore[import-untyped]  # it has no types

    plain = to_dict(config)
    return str(yaml.safe_dump(plain, sort_keys=False, default_flow_style=None, allow_unicode=True, width=1000))


def to_dict(config: Config) -> dict[str, Any]:
    """Return the config as nested plain values (tuples become lists), secrets as ***.

    Masked are the values that came from the environment by ${oc.env:...}, those of secret-looking keys such as
    tags.api_key, and passwords inside addresses. An empty value stays empty.
    """
    plain: dict[str, Any] = _masked(_plain(config), "", set(config.masked))
    return plain


def masked_keys(config: Config) -> list[str]:
    """Return the dotted keys whose values `to_dict` masks, in whole or in part."""
    return list(_differing(_plain(config), to_dict(config), ""))


def from_dict(values: Mapping[str, Any]) -> Config:
    """Return the config of nested plain values, checked; raise ConfigError. What was masked stays ***."""
    checked = check_config(values)
    if checked.config is None or checked.faults:
        raise ConfigError([fault.text for fault in checked.faults])
    return checked.config


def with_secrets(values: Mapping[str, Any], again: Config) -> Config:
    """Return the config that `to_dict` gave `values` of, with what was masked taken from `again`, composed anew."""
    return replace(from_dict(_unmasked(values, _plain(again))), masked=again.masked)


def _unmasked(value: Any, again: Any) -> Any:
    if isinstance(value, Mapping) and isinstance(again, Mapping):
        return {name: _unmasked(inner, again.get(name)) for name, inner in value.items()}
    if isinstance(value, list) and isinstance(again, list) and len(value) == len(again):
        return [_unmasked(inner, other) for inner, other in zip(value, again, strict=True)]
    return again if isinstance(value, str) and MASK in value and again is not None else value


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        shown = [field.name for field in fields(value) if field.metadata.get("public", True)]
        return {name: _plain(getattr(value, name)) for name in shown}
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple | list) else value


def _differing(value: Any, masked: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict) and isinstance(masked, dict):
        for name, inner in value.items():
            yield from _differing(inner, masked[name], f"{path}.{name}" if path else name)
    elif value != masked:
        yield path


def _masked(value: Any, path: str, masked: set[str]) -> Any:
    if isinstance(value, dict):
        inside = f"{path}." if path else ""
        return {name: _masked(inner, f"{inside}{name}", masked) for name, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, f"{path}.{n}", masked) for n, inner in enumerate(value)] if path not in masked else MASK
    if value in (None, "") or isinstance(value, bool):
        return value
    if path in masked or is_secret_key(path):
        return MASK
    return mask_text(value) if isinstance(value, str) else value
