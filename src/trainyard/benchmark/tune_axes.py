"""What `trainyard tune` tries: keys that change how fast a training is, with the values that make sense here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, get_args, get_type_hints

import torch

from trainyard.config.schema.accelerator import Accelerator
from trainyard.config.schema.run import Config
from trainyard.training.cores import cores
from trainyard.training.plan import Plan

Setting = Mapping[str, Any]  # dotted key -> value, for the keys that differ from the config that is tuned
PRECISIONS = ("auto", "32", "tf32", "bf16-mixed")  # those a training may be moved between; the others are a decision
ON_GPU = ("tf32",)
LAYOUT = "accelerator.layout"
BLOCKS = (16, 128)  # minibatches, beside auto


@dataclass(frozen=True)
class Axis:
    """A key, its value `now`, and the other values to try."""

    key: str
    now: Any
    values: tuple[Any, ...]


def axes(plan: Plan, minibatches: int) -> list[Axis]:
    """Return what to try on a training, in this order; `minibatches` are those of an epoch that is measured.

    Threads come first, as all else depends on them, and compiling last, as it takes longest to begin.
    """
    tried = [
        Axis("accelerator.threads", plan.device.threads, tuple(_threads(plan))),
        _axis(plan.config, "accelerator.precision", _precisions(plan)),
        *([_axis(plan.config, LAYOUT, _options(Accelerator, "layout"))] if _has_layout(plan) else []),
        _axis(plan.config, "training.block", ("auto", *(block for block in BLOCKS if block < minibatches))),
        _axis(plan.config, "training.compile", [False, True]),
    ]
    return [axis for axis in tried if axis.values]


def with_setting(config: Config, setting: Setting) -> Config:
    """Return the config with the values of a setting."""
    for name, value in setting.items():
        group, _, key = name.partition(".")
        config = replace(config, **{group: replace(getattr(config, group), **{key: value})})
    return config


def overrides(setting: Setting) -> list[str]:
    """Return a setting as it is typed."""
    return [f"{key}={str(value).lower() if isinstance(value, bool) else value}" for key, value in setting.items()]


def _axis(config: Config, name: str, values: Sequence[Any]) -> Axis:
    group, _, key = name.partition(".")
    now = getattr(getattr(config, group), key)
    return Axis(name, now, tuple(value for value in values if value != now))


def _threads(plan: Plan) -> Iterator[int]:
    """Yield the powers of two below the number of cores, and that; the count that the training has is left out."""
    if plan.device.torch.type != "cpu":
        return
    count = 1
    while count < cores():
        if count != plan.device.threads:
            yield count
        count *= 2
    if cores() != plan.device.threads:
        yield cores()


def _precisions(plan: Plan) -> list[str]:
    """Return the precisions to move between; none where another one was decided on, such as 64."""
    there = _options(Accelerator, "precision")
    gpu = plan.device.torch.type == "cuda"
    if plan.config.accelerator.precision not in PRECISIONS or (gpu and not torch.cuda.is_bf16_supported()):
        return []
    return [precision for precision in PRECISIONS if precision in there and (gpu or precision not in ON_GPU)]


def _has_layout(plan: Plan) -> bool:
    """Whether images go through convolutions, and the config says how they lie in memory."""
    convolves = any(layer.kind.startswith("Conv2d") for layer in plan.layers)
    return convolves and any(field.name == LAYOUT.partition(".")[2] for field in fields(Accelerator))


def _options(group: type, key: str) -> tuple[Any, ...]:
    return get_args(get_type_hints(group)[key])
