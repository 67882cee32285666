"""The overrides of a command line, each read by itself: what a person types to what Hydra takes, or a fault."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, ValueType
from hydra.errors import HydraException

from trainyard.config.faults import Fault
from trainyard.config.keys import DISCRIMINATORS, OVERLAYS, Key, key_variants, open_mappings
from trainyard.config.nearest import did_you_mean, listed, nearest
from trainyard.config.secrets import masked_overrides

SHAPE = re.compile(r"(?P<prefix>~|\+{0,2})(?P<key>[^=]*?)\s*(?:(?P<equals>=)(?P<value>.*))?", re.DOTALL)
PLAIN_NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
ENCODED_NAME = re.compile(r"__x([0-9a-f]+)__")
SWEEP_FUNCTION = re.compile(r"\s*(choice|range|glob|shuffle|sort|tag|interval|str|int|float|bool)\(.*\)\s*", re.DOTALL)


class Groups(Protocol):
    """What there is to choose from."""

    def is_group(self, name: str) -> bool:
        """Whether conf/ has a folder of this name."""

    def groups(self) -> list[str]:
        """The names of all groups, without Hydra's own."""

    def options(self, group: str) -> list[str]:
        """The options of a group."""


@dataclass(frozen=True)
class Shape:
    """An override cut at its first "=": the mark in front, the key, and the value as typed (None without "=")."""

    prefix: str
    key: str
    value: str | None

    @property
    def is_hydra(self) -> bool:
        return self.key.startswith(("hydra.", "hydra/"))


def shape_of(text: str) -> Shape:
    """Cut an override into mark, key and value."""
    match = SHAPE.fullmatch(text.strip())
    if match is None:  # a third mark in front
        return Shape("", text, None)
    return Shape(match["prefix"], match["key"], match["value"])


def hydra_line(text: str, groups: Groups) -> str:
    """Return an override as Hydra takes it; a line that Hydra takes already comes back as it is.

    Every key may be set without a mark in front, whether its option file has it or not: the schema decides what there
    is. Text values are quoted, so that paths, umlauts and brackets in them need no care. Names of columns and tags
    that Hydra's grammar has no room for are encoded (see decode_name).
    """
    shape = shape_of(text)
    if shape.is_hydra or "@" in shape.key or not shape.key:
        return text
    if groups.is_group(shape.key):
        if shape.prefix != "~" and shape.value is not None and shape.value.strip() in ("null", ""):
            return f"~{shape.key}"
        return text if shape.prefix == "~" else f"{shape.key}={shape.value}"
    path = ".".join(_encode_name(part) for part in split_path(shape.key))
    if shape.prefix == "~":
        return f"~{path}" if shape.value is None else f"~{path}={shape.value}"
    return f"++{path}={_quoted(shape.value or '', key_at(shape.key))}"


def split_path(path: str) -> list[str]:
    """Return the parts of a dotted key; a name below tags or dataset.columns is one part, whatever is in it."""
    for mapping, key in open_mappings().items():
        if path.startswith(f"{mapping}."):
            name = path.removeprefix(f"{mapping}.")
            inner = None
            if key.nested is not None and "." in name:
                name, inner = name.rsplit(".", 1)
            return [*mapping.split("."), name, *([inner] if inner else [])]
    return path.split(".")


def key_at(path: str) -> Key | None:
    """Return the schema's key at a dotted path, tags.<name> included; None if there is none."""
    variants = key_variants().get(path)
    if variants:
        return variants[0]
    return open_mappings().get("tags") if path.startswith("tags.") else None


def decode_name(name: str) -> str:
    """Return a name of a column or tag as it was typed."""
    match = ENCODED_NAME.fullmatch(name)
    return bytes.fromhex(match[1]).decode() if match else name


def _encode_name(name: str) -> str:
    return name if PLAIN_NAME.fullmatch(name) or name.isdecimal() else f"__x{name.encode().hex()}__"


def _quoted(value: str, key: Key | None) -> str:
    """Return the value of a text key in quotes, unless it is quoted, empty, a list, a sweep or an interpolation."""
    bare = value.strip()
    if key is None or not key.is_text or bare in ("", "null", "???") or bare[0] in "'\"[{" or "${" in bare:
        return value
    if SWEEP_FUNCTION.fullmatch(bare) or ("," in bare and bare != "," and _parses(value)):
        return value
    escaped = re.sub(r"(\\*)(?='|$)", lambda match: match[1] * 2, bare).replace("'", r"\'")
    return f"'{escaped}'"


def _parses(value: str) -> bool:
    try:
        OverridesParser.create().parse_override(f"key={value}")
    except HydraException:
        return False
    return True


def read_overrides(texts: Sequence[str], groups: Groups, *, sweeping: bool) -> tuple[list[str], list[Fault]]:
    """Return the lines for Hydra of the overrides that can be used, and the faults of the others."""
    lines: list[str] = []
    faults: list[Fault] = []
    for text in texts:
        fault = _find_fault(text, groups, sweeping)
        if fault is None:
            lines.append(hydra_line(text, groups))
        else:
            shown = masked_overrides([text])[0]
            faults.append(Fault(f"{shown}: {fault}", (shape_of(text).key,)))
    return lines, faults


def _find_fault(text: str, groups: Groups, sweeping: bool) -> str | None:
    shape = shape_of(text)
    if shape.value is None and shape.prefix != "~":
        return _not_an_assignment(shape, groups)
    if not shape.key:
        return "has no key; write key=value, without spaces around the ="
    if "@" in shape.key:
        return f"packages are not used here; write {shape.key.split('@')[0]}=<option>"
    parser = OverridesParser.create()
    try:
        override = parser.parse_override(hydra_line(text, groups))
    except HydraException as error:
        return _bad_syntax(shape, error)
    is_group = groups.is_group(shape.key)
    if override.is_sweep_override() and not sweeping:
        return _sweep_without_multirun(shape, is_group)
    if is_group:
        return _wrong_option(shape, override, groups)
    if shape.is_hydra:
        return None
    if shape.key in DISCRIMINATORS:
        return f"is set by the choice of an option; write {DISCRIMINATORS[shape.key]}={shape.value}"
    if shape.prefix == "~" and key_at(shape.key) is not None and not shape.key.startswith("tags."):
        return f"a key cannot be taken away; write {shape.key}=<value>"
    return None


def _not_an_assignment(shape: Shape, groups: Groups) -> str:
    word = shape.key
    if groups.is_group(word):
        return f"which one? Write {word}=<option>: {listed(groups.options(word), 'or')}"
    if key_at(word) is not None:
        return f"has no value; write {word}=<value>, without spaces around the ="
    if ":" in word and (nearest(word.split(":")[0], key_variants()) or groups.is_group(word.split(":")[0])):
        key, value = word.split(":", 1)
        return f"write {key}={value.strip()}"
    owners = [group for group in groups.groups() if word in groups.options(group)]
    if owners:
        return f"is not key=value; did you mean {listed([f'{group}={word}' for group in owners], 'or')}?"
    return f"is not key=value{did_you_mean(word, [*groups.groups(), *key_variants()])}"


def _bad_syntax(shape: Shape, error: HydraException) -> str:
    value = shape.value or ""
    for opening, closing in (("[", "]"), ("{", "}"), ("(", ")")):
        if value.count(opening) != value.count(closing):
            missing = closing if value.count(opening) > value.count(closing) else opening
            return f"a {missing} is missing"
    if value[:1] in ("'", '"') and (len(value) == 1 or value[-1] != value[0]):
        return "the closing quote is missing"
    if " " in shape.key.strip():
        return "a key has no spaces"
    if not re.fullmatch(r"[\w./-]+", shape.key, re.ASCII):
        return f"{shape.key!r} cannot be a key{did_you_mean(shape.key, key_variants())}"
    if "Unknown function" in str(error):
        return f"quote a value that has brackets: {shape.key}=\"'{value}'\""
    return f"cannot be read; quote a value that has other characters than letters, digits and . / - _: " \
           f"{shape.key}=\"'{value}'\""  # fmt: skip


def _sweep_without_multirun(shape: Shape, is_group: bool) -> str:
    key = key_at(shape.key)
    if is_group or key is None:
        return "several values make a sweep; add -m, or choose one"
    if str(key.type).startswith("tuple"):
        return f"several values make a sweep, which needs -m; for a list write {shape.key}=[{shape.value}]"
    if key.is_text:
        return f"several values make a sweep, which needs -m; for a text with a comma write {shape.key}=\"'{shape.value}'\""
    return "several values make a sweep; add -m, or give one"


def _wrong_option(shape: Shape, override: Override, groups: Groups) -> str | None:
    group, known = shape.key, groups.options(shape.key)
    there = f"there are {listed(known)}" if len(known) > 1 else f"there is {listed(known)}"
    if shape.prefix == "~" or override.is_delete():
        if group in OVERLAYS or shape.is_hydra:
            return None
        return f"one {group} has to be chosen; {there}"
    if override.value_type is ValueType.GLOB_CHOICE_SWEEP:
        return None if override.value().filter(known) else f"matches no {group}; {there}"  # type: ignore[union-attr]
    value = override.value()
    values = list(override.sweep_iterator()) if override.is_sweep_override() else [value]
    for option in values:
        several = option if isinstance(option, list) and group in OVERLAYS else [option]
        for name in several:
            if not isinstance(name, str | int) or isinstance(name, bool):
                return f"must be one {group}; {there}. Keys of it are set as {group}.<key>=<value>"
            if str(name) not in known:
                return f"no such {group}{_suggest_option(str(name), known)} {there[0].upper()}{there[1:]}."
    return None


def _suggest_option(name: str, known: Sequence[str]) -> str:
    close = nearest(name, known)
    return f"; did you mean {close}?" if close else "."
