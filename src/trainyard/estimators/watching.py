"""Callbacks of an estimator: functions that are called with each epoch, and callbacks of Lightning."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from trainyard.config.schema.run import Config
from trainyard.config.trusted import HANDED_OVER
from trainyard.estimators.own_code import OwnCode
from trainyard.estimators.settings import ParameterError
from trainyard.training.lightning_library import pl

OnEpoch = Callable[[Any, dict[str, float]], Any]
NAMES = f"{HANDED_OVER}callbacks."


def on_epoch(callbacks: Sequence[Any] | None) -> list[OnEpoch]:
    """Return the functions among callbacks."""
    return [callback for callback in _listed(callbacks) if not isinstance(callback, pl.Callback)]


def watched(config: Config, callbacks: Sequence[Any] | None, code: OwnCode) -> Config:
    """Return a config in which the callbacks of Lightning have names, by which `code` has the objects.

    Raises ParameterError for what is neither a function nor a callback of Lightning.
    """
    faults = [fault for callback in _listed(callbacks) if (fault := _fault(callback)) is not None]
    if faults:
        raise ParameterError(faults)
    named: dict[str, Any] = {}
    for callback in _listed(callbacks):
        if isinstance(callback, pl.Callback):
            name, number = type(callback).__name__, 2
            while name in named or name in config.callbacks:
                name, number = f"{type(callback).__name__}_{number}", number + 1
            named[name] = {"_target_": NAMES + name}
            code.objects[NAMES + name] = callback
    return replace(config, callbacks={**config.callbacks, **named}) if named else config


def release(callbacks: Sequence[Any] | None) -> None:
    """Take from callbacks of Lightning what a Trainer gave them to log with, which holds on to the whole training."""
    for callback in _listed(callbacks):
        for name in ("log", "log_dict") if isinstance(callback, pl.Callback) else ():
            vars(callback).pop(name, None)


def _listed(callbacks: Sequence[Any] | None) -> list[Any]:
    if isinstance(callbacks, str | Mapping) or callable(callbacks) or isinstance(callbacks, pl.Callback):
        raise ParameterError(f"callbacks={callbacks!r}: must be a list of functions and of callbacks of Lightning.")
    return list(callbacks or ())


def _fault(callback: Any) -> str | None:
    if isinstance(callback, type):
        return f"callbacks: {callback.__name__} is a class; give one that is made of it, {callback.__name__}(...)."
    if isinstance(callback, pl.Callback) or callable(callback):
        return None
    return f"callbacks: {callback!r} is neither a function (of estimator and metrics) nor a callback of Lightning."
