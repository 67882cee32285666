"""A sweep: its members under one parent, in folders and in MLflow, with one mirror and one reporter for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trainyard.config.metric_names import Direction, monitor_direction
from trainyard.config.root import project_root
from trainyard.config.schema.run import Config
from trainyard.config.secrets import masked_overrides
from trainyard.config.text import to_dict
from trainyard.files import json_text, write_text
from trainyard.tracking.journal import Journal, Status
from trainyard.training.companions import Companions
from trainyard.training.narrate_sweep import mlflow_text, sweep_text
from trainyard.training.out_of_fold import write_out_of_fold
from trainyard.training.result import Parent, RunResult, point_latest
from trainyard.training.standings import Choice, Member, rank_choices, rank_members


@dataclass
class Sweep:
    """A sweep that has begun."""

    folder: Path
    name: str
    config: Config
    journal: Journal
    companions: Companions
    members: list[Member] = field(default_factory=list)

    @property
    def parent(self) -> Parent:
        """What the members have to know of it."""
        return Parent(self.journal.id, self.folder, self.companions)

    @property
    def direction(self) -> Direction:
        """Whether less or more of training.monitor is better."""
        return monitor_direction(self.config)

    @property
    def folds(self) -> int | None:
        """The folds of a cross-validation, whose choices are compared by their means; None where it is none."""
        return self.config.dataset.folds

    def add(self, number: int, overrides: Sequence[str], result: RunResult) -> None:
        """Take in how the member of a number ended."""
        self.members.append(Member(number, tuple(overrides), result))
        self.members.sort(key=lambda member: member.number)

    def ranked(self) -> list[Member]:
        """Return the members that finished, the best first; of a cross-validation those of the best choice first."""
        if self.folds is None:
            return rank_members(self.members, self.direction)
        return [member for choice in self.choices() for member in choice.members]

    def choices(self) -> list[Choice]:
        """Return what was chosen, with the members that finished, the best mean first."""
        return rank_choices(self.members, self.direction)

    def metrics(self) -> dict[str, float]:
        """Return what the parent shows: how many members ended how, and the best one or the best mean over folds."""
        statuses = [member.result.status for member in self.members]
        ranked = self.ranked()
        metrics: dict[str, float] = {
            "members/good": len(ranked), "members/failed": statuses.count("FAILED"),
            "members/killed": statuses.count("KILLED"),
        }  # fmt: skip
        if not ranked:
            return metrics
        alike = next(choice for choice in self.choices() if choice.words == ranked[0].choices)
        if self.folds is not None:
            return metrics | {"members/repeats": len(alike.members)} | alike.spread("test/", "best/")
        metrics |= {name: value for name, value in ranked[0].result.metrics.items() if not name.startswith("trained/")}
        seeds = {"members/seeds": len(alike.members)} if len(alike.members) > 1 else {}
        return metrics | seeds | alike.spread("test/")

    def as_dict(self, metrics: dict[str, float]) -> dict[str, object]:
        """Return the sweep as it is kept in sweep.json."""
        return {
            "monitor": self.config.training.monitor,
            "direction": self.direction,
            "folds": self.folds,
            "best": next((member.result.folder.name for member in self.ranked()), None),
            "metrics": metrics,
            "members": [
                {
                    "folder": member.result.folder.name, "overrides": list(member.overrides),
                    "status": member.result.status, "error": member.result.error,
                    "monitor_value": member.result.monitor_value, "metrics": member.result.metrics,
                }
                for member in self.members
            ],
        }  # fmt: skip


def begin_sweep(
    folder: Path, configs: Sequence[Config], *, overrides: Sequence[str], swept: Mapping[str, str], command: str
) -> Sweep:
    """Begin the sweep of `configs` in `folder`.

    `overrides` are as they were typed, and `swept` the values of those that set members apart.
    """
    first = configs[0]
    companions = Companions.start(folder, first.tracking, project_root())
    name = first.run_name or f"{first.dataset.name}-sweep-{folder.name.rsplit('-', 1)[-1]}"
    journal = Journal.create(folder, kind="sweep", experiment=first.experiment_name, name=name)
    masked = masked_overrides(overrides)
    journal.params({f"sweep/{key}": values for key, values in swept.items()})
    journal.tags({"sweep.members": str(len(configs)), "mlflow.source.name": command, **to_dict(first)["tags"]})
    write_text(folder / "overrides.txt", "".join(f"{text}\n" for text in masked))
    return Sweep(folder, name, first, journal, companions)


def end_sweep(sweep: Sweep, *, stopped: bool) -> None:
    """Write what came of the sweep, wait for MLflow for a moment and tell it; `stopped` where a signal ended it."""
    ranked, metrics = sweep.ranked(), sweep.metrics()
    files = [sweep.folder / "sweep.json"]
    if ranked:
        best = ranked[0].result
        sweep.journal.tags({"best.run_folder": str(best.folder), "best.overrides": " ".join(ranked[0].overrides)})
        point_latest(best.folder, sweep.folder.parent.parent)
    if lost := [member.result for member in sweep.members if member.result.status in ("FAILED", "KILLED")]:
        told = [f"{result.folder.name}: {result.error}" for result in lost]
        sweep.journal.tags({"trainyard.failed_members": "\n".join(told)})
    if ranked and sweep.folds is not None:
        measured, written = write_out_of_fold(sweep.folder, sweep.choices()[0].members, sweep.config.seed)
        metrics |= measured
        files += written
    sweep.journal.metrics(metrics, step=0)
    write_text(sweep.folder / "sweep.json", json_text(sweep.as_dict(metrics)))
    for file in [*files, *drawn(sweep)]:
        sweep.journal.artifact(file)
    status: Status = "KILLED" if stopped else "FINISHED" if ranked else "FAILED"
    sweep.journal.end(status, None if ranked else "no member finished")
    complete = sweep.companions.drain()
    sweep.companions.close()
    mlflow = mlflow_text(sweep.config.tracking, sweep.name, complete, sweep.companions.problem)
    print(sweep_text(sweep, metrics, mlflow), flush=True)


def drawn(sweep: Sweep) -> list[Path]:
    """Return the plots of the sweep as a whole; where they could not be drawn, say why."""
    if len(sweep.ranked()) < 2:
        return []
    sweep.companions.draw(sweep.folder)
    plots = sweep.companions.drawn()
    if isinstance(plots, str):
        print(plots, flush=True)
        return []
    return plots
