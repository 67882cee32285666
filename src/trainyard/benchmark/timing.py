"""How long pieces of work take beside each other: alternating repeats, medians, spread, within a budget of time."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


class Seconds(float):
    """What a piece of work returns that has taken its own time, such as one that was done in another process."""


@dataclass(frozen=True)
class Timing:
    """The seconds that each repeat of one piece of work took, in the order in which they were measured."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the median in seconds."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        """Return the distance between the slowest and the fastest repeat as a share of the median."""
        return (max(self.seconds) - min(self.seconds)) / self.median if self.median else 0.0


def alternate(
    work: Mapping[str, Callable[[], object]],
    *,
    repeats: int,
    budget: float,
    synchronize: Callable[[], object] = lambda: None,
    clock: Callable[[], float] = time.perf_counter,
    warm_ups: int = 1,
) -> dict[str, Timing]:
    """Return the timing of every piece of work, measured in turns so that a slow moment of the machine hits all alike.

    Each piece runs `warm_ups` times unmeasured first. `synchronize` waits for the device before the clock is read; a
    piece that returns Seconds has read a clock of its own. No new round begins after `budget` seconds (the warm-up
    counts); the first round is always measured.
    """
    if repeats < 1:
        raise ValueError(f"repeats is {repeats}: at least one is needed")
    started = clock()
    for _ in range(warm_ups):
        for piece in work.values():
            piece()
    measured: dict[str, list[float]] = {name: [] for name in work}
    for done in range(repeats):
        if done and clock() - started >= budget:
            break
        for name, piece in work.items():
            synchronize()
            begun = clock()
            own = piece()
            synchronize()
            measured[name].append(float(own) if isinstance(own, Seconds) else clock() - begun)
    return {name: Timing(tuple(seconds)) for name, seconds in measured.items()}
