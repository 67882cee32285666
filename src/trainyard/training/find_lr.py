"""The learning-rate finder: a short training whose learning rate rises with each step (Smith, 2017)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor

from trainyard.config.schema.optimization import Constant
from trainyard.data.rows import Minibatch
from trainyard.training.fit import fit
from trainyard.training.member import Member
from trainyard.training.plan import Plan
from trainyard.training.stepper import Stepper
from trainyard.training.stop import Stop

EARLIEST_END = 10  # steps before which no divergence is believed
DIVERGED = 4.0  # times the least loss so far
MEMORY = 0.9  # of the running mean that divergence is seen by
CAP = 2.0  # times the largest of the first losses
SMOOTHING = 3.0  # deviation, in steps, of the bell that losses are averaged with


@dataclass(frozen=True)
class LearningRates:
    """What came of each step: its learning rate, its loss and that loss smoothed; and the rate to take, None for none.

    `diverged` says whether the ramp was cut short by a loss that grew.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smoothed: tuple[float, ...]
    suggestion: float | None
    diverged: bool


def find_learning_rate(plan: Plan, *, lowest: float, highest: float, steps: int) -> LearningRates:
    """Train the plan's model for `steps` steps while the learning rate rises by a constant factor, and read off a rate.

    Everything but the learning rate is as in the training itself: data, order, accumulation, clipping, precision. The
    suggestion is where the smoothed loss falls most steeply before its minimum.
    """
    training = replace(
        plan.config.training, max_epochs=None, max_time=None, max_steps=steps, patience=None, validate_every=10**9,
        restore_best=False, block=1,
    )  # fmt: skip
    config = replace(
        plan.config, training=training, optimizer=replace(plan.config.optimizer, lr=lowest), schedule=Constant()
    )
    stop, ramp = Stop(), Ramp(lowest, highest, steps)
    fit(
        replace(plan, config=config, total_steps=steps), stop,
        wrap_stepper=lambda stepper, member: RampStepper(stepper, member, ramp, stop),
    )  # fmt: skip
    losses = [loss for loss in ramp.losses if math.isfinite(loss)]
    rates = [ramp.rate(step) for step in range(len(losses))]
    smoothed = smooth(losses)
    place = steepest_descent(smoothed)
    return LearningRates(
        tuple(rates), tuple(losses), tuple(smoothed), None if place is None else rates[place], ramp.diverged
    )


class Ramp:
    """A learning rate that rises from `lowest` to `highest` in `steps` steps, and the losses that it led to."""

    def __init__(self, lowest: float, highest: float, steps: int):
        self.lowest, self.factor = lowest, (highest / lowest) ** (1 / max(1, steps - 1))
        self.losses: list[float] = []
        self.diverged = False
        self._mean, self._least = 0.0, math.inf

    def rate(self, step: int) -> float:
        """Return the learning rate of a step, from 0."""
        return float(self.lowest * self.factor**step)

    def record(self, loss: float) -> None:
        """Take in the loss of a step, and see whether it diverges."""
        self.losses.append(loss)
        count = len(self.losses)
        self._mean = MEMORY * self._mean + (1 - MEMORY) * loss
        mean = self._mean / (1 - MEMORY**count)
        self.diverged = not math.isfinite(loss) or (count > EARLIEST_END and mean > DIVERGED * self._least)
        self._least = min(self._least, mean)


class RampStepper:
    """Another stepper's steps, at the learning rates of a ramp; ends the training where the loss diverges.

    The member's factor of a plateau, which comes on top of any schedule, is what raises the rate.
    """

    def __init__(self, stepper: Stepper, member: Member, ramp: Ramp, stop: Stop):
        self.stepper, self.member, self.ramp, self.stop = stepper, member, ramp, stop
        self._group: list[Tensor] = []

    def step(self, minibatch: Minibatch, group: int, closes: bool) -> Tensor:
        """See Stepper."""
        self.member.plateau_factor = self.ramp.rate(self.member.step) / self.ramp.lowest
        loss = self.stepper.step(minibatch, group, closes)
        self._group.append(loss)
        if closes:
            self.ramp.record(sum(each.item() for each in self._group) / len(self._group))
            self._group = []
            if self.ramp.diverged:
                self.stop.reason = "diverged"
        return loss

    def state(self) -> dict[str, Tensor]:
        """See Stepper."""
        return self.stepper.state()

    def load(self, state: Mapping[str, Tensor]) -> None:
        """See Stepper."""
        self.stepper.load(state)


def smooth(losses: Sequence[float]) -> list[float]:
    """Return each loss as the mean of its neighbors, weighed by a bell that is centered on its step.

    Losses count for no more than twice the largest of the first steps: those of a divergence would reach far back.
    """
    if not losses:
        return []
    capped = np.minimum(losses, CAP * max(losses[:EARLIEST_END]))
    reach = math.ceil(3 * SMOOTHING)
    bell = np.exp(-0.5 * np.square(np.arange(-reach, reach + 1) / SMOOTHING))
    weight = np.convolve(np.ones(len(losses)), bell)[reach : reach + len(losses)]
    summed = np.convolve(capped, bell)[reach : reach + len(losses)]
    smoothed: list[float] = (summed / weight).tolist()
    return smoothed


def steepest_descent(smoothed: Sequence[float]) -> int | None:
    """Return the step before the least loss at which the losses fall most steeply; None where they do not fall."""
    lowest = int(np.argmin(smoothed)) if smoothed else 0
    if lowest < 2:
        return None
    return int(np.argmin(np.gradient(np.array(smoothed[: lowest + 1]))))
