"""What of a config differs from the defaults of the schema."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any, NamedTuple

from trainyard.config.keys import CHOSEN, DISCRIMINATORS, FIXED, top_keys
from trainyard.config.schema.declared import keys_of


class Difference(NamedTuple):
    """A dotted key with its value and its default, both plain; the default is None where the key has none."""

    key: str
    value: Any
    default: Any


def chosen_options(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the option that was chosen in each group, of a config as nested plain values: dataset, model, ..."""
    sections = [(DISCRIMINATORS[path], path.rpartition(".")[2]) for path in DISCRIMINATORS]
    return {section: str(values[section][name]) for section, name in sections if name in (values.get(section) or {})}


def differences(values: Mapping[str, Any]) -> list[Difference]:
    """Return the keys of a config, as nested plain values, that are not at their defaults, in the schema's order.

    Keys that say which option was chosen are not among them. What the schema does not know is left out.
    """
    found: list[Difference] = []
    for section, option in chosen_options(values).items():
        name, classes = CHOSEN[section] if section in CHOSEN else ("name", {option: FIXED[section]})
        if option in classes:
            found += _of_class(classes[option], values[section], f"{section}.", skip=name)
    found += _of_class(FIXED["training"], values.get("training") or {}, "training.")
    for key in top_keys().values():
        found += _of_key(key.name, values.get(key.name), _plain(key.default)) if key.name in values else []
    return found


def _of_class(cls: type, given: Mapping[str, Any], prefix: str, skip: str = "") -> list[Difference]:
    found: list[Difference] = []
    for name, key in keys_of(cls).items():
        if name in given and name != skip:
            found += _of_key(f"{prefix}{name}", given[name], _plain(key.default))
    return found


def _of_key(path: str, value: Any, default: Any) -> list[Difference]:
    if isinstance(value, Mapping) and isinstance(default, Mapping):
        return [found for name, inner in value.items() for found in _of_key(f"{path}.{name}", inner, default.get(name))]
    return [] if value == default else [Difference(path, value, default)]


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return list(value) if isinstance(value, tuple) else value
