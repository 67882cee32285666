"""Measures alternatives in turn, A B C A B C ..., and compares them round by round.

Machines drift and are shared, so an absolute time means little. Every round runs each side once; a ratio is the median
over the rounds of the ratios within a round.
"""

import json
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from trainyard.benchmark import timing

Measured = Mapping[str, Sequence[float]]  # side -> seconds of each round


@dataclass(frozen=True)
class Claim:
    """A ratio that is promised: speed of `side` over speed of `baseline`, or cost over cost where `cost`."""

    name: str
    side: str
    baseline: str
    bound: float
    cost: bool = False


@dataclass(frozen=True)
class Result:
    """A claim with what was measured; spread is the smallest and the largest ratio of a round."""

    claim: Claim
    ratio: float
    spread: tuple[float, float]
    rounds: int

    @property
    def met(self) -> bool:
        """Whether the promise is kept."""
        return self.ratio <= self.claim.bound if self.claim.cost else self.ratio >= self.claim.bound


def alternate(sides: Mapping[str, Callable[[], float | None]], rounds: int, warmups: int = 1) -> Measured:
    """Run every side once a round and return the seconds of each; a side may return its own seconds."""
    work = {name: partial(timed, run) for name, run in sides.items()}
    timings = timing.alternate(work, repeats=rounds, budget=math.inf, warm_ups=warmups)
    return {name: each.seconds for name, each in timings.items()}


def timed(run: Callable[[], float | None]) -> timing.Seconds | None:
    """Run a side and return its own seconds, None where it has none."""
    own = run()
    return None if own is None else timing.Seconds(own)


def void(value: object) -> None:
    """Return nothing, so that a side is timed from outside."""
    del value


def judge(claims: Sequence[Claim], measured: Measured) -> list[Result]:
    """Return each claim with its ratio: baseline seconds over side seconds, the other way round for a cost."""
    results = []
    for claim in claims:
        pairs = list(zip(measured[claim.side], measured[claim.baseline], strict=True))
        ratios = [side / baseline if claim.cost else baseline / side for side, baseline in pairs]
        results.append(Result(claim, statistics.median(ratios), (min(ratios), max(ratios)), len(ratios)))
    return results


def tell(title: str, measured: Measured, results: Sequence[Result], notes: Sequence[str] = ()) -> str:
    """Return a table of medians and claims."""
    lines = [f"\n{title}"]
    width = max(len(name) for name in measured)
    for name, seconds in sorted(measured.items(), key=lambda item: statistics.median(item[1])):
        median, low, high = (1e3 * value for value in (statistics.median(seconds), min(seconds), max(seconds)))
        lines.append(f"  {name:<{width}}  {median:12,.3f} ms   ({low:,.3f} to {high:,.3f})")
    for result in results:
        sign = "<=" if result.claim.cost else ">="
        word = "met" if result.met else "NOT MET"
        low, high = result.spread
        lines.append(
            f"  {result.claim.name}: {result.ratio:.3g} ({low:.3g} to {high:.3g} in {result.rounds} rounds), "
            f"promised {sign} {result.claim.bound:g}: {word}"
        )
    return "\n".join([*lines, *(f"  {note}" for note in notes)])


def save(path: Path, sections: Mapping[str, tuple[Measured, Sequence[Result]]]) -> None:
    """Write everything that was measured as JSON."""
    content = {
        title: {
            "seconds": {name: list(seconds) for name, seconds in measured.items()},
            "claims": [{**asdict(result.claim), "ratio": result.ratio, "met": result.met} for result in results],
        }
        for title, (measured, results) in sections.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
