"""docs/config.md: every group, option and key of the schema, with values, default, range and meaning.

`python -m tests.config.reference_text` writes the page anew after the schema has changed; a test compares it.
"""

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

from tests.config.option_text import flow, literal_choices, option_class, option_values
from trainyard.config import keys
from trainyard.config.keys import CHOSEN, COMMAND_KEYS, FIXED, top_keys
from trainyard.config.schema.declared import Key, keys_of
from trainyard.config.schema.layers import LayerKeys

PAGE = Path(__file__).parents[2] / "docs" / "config.md"
WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false"}
SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
HEAD = """\
# Every key of the config

What can be set, by group. An option is chosen by `group=option` (`network=cnn`), a key set by its name
(`network.channels=[16,32]`), both in any number on the command line, in a preset of `conf/experiment/`, or in
`conf/local/default.yaml` for one machine. `python train.py --help` lists the choices, and the files in
[`conf/`](../conf) hold the same keys with their defaults. Options in brackets are those that
have a key; what some options have otherwise follows after their names; "required" marks a key that has to be given.

This page is written from the schema by `python -m tests.config.reference_text`, and a test holds it to it.
"""
TABLE = "| key | values | default | meaning |\n| --- | --- | --- | --- |\n"


def reference_text() -> str:
    """Return the whole page."""
    top = (("", key, _default(key, key.default)) for key in top_keys().values())
    parts = [HEAD, "\n## Outside of any group\n\n", table(top)]
    parts += ["\n## training\n\n", table(_rows("training", FIXED["training"]))]
    for group, options in keys.shipped_options().items():
        parts += [f"\n## {group}\n\n", _options(group, options), "\n", _keys(group, options)]
    return "".join([
        *parts,
        "\n## Each layer of network.layers\n\n",
        "Its type's own arguments in torch.nn, sizes of inputs left out, and:\n\n",
        table(_rows("network.layers.<name>", LayerKeys)),
        "\n## Words that are no part of a config\n\n",
        "They say what a training does, and are given as keys are: `resume=latest`.\n\n",
        "| word | meaning |\n| --- | --- |\n",
        *(f"| `{name}` | {cell(doc)} |\n" for name, doc in COMMAND_KEYS.items()),
    ])  # fmt: skip


def table(rows: Iterable[tuple[str, Key, str]]) -> str:
    """Return a table of (prefix, key, default)."""
    return TABLE + "".join(
        f"| `{prefix}{key.name}` | {cell(_values(key))} | {cell(default)} | {cell(_meaning(key))} |\n"
        for prefix, key, default in rows
    )


def cell(text: str) -> str:
    """Return the text as it stands in a table."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def _options(group: str, options: Sequence[str]) -> str:
    """Return a line on each option of a group whose class is its own; else their names."""
    if group not in CHOSEN:
        return f"Options: {', '.join(f'`{name}`' for name in options)}.\n"
    lines = [f"- `{group}={name}`: {' '.join(inspect.cleandoc(option_class(f'{group}/{name}').__doc__ or '').split())}"
             for name in options]  # fmt: skip
    return "\n".join(lines) + "\n"


def _keys(group: str, options: Sequence[str]) -> str:
    """Return the keys of a group; one of several options once, with the options where not all have it."""
    found: dict[str, list[tuple[str, Key, str]]] = {}
    for option in options:
        values = option_values(f"{group}/{option}")
        for prefix, key, value in _inner(group, option_class(f"{group}/{option}"), values):
            if key.doc:
                found.setdefault(f"{prefix}{key.name}", []).append((option, key, _default(key, value)))
    return TABLE + "".join(_line(path, owned, options) for path, owned in found.items())


def _line(path: str, owned: Sequence[tuple[str, Key, str]], options: Sequence[str]) -> str:
    """Return the line of a key that some options have, (option, key, default) each."""
    owners = [option for option, _, _ in owned]
    others = [option for option in options if option not in owners]
    only = f" ({', '.join(owners)})" if len(owners) <= len(others) else f" (not {', '.join(others)})" if others else ""
    texts = zip(*((_values(key), text, _meaning(key)) for _, key, text in owned), strict=True)
    values, default, meaning = (cell(_by_option(owners, each)) for each in texts)
    return f"| `{path}`{only} | {values} | {default} | {meaning} |\n"


def _by_option(options: Sequence[str], texts: Sequence[str]) -> str:
    """Return the text that most options have, with those of the others after their names."""
    by_text: dict[str, list[str]] = {}
    for option, text in zip(options, texts, strict=True):
        by_text.setdefault(text, []).append(option)
    most = max(by_text, key=lambda text: len(by_text[text]))
    return "; ".join([most, *(f"**{', '.join(names)}**: {text}" for text, names in by_text.items() if text != most)])


def _rows(prefix: str, cls: type) -> Iterator[tuple[str, Key, str]]:
    values = {key.name: key.default for key in keys_of(cls).values()}
    return ((path, key, _default(key, value)) for path, key, value in _inner(prefix, cls, values))


def _inner(prefix: str, cls: type, values: Mapping[str, Any]) -> Iterator[tuple[str, Key, Any]]:
    """Yield (prefix with its dot, key, value) of the keys of a class, with those below keys that hold keys."""
    for name, key in keys_of(cls).items():
        if key.section is not None:
            yield from _inner(f"{prefix}.{name}", key.section, vars(values[name]))
            continue
        yield f"{prefix}.", key, values[name]
        for inner in keys_of(key.nested).values() if key.nested else ():
            yield f"{prefix}.{name}.<name>.", inner, inner.default


def _default(key: Key, value: Any) -> str:
    if key.name == "experiment_name":
        return "the name of the dataset"
    if value == "???" or (key.required and value is None):
        return "required"
    if isinstance(value, Mapping):
        return "none" if not value else f"see conf/: {', '.join(value)}"
    return "empty" if value is None or value == "" else f"`{flow(value)}`"


def _values(key: Key) -> str:
    """Return what a key takes: words, or a type with its range and unit."""
    choices = literal_choices(key.type)
    words = " or ".join(f"`{choice}`" for choice in choices) if choices else _type(key.type)
    given = key.field.metadata
    bounds = [f"{sign} {given[name]}" for name, sign in SIGNS.items() if given.get(name) is not None]
    return words + (f" {', '.join(bounds)}" if bounds else "") + (f" [{key.unit}]" if key.unit else "")


def _type(annotation: Any) -> str:
    """Return a type in words: whole number, list of texts, ..."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation in WORDS:
        return WORDS[annotation]
    if origin is tuple:
        return f"list of {_type(inner[0])}s"
    if origin is Mapping:
        of = "keys" if is_dataclass(inner[1]) else "a text" if inner[1] is str else "a value"
        return f"names, each with {of}"
    words = [f"`{choice}`" for part in inner if part is not NoneType for choice in literal_choices(part)]
    types = [_type(part) for part in inner if part is not NoneType and not literal_choices(part)]
    return " or ".join([*types, *words, *(["empty"] if NoneType in inner else [])])


def _meaning(key: Key) -> str:
    return key.doc + (f", such as {key.example}" if key.example else "")


if __name__ == "__main__":
    PAGE.write_text(reference_text(), encoding="utf-8")
