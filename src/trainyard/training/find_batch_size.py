"""The batch-size finder: short trainings with minibatches that double, until memory or speed has enough."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from trainyard.data.rows import Minibatch
from trainyard.training.fit import fit
from trainyard.training.plan import Plan, plan_run
from trainyard.training.stepper import Stepper
from trainyard.training.stop import Stop

SMALLEST = 16  # rows
WARM_UP = 2  # steps before the clock runs
GROWTH = 1.1  # a batch size is faster where it does this much more rows a second
NO_MEMORY = ("can't allocate memory", "not enough memory")  # torch's words on the CPU


@dataclass(frozen=True)
class Trial:
    """How a batch size did: rows a second and the device's memory at its peak (bytes, None on the CPU).

    Both are None where it did not fit.
    """

    batch_size: int
    rows_per_second: float | None
    memory: int | None = None

    @property
    def fits(self) -> bool:
        """Whether the device has the memory."""
        return self.rows_per_second is not None


def find_batch_size(
    plan: Plan, *, seconds: float, try_size: Callable[[Plan, int, float], Trial] | None = None
) -> list[Trial]:
    """Return the trials, in the order in which they were made: doubled until the training rows are one minibatch.

    On a GPU that ends where memory does, with one more trial halfway; on the CPU also where doubling twice made nothing
    faster. Each is trained for about `seconds`, on the path of a training.
    """
    try_size = try_size or trial
    rows, gpu = len(plan.prepared.train.y), plan.device.torch.type == "cuda"
    trials: list[Trial] = []
    size = min(SMALLEST, rows)
    while True:
        trials.append(try_size(plan, size, seconds))
        if not trials[-1].fits:
            if len(trials) > 1:
                trials.append(try_size(plan, size * 3 // 4, seconds))
            return trials
        if size >= rows or (not gpu and _no_faster(trials)):
            return trials
        size = min(2 * size, rows)


def suggested(trials: list[Trial], *, gpu: bool) -> Trial | None:
    """Return the largest batch that fits a GPU, or on the CPU the smallest that is about as fast as any."""
    fitting = [each for each in trials if each.fits]
    if not fitting:
        return None
    return max(fitting, key=lambda each: each.batch_size) if gpu else fastest(fitting)


def fastest(trials: list[Trial]) -> Trial:
    """Return the smallest batch that is about as fast as the fastest."""
    most = max(each.rows_per_second or 0.0 for each in trials)
    return min((each for each in trials if (each.rows_per_second or 0.0) * GROWTH >= most), key=lambda t: t.batch_size)


def _no_faster(trials: list[Trial]) -> bool:
    speeds = [each.rows_per_second or 0.0 for each in trials]
    return len(speeds) > 2 and max(speeds[-2:]) < GROWTH * max(speeds[:-2])


def trial(plan: Plan, batch_size: int, seconds: float) -> Trial:
    """Train with a batch size for about `seconds` and return how it did."""
    training = replace(
        plan.config.training, batch_size=batch_size, max_epochs=None, max_time=None, max_steps=10**9, patience=None,
        validate_every=10**9, restore_best=False, block=1, overfit_batches=None, limit_batches=None,
    )  # fmt: skip
    device = plan.device.torch
    short = plan_run(replace(plan.config, training=training), plan.prepared, device)
    clock, stop = Clock(device, seconds), Stop()
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
    try:
        fit(short, stop, wrap_stepper=lambda stepper, _member: TimedStepper(stepper, clock, stop))
    except (torch.OutOfMemoryError, RuntimeError) as error:
        if isinstance(error, torch.OutOfMemoryError) or any(words in str(error) for words in NO_MEMORY):
            return Trial(batch_size, None)
        raise
    memory = torch.cuda.max_memory_allocated(device) if device.type == "cuda" else None
    return Trial(batch_size, clock.rows_per_second, memory)


class Clock:
    """Counts rows and seconds from the end of the warm-up on."""

    def __init__(self, device: torch.device, seconds: float):
        self.device, self.seconds = device, seconds
        self.steps = self.rows = 0
        self._started = self._ended = 0.0

    def step(self, rows: int) -> bool:
        """Count a step's rows and return whether it has been long enough."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        self.steps += 1
        self._ended = time.perf_counter()
        if self.steps <= WARM_UP:
            self._started = self._ended
            return False
        self.rows += rows
        return self._ended - self._started >= self.seconds

    @property
    def rows_per_second(self) -> float:
        """Rows a second of the steps that were counted."""
        return self.rows / max(self._ended - self._started, 1e-9)


class TimedStepper:
    """Another stepper's steps, ended after some seconds."""

    def __init__(self, stepper: Stepper, clock: Clock, stop: Stop):
        self.stepper, self.clock, self.stop = stepper, clock, stop

    def step(self, minibatch: Minibatch, group: int, closes: bool) -> Tensor:
        """See Stepper."""
        loss = self.stepper.step(minibatch, group, closes)
        if self.clock.step(minibatch.rows):
            self.stop.reason = "max_time"
        return loss

    def state(self) -> dict[str, Tensor]:
        """See Stepper."""
        return self.stepper.state()

    def load(self, state: Mapping[str, Tensor]) -> None:
        """See Stepper."""
        self.stepper.load(state)
