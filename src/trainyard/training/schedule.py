"""The learning rate as a closed form of the step."""

import math
from typing import NamedTuple

from trainyard.config.schema.optimization import Constant, Cosine, OneCycle, Plateau, Polynomial, Schedule, Step


class Length(NamedTuple):
    """How long a training is, in steps: all of it, None where that is not known, and an epoch."""

    total: int | None
    epoch: int


def learning_rate_factor(schedule: Schedule, step: int, length: Length) -> float:
    """Return the factor on optimizer.lr at `step` (from 0); the length may be unknown where none is needed.

    After the warm-up the schedule runs over the steps that remain. What plateau lowers is state of the member and
    comes on top.
    """
    if step < schedule.warmup_steps:
        return (step + 1) / (schedule.warmup_steps + 1)
    match schedule:
        case Constant() | Plateau():
            return 1.0
        case Cosine():
            return _cosine(1.0, schedule.final_factor, _progress(schedule, step, length.total))
        case Polynomial():
            remaining = (1 - _progress(schedule, step, length.total)) ** schedule.power
            return float(schedule.final_factor + (1 - schedule.final_factor) * remaining)
        case Step():
            every = schedule.every * (length.epoch if schedule.unit == "epochs" else 1)
            return float(schedule.factor ** ((step - schedule.warmup_steps) // every))
        case OneCycle():
            progress, peak = _progress(schedule, step, length.total), schedule.peak_fraction
            if progress < peak:
                return _cosine(schedule.start_factor, 1.0, progress / peak)
            return _cosine(1.0, schedule.final_factor, (progress - peak) / (1 - peak))
    raise TypeError(f"no learning rate for {schedule!r}")


def _progress(schedule: Schedule, step: int, total: int | None) -> float:
    if total is None:
        raise TypeError(f"schedule={schedule.name} needs a number of steps")
    steps = max(1, total - schedule.warmup_steps - 1)
    return min(1.0, (step - schedule.warmup_steps) / steps)


def _cosine(start: float, end: float, progress: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2
