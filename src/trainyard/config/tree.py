"""Overrides written as a tree, as params.yaml holds them for a pipeline, to the lines that a person would type."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trainyard.config.keys import CHOSEN, FREE_GROUPS, GROUPS, OVERLAYS, open_mappings
from trainyard.errors import ConfigError

PLAIN = re.compile(r"[A-Za-z_/][\w/.-]*", re.ASCII)  # a text that needs no quotes
NAME = re.compile(r"[A-Za-z_/][\w/.-]*( +[\w/.-]+)*", re.ASCII)  # a name within braces, where none can be quoted


def tree_overrides(tree: Any, where: str) -> list[str]:
    """Return the overrides that a tree of keys stands for.

    At the place of a group, a word or a list of words chooses options (`network: cnn`), and a mapping sets keys
    (`network: {hidden: [64]}`), of which the one that names an option chooses it (`network: {name: cnn, kernel: 5}`).
    `where` names the tree in messages. Raises ConfigError for what is no tree of overrides.
    """
    if not isinstance(tree, Mapping):
        raise ConfigError(f"{where}: must hold overrides as keys, such as {{experiment: digits, seed: 3}}")
    if strange := [name for name in tree if not isinstance(name, str)]:
        raise ConfigError(f"{where}: {strange[0]} is no key; a key is a word")
    return [line for name, value in tree.items() for line in _lines_at_top(name, value)]


def _lines_at_top(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        discriminator = CHOSEN[name][0] if name in CHOSEN else "name" if name in GROUPS else ""
        if discriminator in value:
            yield f"{name}={value[discriminator]}"
        yield from _lines(name, {key: inner for key, inner in value.items() if key != discriminator})
    elif name in (*GROUPS, *OVERLAYS, *FREE_GROUPS):
        yield f"{name}=[{','.join(map(str, value))}]" if isinstance(value, list) else f"{name}={written(value)}"
    else:
        yield f"{name}={written(value)}"


def _lines(path: str, value: Any) -> Iterator[str]:
    """Yield a line for each key below a path; what lies below a name that the user chose freely is one value."""
    mapping = open_mappings().get(path.rpartition(".")[0])
    if isinstance(value, Mapping) and not (mapping is not None and mapping.is_free):
        for name, inner in value.items():
            if "=" in str(name):
                raise ConfigError(f"{path}: {name} is no name that an override can set; leave out the =")
            yield from _lines(f"{path}.{name}", inner)
    else:
        yield f"{path}={written(value)}"


def written(value: Any) -> str:
    """Return a value in Hydra's grammar of overrides; raise ConfigError for a name that has no place in it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_name(name)}:{written(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ",".join(map(written, value)) + "]"
    is_plain = not isinstance(value, str) or (PLAIN.fullmatch(value) and not _is_read_otherwise(value))
    return str(value) if is_plain else _quoted(value)


def _name(name: Any) -> str:
    if not isinstance(name, str):
        return written(name)
    if not NAME.fullmatch(name) or _is_read_otherwise(name):
        raise ConfigError(f"{name}: is no name that a value can have here; take letters, digits and _")
    return name


def _is_read_otherwise(text: str) -> bool:
    """Whether a text would be read as a number, a flag or nothing."""
    return text.lower() in ("null", "true", "false") or _is_number(text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _quoted(text: str) -> str:
    escaped = ""
    for place, mark in enumerate(text):
        rest = text[place:].lstrip("\\")
        ends = mark == "\\" and (not rest or rest.startswith("'"))  # a backslash counts before a quote only
        escaped += "\\\\" if ends else "\\'" if mark == "'" else mark
    return f"'{escaped}'"
