"""The measurement: every engine in a process of its own, case by case, in turns, within a budget of time."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from trainyard.benchmark.case import Case
from trainyard.benchmark.engines import Spec
from trainyard.benchmark.rows import LEFT_OUT, Row, judged
from trainyard.benchmark.timing import Seconds, alternate
from trainyard.benchmark.worker import CannotError, GoneError, Worker
from trainyard.benchmark.workloads import MARK, MARK_SIZE, Workload
from trainyard.errors import TrainyardError

REPEATS = 7
START_SECONDS = 120.0  # that an engine may take to be imported
PATIENCE, MOST_PATIENCE = 0.2, 20.0  # of the budget, or seconds, that one answer may take, compiling included
LEAST_PATIENCE = 5.0  # seconds, whatever time is left
LEAST_SHARE = 0.15  # seconds that a case takes of each engine; where there are fewer, fewer cases are measured
TOO_SLOW = 3.0  # times its share that an engine may be expected to take for a case


@dataclass
class Team:
    """The engines' processes, by spec; one that has ended is started anew for the next network."""

    start: Callable[[Spec], Worker] = Worker
    workers: dict[Spec, Worker] = field(default_factory=dict)
    facts: dict[Spec, dict[str, Any]] = field(default_factory=dict)
    absent: dict[Spec, str] = field(default_factory=dict)  # and why, for the network at hand

    def join(self, specs: Sequence[Spec]) -> None:
        """Start engines, all at once, and wait until each is imported."""
        for spec in specs:
            self.workers[spec] = self.start(spec)
        for spec in specs:
            try:
                self.facts[spec] = self.workers[spec].hear(START_SECONDS)["facts"]
                self.absent.pop(spec, None)
            except (CannotError, GoneError) as error:
                self.lose(spec, str(error))

    def lose(self, spec: Spec, reason: str) -> None:
        """Do without an engine."""
        self.workers.pop(spec).end()
        self.absent[spec] = reason

    def regain(self) -> None:
        """Start anew what was lost."""
        lost = list(self.absent)
        self.absent = {}
        self.join(lost)

    def end(self) -> None:
        """End all processes."""
        for worker in self.workers.values():
            worker.end()


@contextmanager
def team(start: Callable[[Spec], Worker] = Worker) -> Iterator[Team]:
    """Yield a team whose processes end with the block, however it ends."""
    found = Team(start)
    try:
        yield found
    finally:
        found.end()


@dataclass
class Session:
    """A measurement that goes on: who measures, until when, and where files are written."""

    team: Team
    guide: Spec  # the engine that lays out cases for the others
    specs: Sequence[Spec]  # those that are measured
    folder: Path
    deadline: float  # on `clock`
    budget: float
    clock: Callable[[], float] = time.monotonic
    pace: dict[tuple[str, Spec], list[tuple[int, float]]] = field(default_factory=dict)  # batch size, seconds a step

    @property
    def patience(self) -> float:
        """Seconds after which an engine is given up."""
        return max(LEAST_PATIENCE, min(self.left, max(MOST_PATIENCE, PATIENCE * self.budget)))

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.deadline - self.clock()

    @property
    def late(self) -> bool:
        """Whether there is no time left."""
        return self.left <= 0

    def run(self, workloads: Sequence[Workload], begins: Callable[[str, int], object]) -> list[Row]:
        """Return the rows of all workloads; `begins` is told each case before it is measured."""
        rows: list[Row] = []
        end = self.deadline
        chosen = self.affordable(workloads)
        for place, workload in enumerate(workloads):  # what a network leaves of its time goes to those after it
            networks = {name for name, _ in chosen} & {other.name for other in workloads[place:]}
            self.deadline = self.clock() + (end - self.clock()) / max(1, len(networks))
            known = workload if self.late or workload.name not in networks else self.prepared(workload)
            for done, size in enumerate(workload.sizes):
                begins(workload.name, size)
                share = self.left / max(1, sum((workload.name, other) in chosen for other in workload.sizes[done:]))
                out = self.late or (workload.name, size) not in chosen
                rows += self.left_out(known, size) if out else self.measure(known, size, share)
        self.deadline = end
        return rows

    def affordable(self, workloads: Sequence[Workload]) -> set[tuple[str, int]]:
        """Return the cases that there is time for, by network and batch size: with little time the published one."""
        cases = [(workload.name, size) for workload in workloads for size in workload.sizes]
        cases.sort(key=lambda case: (case[0] != MARK, case != (MARK, MARK_SIZE)))
        return set(cases[: max(1, int(self.left / (LEAST_SHARE * max(1, len(self.specs)))))])

    def prepared(self, workload: Workload) -> Workload:
        """Start anew what was lost, and return the workload with what the guide says of its network."""
        self.team.regain()
        told = self.lay_out(workload, workload.sizes[0])
        return replace(workload, multiplications=told["multiplications"])

    def left_out(self, workload: Workload, size: int) -> list[Row]:
        """Return the rows of a case that there is no time for."""
        specs = [spec for spec in self.specs if workload.why_not(spec) is None]
        return [Row(workload.name, size, spec, 0, note=LEFT_OUT) for spec in specs]

    def lay_out(self, workload: Workload, size: int) -> dict[str, Any]:
        """Write what engines need for a case, and return what the guide says of the network; raise TrainyardError."""
        case = workload.case(size, self.folder).as_dict()
        if self.guide not in self.team.workers:
            self.team.join([self.guide])
        if self.guide not in self.team.workers:
            raise TrainyardError(f"The engine {self.guide.name} does not start: {self.team.absent[self.guide]}.")
        return self.team.workers[self.guide].ask(START_SECONDS, do="lay out", case=case)

    def measure(self, workload: Workload, size: int, share: float) -> list[Row]:
        """Return the judged rows of one case, measured in about `share` seconds."""
        started = self.clock()
        self.lay_out(workload, size)
        specs = [spec for spec in self.specs if workload.why_not(spec) is None]
        cases = {spec: workload.case(size, self.folder, gpu=spec.device == "cuda") for spec in specs}
        blank = {spec: Row(workload.name, case.batch_size, spec, case.rows) for spec, case in cases.items()}
        own = share / max(1, len(specs))
        order = sorted(blank, key=lambda spec: spec.kind == "compiled")  # a compiler's seconds are no other engine's
        rows = {spec: self.checked(blank[spec], cases[spec], own) for spec in order}
        able = {spec: cases[spec] for spec in blank if not rows[spec].note}
        turns = {spec: Turn(self, spec, case, TOO_SLOW * own) for spec, case in able.items()}
        timings = alternate({spec.name: turn for spec, turn in turns.items()}, repeats=REPEATS,
                            budget=share - (self.clock() - started), clock=self.clock)  # fmt: skip
        for spec, turn in turns.items():
            memory = turn.end()
            timing = None if turn.failure else timings[spec.name]
            rows[spec] = row = replace(rows[spec], timing=timing, memory=memory, note=turn.failure)
            if timing is not None:
                self.pace.setdefault((workload.name, spec), []).append((size, row.batch_size / row.speed))
        return judged([rows[spec] for spec in blank])

    def checked(self, row: Row, case: Case, share: float) -> Row:
        """Return a row with the losses of the checked steps, or with the reason why there are none."""
        if row.spec in self.team.absent:
            return replace(row, note=self.team.absent[row.spec])
        steps = case.checked + 2 * case.rows / case.batch_size
        expected = steps * step_seconds(self.pace.get((row.network, row.spec), []), case.batch_size)
        if self.late or expected > TOO_SLOW * share:
            return replace(row, note=LEFT_OUT)
        try:
            answer = self.team.workers[row.spec].ask(self.patience, do="check", case=case.as_dict())
        except (CannotError, GoneError) as error:
            return replace(row, note=self.failure(row.spec, error))
        return replace(row, losses=tuple(answer["losses"]))

    def failure(self, spec: Spec, error: Exception) -> str:
        """Return what an engine's error says; one whose process has ended is done without."""
        if isinstance(error, GoneError):
            self.team.lose(spec, str(error))
        return str(error)


def step_seconds(pace: Sequence[tuple[int, float]], batch_size: int) -> float:
    """Return what a step of a batch size is expected to take, on the line through the last two (size, seconds)."""
    if len(pace) < 2:
        return pace[0][1] if pace else 0.0
    (before, less), (size, seconds) = pace[-2:]
    return seconds + max(0.0, seconds - less) / max(1, size - before) * (batch_size - size)


class Turn:
    """The turns of one engine in one case: each call is an epoch; after a failure calls do nothing.

    One whose first epoch, which is not measured, takes more than `limit` seconds has no further turn.
    """

    def __init__(self, session: Session, spec: Spec, case: Case, limit: float):
        self.session, self.spec, self.limit, self.failure = session, spec, limit, ""
        self.worker = session.team.workers[spec]
        self.open = self._attempt(lambda: self.worker.tell(do="train", case=case.as_dict())) is not None

    def __call__(self) -> Seconds:
        """Return the seconds of an epoch."""
        patience = max(LEAST_PATIENCE, 2 * self.limit)
        answer = None if self.failure else self._attempt(lambda: self.worker.ask(patience, do="turn"))
        if answer is None:
            return Seconds(math.nan)
        if answer["seconds"] > self.limit:
            self.failure = LEFT_OUT
        return Seconds(answer["seconds"])

    def end(self) -> int | None:
        """End the training and return the most memory that it took."""
        answer = self._attempt(lambda: self.worker.ask(self.session.patience, do="end")) if self.open else None
        return None if answer is None else answer["memory"]

    def _attempt(self, act: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
        try:
            return act() or {}
        except (CannotError, GoneError) as error:
            self.failure, self.open = self.session.failure(self.spec, error), False
            return None
