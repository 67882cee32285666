"""What a run needs to go on: its state, and a word on everything that is not as it was."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from trainyard.errors import ConfigError, DataError
from trainyard.lineage.code import Code
from trainyard.tracking.journal import status
from trainyard.training.checkpoint import newest_state
from trainyard.training.fit import nothing_left
from trainyard.training.member import Member
from trainyard.training.passes import PLAIN
from trainyard.training.plan import Plan
from trainyard.training.state import State


@dataclass(frozen=True)
class Resumed:
    """A run that goes on: its state, what a person should know of it, and the lineage that it had."""

    state: State
    notes: tuple[str, ...]
    lineage: dict[str, Any]

    @property
    def line(self) -> str:
        """Where it goes on, in a line."""
        step, epoch, minibatch = self.state.values["step"], self.state.epoch, self.state.minibatch
        within = f", after {minibatch} of its minibatches" if minibatch else ""
        return f"after step {step:,}, in epoch {epoch + 1}{within}"


def open_resumed(folder: Path, plan: Plan, warnings: Sequence[str]) -> Resumed:
    """Return the newest whole state of the run in `folder`, checked against the plan to go on with.

    Raises CheckpointError where there is none, DataError where the data are other ones, ConfigError where the run has
    finished and nothing is left to train.
    """
    lineage = _lineage(folder)
    check_data(plan, lineage, folder)
    state, damaged = newest_state(folder)
    check_not_over(plan, state, folder)
    notes = [f"{name} is damaged; an older checkpoint is taken" for name in damaged]
    return Resumed(state, (*notes, *warnings, *changed_environment(plan, lineage)), lineage)


def check_data(plan: Plan, lineage: dict[str, Any], folder: Path) -> None:
    """Raise DataError where the plan's rows are not those that the run was begun on."""
    digest = plan.prepared.digest
    before = lineage.get("data", {}).get("digest", digest)
    if before != digest:
        raise DataError(
            f"The data have changed since {folder.name} began: their digest was {before} and is {digest}. Bring them "
            f"back, or begin a new run with config={folder / 'config.yaml'}."
        )


def check_not_over(plan: Plan, state: State, folder: Path) -> None:
    """Raise ConfigError where a finished run has nothing left to train."""
    member = Member(plan.config)
    member.load(state.values)
    reason = nothing_left(member)
    if reason is not None and status(folder) == "FINISHED":
        more = "training.patience=..." if reason == "early_stopping" else f"training.{reason}=..."
        raise ConfigError(
            f"resume: {folder.name} has finished after {member.epoch} epochs and {member.step:,} steps ({reason}); to "
            f"train it for longer write {more} too"
        )


def changed_environment(plan: Plan, lineage: dict[str, Any]) -> list[str]:
    """Return a note for each thing that makes the last bits differ from a run that was not interrupted."""
    notes = []
    torch_before = lineage.get("environment", {}).get("packages", {}).get("torch", torch.__version__)
    if torch_before.partition("+")[0] != torch.__version__.partition("+")[0]:
        notes.append(f"torch is {torch.__version__}, and was {torch_before}")
    threads = lineage.get("device", {}).get("threads", plan.device.threads)
    if threads != plan.device.threads:
        notes.append(f"threads are {plan.device.threads}, and were {threads}")
    now = asdict(plan.device.passes)
    if lineage and now != lineage.get("device", {}).get("passes", asdict(PLAIN)):
        notes.append("this machine computes the passes of training in another way than before")
    return notes


def changed_code(lineage: dict[str, Any], code: Code | None) -> list[str]:
    """Return a note where the code is at another revision than when the run began."""
    before = (lineage.get("code") or {}).get("revision")
    now = None if code is None else code.revision
    return [f"the code is at {now[:10]}, and was at {before[:10]}"] if before and now and before != now else []


def _lineage(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / "lineage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
