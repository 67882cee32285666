"""A sweep: its members under one parent, in folders and in MLflow, with one mirror and one reporter for all."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trainyard.config.metric_names import monitor_direction
from trainyard.config.root import project_root
from trainyard.config.schema import Config
from trainyard.config.secrets import mask_text, masked_overrides
from trainyard.config.text import to_dict
from trainyard.files import json_text, write_text
from trainyard.tracking.journal import Journal, Status
from trainyard.training.companions import Companions
from trainyard.training.result import RunResult, point_latest

STOPPED = (130, 143)


@dataclass(frozen=True)
class Member:
    """One run of a sweep: what was chosen for it and how it ended."""

    overrides: tuple[str, ...]
    result: RunResult

    @property
    def choices(self) -> tuple[str, ...]:
        """Its overrides but for the seed: members of equal choices are repeats of each other."""
        return tuple(override for override in self.overrides if not override.startswith("seed="))


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
    def id(self) -> str:
        """The run id of the parent."""
        return self.journal.id

    def add(self, overrides: Sequence[str], result: RunResult) -> None:
        """Take in how a member ended."""
        self.members.append(Member(tuple(overrides), result))

    def add_failed(self, overrides: Sequence[str], folder: Path, error: BaseException) -> None:
        """Take in a member that could not begin or did not reach its end."""
        if isinstance(error, KeyboardInterrupt):
            self.add(overrides, RunResult(folder, "KILLED", 130, {}, None, "stopped by Ctrl-C"))
        else:
            self.add(overrides, RunResult(folder, "FAILED", 1, {}, None, mask_text(str(error))))

    def ranked(self) -> list[Member]:
        """Return the members that finished, the best first."""
        good = [m for m in self.members if m.result.status == "FINISHED" and m.result.monitor_value is not None]
        worst_first = monitor_direction(self.config) == "max"
        return sorted(good, key=lambda member: member.result.monitor_value or 0.0, reverse=worst_first)

    def spread(self, ranked: Sequence[Member]) -> dict[str, float]:
        """Return mean/<metric> and std/<metric> over the repeats, by seed, of the best choices."""
        repeats = [member.result.metrics for member in ranked if member.choices == ranked[0].choices]
        if len(repeats) < 2:
            return {}
        columns = {name: [row[name] for row in repeats] for name in repeats[0] if name.startswith("test/")}
        return {
            "members/seeds": len(repeats),
            **{f"mean/{name}": statistics.fmean(values) for name, values in columns.items()},
            **{f"std/{name}": statistics.stdev(values) for name, values in columns.items()},
        }

    def as_dict(self, metrics: dict[str, float]) -> dict[str, object]:
        """Return the sweep as it is kept in sweep.json."""
        return {
            "monitor": self.config.training.monitor,
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


def end_sweep(sweep: Sweep) -> None:
    """Write what came of the sweep, wait for MLflow for a moment and tell it."""
    ranked = sweep.ranked()
    results = [member.result for member in sweep.members]
    metrics: dict[str, float] = {
        "members/good": len(ranked), "members/failed": sum(result.status == "FAILED" for result in results),
    }  # fmt: skip
    if ranked:
        best = ranked[0].result
        metrics |= {name: value for name, value in best.metrics.items() if not name.startswith("trained/")}
        metrics |= sweep.spread(ranked)
        sweep.journal.tags({"best.run_folder": str(best.folder), "best.overrides": " ".join(ranked[0].overrides)})
        point_latest(best.folder, sweep.folder.parent.parent)
    if failed := [result for result in results if result.status == "FAILED"]:
        told = [f"{result.folder.name}: {result.error}" for result in failed]
        sweep.journal.tags({"trainyard.failed_members": "\n".join(told)})
    sweep.journal.metrics(metrics, step=0)
    write_text(sweep.folder / "sweep.json", json_text(sweep.as_dict(metrics)))
    sweep.journal.artifact(sweep.folder / "sweep.json")
    stopped = any(result.exit_code in STOPPED for result in results)
    status: Status = "KILLED" if stopped else "FINISHED" if ranked else "FAILED"
    sweep.journal.end(status, None if ranked else "no member finished")
    complete = sweep.companions.drain()
    sweep.companions.close()
    from trainyard.training.narrate import mlflow_text, sweep_text

    mlflow = mlflow_text(sweep.config.tracking, sweep.name, complete, sweep.companions.problem)
    print(sweep_text(sweep, metrics, mlflow), flush=True)
