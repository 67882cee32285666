"""An override of the command line: what a person types to what Hydra takes."""

import re
from dataclasses import dataclass
from typing import Protocol

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from trainyard.config.keys import key_variants, layer_key, open_mappings
from trainyard.config.schema.declared import Key

SHAPE = re.compile(r"(?P<prefix>~|\+{0,2})(?P<key>[^=]*?)\s*(?:(?P<equals>=)(?P<value>.*))?", re.DOTALL)
PLAIN_NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
ENCODED_NAME = re.compile(r"__x([0-9a-f]+)__")
INTERPOLATION = re.compile(r"\$\\?\{")  # in the lines of a sweep's members its brace is escaped
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

    @property
    def has_package(self) -> bool:
        """Whether a group is to be put elsewhere: network@other."""
        return "@" in self.key and _open_mapping(self.key) is None


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
    if shape.is_hydra or shape.has_package or not shape.key:
        return text
    if groups.is_group(shape.key):
        if shape.prefix != "~" and shape.value is not None and shape.value.strip() in ("null", ""):
            return f"~{shape.key}"
        return text if shape.prefix == "~" else f"{shape.key}={shape.value}"
    path = _encoded_path(shape.key)
    if shape.prefix == "~":
        return f"~{path}" if shape.value is None else f"~{path}={shape.value}"
    return f"++{path}={_quoted(shape.value or '', key_at(shape.key))}"


def split_path(path: str) -> list[str]:
    """Return the parts of a dotted key; a name below tags or dataset.columns is one part, whatever is in it."""
    mapping = _open_mapping(path)
    if mapping is None or open_mappings()[mapping].is_free:
        return path.split(".")
    name = path.removeprefix(f"{mapping}.")
    nested = open_mappings()[mapping].nested is not None and "." in name
    return [*mapping.split("."), *(name.rsplit(".", 1) if nested else [name])]


def key_at(path: str) -> Key | None:
    """Return the schema's key at a dotted path, tags.<name> and those of a layer included; None if there is none."""
    variants = key_variants().get(path)
    if variants:
        return variants[0]
    return open_mappings().get("tags") if path.startswith("tags.") else layer_key(path)


def decode_name(name: str) -> str:
    """Return a name of a column or tag as it was typed."""
    match = ENCODED_NAME.fullmatch(name)
    return bytes.fromhex(match[1]).decode() if match else name


def _open_mapping(path: str) -> str | None:
    return next((mapping for mapping in open_mappings() if path.startswith(f"{mapping}.")), None)


def _encoded_path(path: str) -> str:
    mapping = _open_mapping(path)
    if mapping is None or open_mappings()[mapping].is_free:
        return path
    name, *inner = split_path(path)[mapping.count(".") + 1 :]
    encoded = name if PLAIN_NAME.fullmatch(name) else f"__x{name.encode().hex()}__"
    return ".".join([mapping, encoded, *inner])


def _quoted(value: str, key: Key | None) -> str:
    """Return the value of a text key in quotes, unless it is quoted, empty, a list, a sweep or an interpolation."""
    bare = value.strip()
    if key is None or not key.is_text or bare in ("", "null", "???") or bare[0] in "'\"[{":
        return value
    if INTERPOLATION.search(bare):
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
