"""A loss and metrics of the user's own."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from trainyard.config.nearest import listed
from trainyard.config.schema import model as schema
from trainyard.config.trusted import resolve_target
from trainyard.errors import ConfigError

# what a metric may be given, by the name of its first argument
SEEN = {"classifier": ("output", "prediction", "probability"), "regressor": ("output", "prediction")}


@dataclass(frozen=True)
class OwnMetric:
    """A metric of the user's own, which takes what its first argument is called, then y, and the weights on request."""

    name: str
    function: Callable[..., Any]
    sees: str
    weighted: bool

    def __call__(self, seen: Tensor, y: Tensor, weight: Tensor | None) -> Tensor:
        """Return its value, a scalar float64 on the device."""
        more = {"weight": weight} if self.weighted else {}
        value = self.function(seen, y, **more)
        return torch.as_tensor(value, dtype=torch.float64, device=y.device)


@dataclass(frozen=True)
class Own:
    """What a model has of the user's own: a loss of (output, y) that gives a loss per row, and metrics."""

    loss: Callable[[Tensor, Tensor], Tensor] | None = None
    loss_name: str = ""
    metrics: tuple[OwnMetric, ...] = ()


def resolve_own(config: schema.Classifier | schema.Regressor, trusted: Sequence[str]) -> Own:
    """Return the user's own functions that a model's config names, imported now from trusted packages.

    A class, such as a torch.nn.Module, is made with its arguments; a function is called with them. Raises ConfigError.
    """
    loss, name = None, config.loss_target or ""
    if config.loss == "custom":
        target = resolve_target(name, trusted, "model.loss_target")
        loss = _prepared(target, config.loss_arguments, f"model.loss_target={name}")
    metrics = [
        _own_metric(name, metric, trusted, SEEN[config.name]) for name, metric in config.extra_metrics.items()
    ]
    return Own(loss, name, tuple(metrics))


def _own_metric(name: str, config: schema.ExtraMetric, trusted: Sequence[str], seen: Sequence[str]) -> OwnMetric:
    key = f"model.extra_metrics.{name}._target_"
    shown = f"{key}={config._target_}"
    function = _prepared(resolve_target(config._target_, trusted, key), config.arguments, shown)
    parameters = inspect.signature(getattr(function, "forward", function)).parameters
    names = [name for name in parameters if name not in config.arguments]
    if not names or names[0] not in seen:
        first = f"is called {names[0]}" if names else "is missing"
        raise ConfigError(f"{shown}: its first argument {first}; it has to be {listed(seen, 'or')}, then comes y.")
    return OwnMetric(name, function, names[0], "weight" in names)


def _prepared(target: Any, arguments: Mapping[str, Any], shown: str) -> Callable[..., Any]:
    if not callable(target):
        raise ConfigError(f"{shown}: is no function and no class, but {target!r}.")
    if not isinstance(target, type):
        return partial(target, **arguments)
    try:
        made = target(**arguments)
    except Exception as error:
        raise ConfigError(f"{shown}: cannot be made ({type(error).__name__}: {error}).") from error
    if not callable(made):
        raise ConfigError(f"{shown}: is a class whose objects cannot be called.")
    return made  # type: ignore[no-any-return]  # mypy takes what was callable before it was tested for Any
