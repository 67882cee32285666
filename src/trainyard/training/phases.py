"""How the time of a command is spent: a stopwatch that never stands still, read where one phase ends."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from trainyard.reports.text import table

PHASES = {  # phase -> what belongs to it
    "imports": "Python, Hydra, and what torch and Lightning took longer than the data",
    "compose": "the config from its choices, checked",
    "prepare": "the data, from the cache or made",
    "set up": "plan, run folder, journal, lineage",
    "first step": "rows to the device, weights, Trainer, one minibatch",
    "train": "all other minibatches, with journal and checkpoints",
    "validate": "metrics of the validation rows after each epoch",
    "evaluate": "metrics and predictions of the test rows",
    "package": "the model, so that it can be loaded",
    "report": "plots that were not drawn yet",
    "MLflow": "until the mirror had written everything",
    "operators": "recorded once more, apart from the training",
    "rest": "what is left",
}
_FIRST_LOOK = time.perf_counter()  # where the system does not tell when a process began


class Phases:
    """The seconds of each phase.

    A mark gives the time since the mark before to one phase, so that all of them add up to the time since the start,
    and costs no more than a look at the clock: training makes one after each block of minibatches.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter, *, elapsed: float = 0.0):
        self.seconds: dict[str, float] = dict.fromkeys(PHASES, 0.0)
        self._clock, self._last = clock, clock() - elapsed

    @classmethod
    def of_process(cls) -> Self:
        """Return a stopwatch that has been running since this process began."""
        return cls(elapsed=process_seconds())

    def mark(self, phase: str) -> None:
        """Give what has passed since the last mark to a phase of PHASES."""
        now = self._clock()
        self.seconds[phase] += now - self._last
        self._last = now

    @property
    def total(self) -> float:
        """The seconds from the start to the last mark."""
        return sum(self.seconds.values())

    def lines(self) -> list[str]:
        """Return a table of the phases that there were, with seconds and shares."""
        rows = [("phase", "seconds", "share", "")]
        for phase, seconds in self.seconds.items():
            if seconds:
                share = f"{seconds / self.total:.1%}"
                rows.append((phase, f"{seconds:.3f}", share, PHASES[phase]))
        rows.append(("all", f"{self.total:.3f}", "100.0%", "the command until now"))
        return table(rows, right=(1, 2), cut=3)


def process_seconds() -> float:
    """Return how long this process has been running, in seconds; on Linux to a hundredth from its very beginning.

    Elsewhere it is counted from the import of this module.
    """
    if sys.platform != "linux":
        return time.perf_counter() - _FIRST_LOOK
    ticks = int(Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
