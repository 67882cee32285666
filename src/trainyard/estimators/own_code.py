"""Classes and functions that are handed over as they are, under names by which a config may speak of them."""

import re
from collections.abc import Mapping
from typing import Any


class OwnCode:
    """Objects by the names that stand for them: package.module.name where they have one."""

    def __init__(self) -> None:
        self.objects: dict[str, Any] = {}

    def named(self, target: Any) -> str:
        """Return the name of a class or function; one that is a name already stays as it is."""
        if isinstance(target, str):
            return target
        name = _dotted(target)
        number = 2
        while self.objects.get(name, target) is not target:
            name, number = f"{_dotted(target)}_{number}", number + 1
        self.objects[name] = target
        return name

    def reference(self, value: Any, **more: Any) -> dict[str, Any]:
        """Return what a config says of code: its `_target_`, and what a mapping that names it says besides."""
        if isinstance(value, Mapping):
            return {**value, "_target_": self.named(value.get("_target_", "")), **more}
        return {"_target_": self.named(value), **more}


def _dotted(target: Any) -> str:
    kind = target if hasattr(target, "__qualname__") else type(target)
    parts = f"{kind.__module__}.{kind.__qualname__}".split(".")
    return ".".join(part if part.isidentifier() else re.sub(r"\W", "_", part) for part in parts)
