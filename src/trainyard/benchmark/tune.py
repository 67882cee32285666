"""The tuner: what makes one training faster on this machine, measured on the path of a training.

One key after the other is tried from the config as it is; what is faster stays, and the next key is tried from there.
Trainings with the settings to be compared, each in a process of its own, have their turns in alternation.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from trainyard.benchmark.ratio import FEWEST, Ratio
from trainyard.benchmark.timing import alternate
from trainyard.benchmark.tune_axes import Axis, Setting, axes, with_setting
from trainyard.benchmark.tune_trainee import Trainee
from trainyard.config.text import to_dict
from trainyard.errors import TrainyardError
from trainyard.training.plan import Plan

TURN_SECONDS = 0.25
REPEATS = 9
LEAST_SECONDS = 5.0  # to begin with a key at all
PATIENCE = 5  # first turns of the config as it is, that a first turn with another value may take
FOREVER = 3600.0  # seconds: for a turn that has to go well
MORE_SECONDS = 2.0  # on top of that
LAST_SHARE = 0.1  # of the time, for the comparison of what was found with what there was
COMPILE = "training.compile"  # begins with minutes of work, which no other turn tells the length of
EXACT = 0.01  # of the loss of the first turn: by so much may the loss of a setting differ from that of the config
TOLERANCE = {"accelerator.precision": 0.02, COMPILE: 0.02}  # coarser products; dropout that draws other numbers


class Trains(Protocol):
    """A training that waits for its turns: see Trainee."""

    setting: Setting
    losses: list[float]
    problem: str | None

    def wait(self) -> None: ...

    def turn(self, epochs: int, seconds: float) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Work:
    """What is trained in a turn: `epochs` of `minibatches`, None for all of the data, which are `rows` in all."""

    minibatches: int | None
    epochs: int
    rows: int


@dataclass(frozen=True)
class Tried:
    """How a setting did: rows a second, and its speed over that of the best setting before; why it was refused."""

    setting: Setting
    rows_per_second: float = 0.0
    ratio: Ratio | None = None
    problem: str | None = None
    chosen: bool = False


@dataclass(frozen=True)
class Tuned:
    """Everything that was tried, in order, by key; the best setting, and its speed over that of the config as it was.

    `best` is empty where nothing was faster by more than the spread, `ratio` None where no value was; `untried` are the
    keys that no time was left for.
    """

    tried: dict[str, list[Tried]]
    best: Setting
    ratio: Ratio | None
    untried: list[str]


def plan_work(plan: Plan, rows_per_second: float) -> Work:
    """Return a turn of about TURN_SECONDS for a training of that speed."""
    size, count = plan.config.training.batch_size, plan.minibatches
    minibatches = max(1, round(rows_per_second * TURN_SECONDS / size))
    if minibatches < count:
        return Work(minibatches, 1, minibatches * size)
    epochs = max(1, round(minibatches / count))
    rows = min(count * size, len(plan.prepared.train.y))
    return Work(plan.config.training.limit_batches, epochs, epochs * rows)


def start_trainee(plan: Plan, work: Work, root: Path, setting: Setting) -> Trainee:
    """Start a process for the training of a plan with a setting."""
    asked = {
        "config": to_dict(with_setting(plan.config, setting)), "key": plan.prepared.key, "root": str(root),
        "minibatches": work.minibatches, "total_steps": plan.total_steps, "path": sys.path,
    }  # fmt: skip
    return Trainee(setting, json.dumps(asked))


def tune(
    plan: Plan, work: Work, *, seconds: float, start: Callable[[Setting], Trains],
    clock: Callable[[], float] = time.monotonic, told: Callable[[str], None] = lambda _key: None,
) -> Tuned:  # fmt: skip
    """Return what was tried and what is best; takes about `seconds`. `told` hears of each key before it is tried.

    Raises TrainyardError where the config as it is cannot be trained.
    """
    tuner = Tuner(work, start, clock() + seconds, clock)
    try:
        return tuner.tune(axes(plan, work.minibatches or plan.minibatches), seconds * LAST_SHARE, told)
    finally:
        for trainee in tuner.started:
            trainee.close()


class Tuner:
    """The trainings that are compared, and the time that is left."""

    def __init__(self, work: Work, start: Callable[[Setting], Trains], deadline: float, clock: Callable[[], float]):
        self.work, self._start, self.deadline, self.clock = work, start, deadline, clock
        self.started: list[Trains] = []

    def tune(self, tried: list[Axis], reserve: float, told: Callable[[str], None]) -> Tuned:
        """Try one axis after the other, each in its share of the time that is left."""
        now = best = self.start({})
        now.wait()
        began = self.clock()
        self.turn(now)
        self.patience = PATIENCE * (self.clock() - began) + MORE_SECONDS
        results: dict[str, list[Tried]] = {}
        untried = []
        for place, axis in enumerate(tried):
            left = self.deadline - reserve - self.clock()
            if left < LEAST_SECONDS:
                untried.append(axis.key)
                continue
            told(axis.key)
            last = place == len(tried) - 1
            best = self.try_axis(axis, now, best, left if last else left / (len(tried) - place), results)
        ratio = None if best is now else self.conclude(now, best)
        kept = best.setting if ratio is not None and ratio.faster else {}
        return Tuned(results, kept, ratio, untried)

    def conclude(self, now: Trains, best: Trains) -> Ratio | None:
        """Return the speed of the best training over that of the config as it was, in three rounds at least."""
        began = self.clock()
        for trainee in (now, best):
            self.turn(trainee)
        fitting = int((self.deadline - self.clock()) / max(self.clock() - began, 1e-9))
        return self.compare([now, best], FOREVER, FOREVER, min(max(fitting, FEWEST), REPEATS))[1].ratio

    def start(self, setting: Setting) -> Trains:
        """Start a training."""
        trainee = self._start(setting)
        self.started.append(trainee)
        return trainee

    def try_axis(
        self, axis: Axis, now: Trains, best: Trains, seconds: float, results: dict[str, list[Tried]]
    ) -> Trains:
        """Compare the values of an axis with the best training so far; return the best one after that."""
        began = self.clock()
        rivals = [self.start({**best.setting, axis.key: value}) for value in axis.values]
        for rival in rivals:
            rival.wait()
        left = seconds - (self.clock() - began)
        patience = max(left, self.patience) if axis.key == COMPILE else self.patience
        tried = self.compare([best, *rivals], left, patience)
        for place, rival in enumerate(rivals, 1):
            if rival.problem is None and (problem := loss_problem(rival, now)) is not None:
                tried[place] = Tried(rival.setting, problem=problem)
        faster = [place for place, each in enumerate(tried) if each.ratio is not None and each.ratio.faster]
        chosen = max(faster, key=lambda place: tried[place].rows_per_second, default=0)
        results[axis.key] = [replace(each, chosen=place == chosen) for place, each in enumerate(tried)]
        winner = [best, *rivals][chosen]
        for loser in (best, *rivals):
            if loser not in (winner, now):
                loser.close()
        return winner

    def compare(
        self, trainees: list[Trains], seconds: float, patience: float, repeats: int = REPEATS
    ) -> list[Tried]:
        """Let trainings have their turns for about `seconds`; the others' ratios are those to the first one.

        One of the others that needs more than `patience` seconds for a turn is out.
        """
        pieces = {"0": partial(self.turn, trainees[0])}
        for place, rival in enumerate(trainees[1:], 1):
            pieces[str(place)] = partial(rival.turn, self.work.epochs, patience)
        timings = list(alternate(pieces, repeats=repeats, budget=seconds, clock=self.clock).values())
        tried = [Tried(trainees[0].setting, self.work.rows / timings[0].median)]
        for rival, timing in zip(trainees[1:], timings[1:], strict=True):
            if rival.problem is not None:
                tried.append(Tried(rival.setting, problem=rival.problem))
                continue
            tried.append(Tried(rival.setting, self.work.rows / timing.median, Ratio.of(timing, timings[0])))
        return tried


    def turn(self, trainee: Trains) -> None:
        """Let a training have a turn that has to go well."""
        trainee.turn(self.work.epochs, FOREVER)
        if trainee.problem is not None:
            raise TrainyardError(f"The training cannot be tuned: {trainee.problem}")


def loss_problem(trainee: Trains, reference: Trains) -> str | None:
    """Return why a training may not be suggested: it did not reach the loss of another in some turn of both."""
    allowed = max([EXACT, *(share for key, share in TOLERANCE.items() if key in trainee.setting)])
    first = abs(reference.losses[0])
    for own, other in zip(trainee.losses, reference.losses, strict=False):
        if not abs(own - other) <= allowed * first:
            return f"its loss is {own:.4g} where it should be {other:.4g}, give or take {allowed * first:.2g}"
    return None
