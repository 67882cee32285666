"""Overrides written as a tree, as params.yaml holds them for a pipeline, to the lines that a person would type."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trainyard.config.keys import CHOSEN, FREE_GROUPS, GROUPS, OVERLAYS, open_mappings
from trainyard.errors import ConfigError

OUTSIDE, INSIDE = ",[]{}'\"", ",=:[]{}()'\"\\ \t\n$"  # characters for which a text is quoted, inside lists and outside


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
    if isinstance(value, Mapping) and value and not (mapping is not None and mapping.is_free):
        for name, inner in value.items():
            yield from _lines(f"{path}.{name}", inner)
    elif value != {}:
        yield f"{path}={written(value)}"


def written(value: Any, inside: bool = False) -> str:
    """Return a value in Hydra's grammar of overrides; `inside` a list or mapping more texts have to be quoted."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{name}:{written(inner, True)}" for name, inner in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ",".join(written(inner, True) for inner in value) + "]"
    text = str(value)
    return _quoted(text) if isinstance(value, str) and _needs_quotes(text, INSIDE if inside else OUTSIDE) else text


def _needs_quotes(text: str, special: str) -> bool:
    """Whether a text would be read as something else: a list, several values, a number, nothing."""
    if "${" in text:
        return False
    return text.lower() in ("null", "true", "false", "") or _is_number(text) or any(mark in text for mark in special)


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
