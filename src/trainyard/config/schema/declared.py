"""The keys that a class of the schema declares, as data: with type, default, meaning, unit and range."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from trainyard.config.schema.layers import LayerValues


@dataclass(frozen=True)
class Key:
    """One key of a schema class: its name, type, default, meaning, unit and range."""

    name: str
    type: Any
    field: Field[Any]

    @property
    def required(self) -> bool:
        return self.field.default is MISSING and self.field.default_factory is MISSING

    @property
    def default(self) -> Any:
        """The default; None for a key without one."""
        if self.field.default_factory is not MISSING:
            return self.field.default_factory()
        return None if self.field.default is MISSING else self.field.default

    @property
    def doc(self) -> str:
        return str(self.field.metadata.get("doc", ""))

    @property
    def unit(self) -> str:
        return str(self.field.metadata.get("unit", ""))

    @property
    def example(self) -> str:
        return str(self.field.metadata.get("example", ""))

    @property
    def section(self) -> type | None:
        """The class of a key that holds keys itself (dataset.augment), else None."""
        return self.type if isinstance(self.type, type) and hasattr(self.type, "__dataclass_fields__") else None

    @property
    def nested(self) -> type | None:
        """The class of the values of a mapping of options by name (dataset.columns), else None."""
        if self.is_mapping:
            value = get_args(self.type)[1]
            return value if isinstance(value, type) and hasattr(value, "__dataclass_fields__") else None
        return None

    @property
    def is_mapping(self) -> bool:
        return get_origin(self.type) is Mapping

    @property
    def is_layers(self) -> bool:
        """Whether the key holds layers by name, each with what its type takes (network.layers)."""
        return bool(self.type == Mapping[str, LayerValues])

    @property
    def is_free(self) -> bool:
        """Whether the key takes any names with any values, lists and further names among them."""
        return bool(self.type == Mapping[str, Any])

    @property
    def is_text(self) -> bool:
        """Whether the key takes text, or one of some words, or a list of texts, or texts by name."""
        return self.type in (str, str | None, tuple[str, ...], Mapping[str, str]) or get_origin(self.type) is Literal


@cache
def keys_of(cls: type) -> dict[str, Key]:
    """Return the keys of a schema class by name, in the order in which they are declared."""
    hints = get_type_hints(cls)
    return {f.name: Key(f.name, hints[f.name], f) for f in fields(cls) if f.metadata.get("public", True)}
