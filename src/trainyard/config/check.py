"""A plain container of values to the frozen schema, finding every fault in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trainyard.config.convert import WrongValueError, convert_text, convert_value
from trainyard.config.faults import Fault, Unresolved, hide_values, key_fault
from trainyard.config.keys import (
    CHOSEN,
    COMMAND_KEYS,
    DISCRIMINATORS,
    FIXED,
    GROUPS,
    OTHER_NAMES,
    OVERLAYS,
    key_variants,
    owners_of,
    top_keys,
)
from trainyard.config.layers.check import check_layers
from trainyard.config.nearest import did_you_mean, listed, nearest
from trainyard.config.rules import find_clashes
from trainyard.config.schema.declared import Key, keys_of
from trainyard.config.schema.layers import LayerValues
from trainyard.config.schema.run import Config

MISSING = "???"
MOST_LISTED = 10  # keys that a fault names
MOST_OWNERS = 4  # options that are named as those that have a key


@dataclass
class Checked:
    """What came of a check: the faults, and the config, which holds stand-ins for what is wrong.

    It is None where a section could not be built at all.
    """

    config: Config | None
    faults: list[Fault]


def check_config(
    container: Mapping[str, Any], *, masked: tuple[str, ...] = (), where: Callable[[str], str] = lambda _key: ""
) -> Checked:
    """Build the config from nested plain values and find what is wrong with it.

    `masked` are the dotted keys whose values came from the environment. `where` may add to the message of an unknown
    key where it was set, such as " (in experiment/digits)".
    """
    check = _Check(where)
    sections = {name: check.section(name, container.get(name)) for name in (*CHOSEN, *FIXED)}
    top = check.values(top_keys(), {key: value for key, value in container.items() if key not in sections}, "")
    config = None
    if all(section is not None for section in sections.values()):
        config = Config(**sections, **top, masked=masked)
        check.faults += [fault for fault in find_clashes(config) if not check.wrong.intersection(fault.keys)]
    return Checked(config, [hide_values(fault, container, masked) for fault in check.faults])


@dataclass
class _Check:
    where: Callable[[str], str]
    faults: list[Fault] = field(default_factory=list)
    wrong: set[str] = field(default_factory=set)

    def section(self, name: str, values: Any) -> Any:
        """Return the section as its class, with defaults in place of wrong values; None if there is no class."""
        if not isinstance(values, Mapping):
            self.add(name, f"nothing is chosen; write {name}=<option>" if name in CHOSEN else "must hold keys", values)
            return None
        cls = self.section_class(name, values)
        return None if cls is None else cls(**self.values(keys_of(cls), values, f"{name}."))

    def section_class(self, name: str, values: Mapping[str, Any]) -> type | None:
        if name in FIXED:
            return FIXED[name]
        discriminator, classes = CHOSEN[name]
        word = str(values.get(discriminator, MISSING))
        if word in classes:
            return classes[word]
        known = listed(classes, "or")
        if word == MISSING:
            text = f"this option does not say what it is; it needs {discriminator}: {known}"
            self.add(f"{name}.{discriminator}", text)
        else:
            self.add(f"{name}.{discriminator}", f"must be {known}{did_you_mean(word, classes)}", word)
        return None

    def values(self, keys: Mapping[str, Key], values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        """Return the converted values of one section; unknown keys and wrong values become faults."""
        for name in [name for name in values if name not in keys]:
            for path in _leaf_paths(f"{prefix}{name}", values[name]):
                self.unknown(path, [f"{prefix}{key}" for key in keys], _option(prefix, values))
        return {name: self.value(key, values.get(name, key.default), f"{prefix}{name}", name in values)
                for name, key in keys.items()}  # fmt: skip

    def value(self, key: Key, value: Any, path: str, given: bool) -> Any:
        if value is Unresolved:
            self.wrong.add(path)
            return _stand_in(key)
        if value == MISSING or (key.required and not given):
            self.wrong.add(path)
            self.faults.append(Fault(f"{path}: has to be given: {key.doc}", (path,), missing=True))
            return _stand_in(key)
        if key.section:
            return self.inner_section(key.section, value, path)
        if key.nested:
            return self.options_by_name(key, value, path)
        if key.is_layers:
            return self.layers(value)
        if key.type == Mapping[str, str] and isinstance(value, Mapping):
            value = {name: text for name, text in value.items() if self.is_text(f"{path}.{name}", text)}
        try:
            return convert_value(value, key)
        except WrongValueError as wrong:
            self.add(path, str(wrong), value)
            return _stand_in(key)

    def is_text(self, path: str, value: Any) -> bool:
        """Whether one value of a mapping is a text; it is a fault if not."""
        try:
            convert_text(value)
        except WrongValueError as wrong:
            self.add(path, str(wrong), value)
            return False
        return True

    def inner_section(self, cls: type, value: Any, path: str) -> Any:
        """Return the class of a section within a section: dataset.augment."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            self.add(path, f"must hold {listed(keys_of(cls), 'or')}", value)
            return cls()
        return cls(**self.values(keys_of(cls), value, f"{path}."))

    def options_by_name(self, key: Key, value: Any, path: str) -> dict[str, Any]:
        """Return a mapping of names to a schema class: dataset.columns."""
        cls: Any = key.nested
        if not isinstance(value, Mapping):
            self.add(path, f"must be names with keys, such as {key.example}", value)
            return {}
        options = {}
        for name, values in value.items():
            if isinstance(values, Mapping):
                options[str(name)] = cls(**self.values(keys_of(cls), values, f"{path}.{name}."))
            else:
                text = f"must hold {listed(keys_of(cls), 'or')}, such as {key.example.partition(': ')[2][:-1]}"
                self.add(f"{path}.{name}", text, values)
        return options

    def layers(self, value: Any) -> dict[str, LayerValues]:
        """Return the layers of network.layers."""
        layers, faults = check_layers(value)
        self.faults += faults
        self.wrong.update(key for fault in faults for key in fault.keys)
        return layers

    def add(self, path: str, text: str, value: Any = None) -> None:
        self.wrong.add(path)
        self.faults.append(key_fault(path, text, value))

    def unknown(self, path: str, here: list[str], option: str) -> None:
        """Report a key that does not exist, with the nearest that does."""
        self.add(path, f"no such key{suggest_key(path, here, option)}{self.where(path)}")


def suggest_key(path: str, here: list[str], option: str) -> str:
    """Return the end of "no such key" for a path; `here` are the keys of the section and `option` is what it is."""
    owners = owners_of(path) if "=" in option else []
    if owners:
        some = owners if len(owners) <= MOST_OWNERS else [*owners[:MOST_OWNERS], "others"]
        return f" in {option}; {listed(some)} {'has' if len(owners) == 1 else 'have'} it"
    section, _, last = path.rpartition(".")
    exact = [key for key in key_variants() if key.rsplit(".", 1)[-1] == last and key not in DISCRIMINATORS]
    if exact or last in OTHER_NAMES:
        return f"; did you mean {exact[0] if exact else OTHER_NAMES[last]}?"
    if not section and (close := nearest(path, [*GROUPS, *OVERLAYS, *FIXED, *COMMAND_KEYS, *here])):
        return f"; did you mean {close}?"
    for candidates in (here, [key for key in key_variants() if key not in DISCRIMINATORS]):
        by_last = {key.rsplit(".", 1)[-1]: key for key in reversed(candidates) if key not in DISCRIMINATORS}
        if close := nearest(last, by_last):
            return f"; did you mean {by_last[close]}?"
    names = [key.rsplit(".", 1)[-1] for key in here if key not in DISCRIMINATORS]
    names = names if section else [*CHOSEN, *FIXED, *names]
    more = [f"{len(names) - MOST_LISTED} more"] if len(names) > MOST_LISTED else []
    return f"; {option or 'a config'} has {listed([*names[:MOST_LISTED], *more])}"


def _leaf_paths(path: str, value: Any) -> list[str]:
    if not isinstance(value, Mapping) or not value:
        return [path]
    return [leaf for name, inner in value.items() for leaf in _leaf_paths(f"{path}.{name}", inner)]


def _option(prefix: str, values: Mapping[str, Any]) -> str:
    section = prefix.removesuffix(".")
    return f"{section}={values.get(CHOSEN[section][0])}" if section in CHOSEN else section


def _stand_in(key: Key) -> Any:
    """Return something of the key's kind to go on checking with."""
    if not key.required:
        return key.default
    return () if key.type == tuple[str, ...] else "?"
