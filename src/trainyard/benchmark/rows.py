"""What was measured of one engine in one case, and whether it computed what the others did."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trainyard.benchmark.engines import Spec
from trainyard.benchmark.timing import Timing

LEFT_OUT = "left out, as it would take longer than there was time"


@dataclass(frozen=True)
class Row:
    """An engine in a case: `timing` of epochs of `rows` rows, None where `note` says why it was not measured.

    - losses: of the checked steps, in nats or what the model's loss is in
    - deviation: the largest difference of one from that of the other engines, as a part of it where it is above 1
    - memory: bytes at most beyond the idle process, on a GPU those that torch gave out; None where nobody can tell
    - wrong: whether the deviation is more than the engine's tolerance; such a row is not ranked
    """

    network: str
    batch_size: int
    spec: Spec
    rows: int
    timing: Timing | None = None
    losses: tuple[float, ...] = ()
    memory: int | None = None
    note: str = ""
    deviation: float | None = None
    wrong: bool = False

    @property
    def case(self) -> tuple[str, int]:
        """What rows are compared within: network and batch size."""
        return self.network, self.batch_size

    @property
    def ranked(self) -> bool:
        """Whether it was measured and computed what the others did."""
        return self.timing is not None and not self.wrong

    @property
    def speed(self) -> float:
        """Rows a second, of the median epoch."""
        return 0.0 if self.timing is None else self.rows / self.timing.median


def judged(rows: Sequence[Row]) -> list[Row]:
    """Return the rows of one case with their deviations.

    Each is held to the median of the engines that compute in 32 bits on the CPU, step by step, so that one that is
    wrong is outvoted; where there are two and they differ, both are wrong, as nobody knows which one is right.
    """
    held_to = [row.losses for row in rows if row.spec.exact and row.losses] or [row.losses for row in rows]
    steps = range(max((len(losses) for losses in held_to), default=0))
    expected = [median_of([losses[step] for losses in held_to if step < len(losses)]) for step in steps]
    return [judge(row, expected) for row in rows]


def median_of(losses: Sequence[float]) -> float:
    """Return the median of the losses that are numbers, NaN where none is."""
    finite = [loss for loss in losses if math.isfinite(loss)]
    return statistics.median(finite) if finite else math.nan


def judge(row: Row, expected: Sequence[float]) -> Row:
    """Return a row with its deviation from the expected losses; one that is missing or no number is infinitely far."""
    if not row.losses:
        return row
    apart = [abs(loss - other) / max(1.0, abs(other)) for loss, other in zip(row.losses, expected, strict=False)]
    complete = len(row.losses) == len(expected) and all(map(math.isfinite, apart))
    deviation = max(apart) if complete else math.inf
    wrong = deviation > row.spec.tolerance
    told = f"wrong: its losses are {deviation:.1e} from those of the others"
    return replace(row, deviation=deviation, wrong=wrong, note=told if wrong and not row.note else row.note)


def baseline(rows: Sequence[Row]) -> dict[tuple[str, int], Row]:
    """Return the rows that ratios are taken to, by case: of each network those of one engine.

    That is NumPy with one thread, else the first one that was ranked at all.
    """
    of_network: dict[str, Spec] = {}
    found: dict[tuple[str, int], Row] = {}
    for row in sorted(rows, key=lambda row: (row.spec.kind != "numpy", row.spec.threads)):
        if row.ranked and row.spec == of_network.setdefault(row.network, row.spec):
            found[row.case] = row
    return found


def fastest(rows: Sequence[Row]) -> Row | None:
    """Return the ranked row of the most rows a second, None where none is ranked."""
    return max((row for row in rows if row.ranked), key=lambda row: row.speed, default=None)
