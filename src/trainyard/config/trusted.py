"""Code of one's own that a config names: imported from trusted packages only, and only when it is used."""

import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from trainyard.config.nearest import did_you_mean
from trainyard.config.root import project_root
from trainyard.errors import ConfigError

HANDED_OVER = "python."  # begins what a config calls rows and callbacks that a program handed over as they are

_GIVEN: ContextVar[Mapping[str, Any]] = ContextVar("given", default=MappingProxyType({}))


@contextmanager
def given(objects: Mapping[str, Any]) -> Iterator[None]:
    """Let names stand for objects that the caller has at hand, which need neither trust nor an import."""
    before = _GIVEN.set(objects)
    try:
        yield
    finally:
        _GIVEN.reset(before)


def target_fault(name: str, trusted: Sequence[str], key: str) -> str | None:
    """Return a sentence where `name`, the value of `key`, is no package.module.name of a trusted package, else None.

    Nothing is imported. What was handed over in Python is looked for when it is used.
    """
    if name in _GIVEN.get() or name.startswith(HANDED_OVER):
        return None
    parts = name.split(".")
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        return f"{key}={name}: must be package.module.name, such as mine.networks.Net"
    if any(name.startswith(f"{package}.") for package in trusted):
        return None
    package = parts[0]
    listed = ",".join([*trusted, package])
    return f"{key}={name}: {package} is not trusted; to run code of it, write trusted=[{listed}]"


def resolve_target(name: str, trusted: Sequence[str], key: str) -> Any:
    """Return what `name`, the value of `key`, stands for; its module is imported now.

    Modules are looked for where Python does, and then at the project root. Raises ConfigError where the package is not
    trusted, cannot be imported or has nothing of that name.
    """
    if name in _GIVEN.get():
        return _GIVEN.get()[name]
    if name.startswith(HANDED_OVER):
        raise ConfigError(f"{key}={name}: was handed over in Python and is not kept; leave it out, or name another.")
    fault = target_fault(name, trusted, key)
    if fault is not None:
        raise ConfigError(fault)
    module_name, _, attribute = name.rpartition(".")
    root = str(project_root())
    if root not in sys.path:
        sys.path.append(root)
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        raise ConfigError(f"{key}={name}: {module_name} cannot be imported ({words}).") from error
    if not hasattr(module, attribute):
        hint = did_you_mean(attribute, [known for known in vars(module) if not known.startswith("_")])
        raise ConfigError(f"{key}={name}: {module_name} has no {attribute}{hint or '.'}")
    return getattr(module, attribute)
