"""How many times as fast one piece of work is as another, by what they took in the same rounds."""

import statistics
from dataclasses import dataclass
from typing import Self

from trainyard.benchmark.timing import Timing

FEWEST = 3  # rounds that anything can be said from
LEAST = 1.02  # below, it is not worth a word


@dataclass(frozen=True)
class Ratio:
    """The speed of one piece of work over that of another in each round; 2 is twice as fast."""

    rounds: tuple[float, ...]

    @classmethod
    def of(cls, work: Timing, baseline: Timing) -> Self:
        """Return the ratio of two pieces that were measured in turns by `alternate`."""
        return cls(tuple(other / own for own, other in zip(work.seconds, baseline.seconds, strict=True)))

    @property
    def median(self) -> float:
        """Return the median of the rounds."""
        return statistics.median(self.rounds)

    @property
    def spread(self) -> tuple[float, float]:
        """Return the quartiles of the rounds, between which half of them lie; those of too few are zero and infinity.
        """
        if len(self.rounds) < FEWEST:
            return 0.0, float("inf")
        low, _, high = statistics.quantiles(self.rounds, n=4, method="inclusive")
        return low, high

    @property
    def faster(self) -> bool:
        """Whether the first piece is faster by more than the spread: in three quarters of the rounds, and by a little.
        """
        return self.spread[0] > 1 and self.median >= LEAST
