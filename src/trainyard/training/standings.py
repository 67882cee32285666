"""How the members of a sweep compare: each by itself, or as repeats of one choice over folds and seeds."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from trainyard.config.metric_names import Direction
from trainyard.training.result import RunResult

REPEATED = ("seed=", "dataset.fold=")  # overrides that make repeats of one choice


@dataclass(frozen=True)
class Member:
    """One run of a sweep: what was chosen for it and how it ended."""

    number: int
    overrides: tuple[str, ...]
    result: RunResult

    @property
    def choices(self) -> tuple[str, ...]:
        """Its overrides but for seed and fold: members of equal choices are repeats of each other."""
        return tuple(override for override in self.overrides if not override.startswith(REPEATED))

    @property
    def is_good(self) -> bool:
        """Whether it finished, with a value to be compared by."""
        return self.result.status == "FINISHED" and self.result.monitor_value is not None

    @property
    def value(self) -> float:
        """The best value of training.monitor."""
        return self.result.monitor_value or 0.0


@dataclass(frozen=True)
class Choice:
    """What was chosen for several members alike, and those of them that are good."""

    words: tuple[str, ...]
    members: tuple[Member, ...]
    missing: int

    @property
    def values(self) -> list[float]:
        """The best values of training.monitor of its members."""
        return [member.value for member in self.members]

    def spread(self, *prefixes: str) -> dict[str, float]:
        """Return mean/<metric> and std/<metric> over two members or more, of metrics that begin with the prefixes."""
        rows = [member.result.metrics for member in self.members]
        names = [name for name in rows[0] if name.startswith(prefixes) and all(name in row for row in rows)]
        columns = {name: [row[name] for row in rows] for name in names} if len(rows) > 1 else {}
        return {
            **{f"mean/{name}": statistics.fmean(values) for name, values in columns.items()},
            **{f"std/{name}": statistics.stdev(values) for name, values in columns.items()},
        }


def rank_members(members: Sequence[Member], direction: Direction) -> list[Member]:
    """Return the good members, the best first."""
    good = [member for member in members if member.is_good]
    return sorted(good, key=lambda member: member.value, reverse=direction == "max")


def rank_choices(members: Sequence[Member], direction: Direction) -> list[Choice]:
    """Return the choices with a good member, the best mean first; those that miss a member come after the others."""
    words = dict.fromkeys(member.choices for member in members)
    found = []
    for each in words:
        alike = [member for member in members if member.choices == each]
        good = tuple(rank_members(alike, direction))
        if good:
            found.append(Choice(each, good, len(alike) - len(good)))
    sign = -1 if direction == "max" else 1
    return sorted(found, key=lambda choice: (choice.missing, sign * statistics.fmean(choice.values)))
