"""How a key of the config is declared: its default, what it means, its unit and the values that make sense."""

from collections.abc import Callable
from dataclasses import MISSING, field
from typing import Any


def key(
    doc: str,
    *,
    default: Any = MISSING,
    factory: Callable[[], Any] | Any = MISSING,
    unit: str = "",
    example: str = "",
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
) -> Any:
    """Declare a dataclass field whose metadata hold its documentation and range.

    `doc` says what the key does and why one would change it. `ge`, `gt`, `le` and `lt` bound a number, or every
    element of a list of numbers. A key without a default is one that the user has to give. `example` is a value of
    a key that holds names with keys of their own.
    """
    metadata = {"doc": doc, "unit": unit, "example": example, "ge": ge, "gt": gt, "le": le, "lt": lt}
    return field(default=default, default_factory=factory, metadata=metadata)
