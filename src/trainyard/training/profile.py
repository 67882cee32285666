"""Where the time of a run went: its phases, and the operators of a training."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.profiler import ProfilerActivity, profile

from trainyard.data.rows import Minibatch
from trainyard.files import json_text, write_text
from trainyard.training.console import Console
from trainyard.training.fit import fit
from trainyard.training.phases import Phases
from trainyard.training.plan import Plan
from trainyard.training.stepper import Stepper
from trainyard.training.stop import Stop

ROWS = 15
WARM_UP = 3  # minibatches, in which passes are recorded and memory is taken
MINIBATCHES, SECONDS = 100, 10.0  # at most: each event is held in memory
SHARED = "Operators of processes that share a training are not recorded; take accelerator=cpu or gpu to see them."


def wake_recorder() -> None:
    """Let torch's recorder set itself up: on another thread than the one that imported torch it complains on stderr."""
    with profile(activities=[ProfilerActivity.CPU]):
        pass


def tell_profile(plan: Plan, phases: Phases, folder: Path, console: Console) -> None:
    """Tell the phases of a run that is over and the dearest operators; keep them in profile.json and profile.txt."""
    operators, text = Operators([]), SHARED
    if plan.device.sharing == "alone":
        operators = record_operators(plan)
        text = operators.text
        write_text(folder / "profile.txt", text)
        phases.mark("operators")
    phases.mark("rest")
    console.say("\n".join(["", *phases.lines(), "", text]))
    kept = {"seconds": phases.total, "phases": phases.seconds, "operators": operators.rows}
    write_text(folder / "profile.json", json_text(kept))


@dataclass(frozen=True)
class Operators:
    """What was recorded: a table for a person, and for each operator its name, calls and seconds of its own."""

    rows: Sequence[Mapping[str, Any]]
    text: str = ""


def record_operators(plan: Plan) -> Operators:
    """Train the beginning of a plan once more, with a recorder, and return the operators, the dearest first.

    Recording slows a training down several times, so what is recorded is no part of the run: a copy of its first
    minibatches, and the validations between them, without callbacks, on the engine of the run.
    """
    gpu, stop = plan.device.torch.type == "cuda", Stop()
    activities = [ProfilerActivity.CPU, ProfilerActivity.CUDA] if gpu else [ProfilerActivity.CPU]
    recorder = profile(activities=activities)
    training = replace(plan.config.training, max_time=None)
    copy = replace(plan, config=replace(plan.config, training=training, callbacks={}, trainer={}))
    limit = plan.config.training.max_steps or plan.minibatches * (plan.config.training.max_epochs or MINIBATCHES)
    warm_up = min(WARM_UP, limit - 1)
    recorded: list[RecordedStepper] = []

    def record(stepper: Stepper, _member: object) -> Stepper:
        recorded.append(RecordedStepper(stepper, recorder, warm_up, stop))
        return recorded[0]

    fit(copy, stop, wrap_stepper=record, spare_lightning=True)
    if gpu:
        torch.cuda.synchronize(plan.device.torch)
    recorder.stop()
    order = "self_device_time_total" if gpu else "self_cpu_time_total"
    averages = recorder.key_averages()
    minibatches = recorded[0].steps - warm_up
    table = averages.table(sort_by=order, row_limit=ROWS, max_name_column_width=40)
    rows = sorted(
        ({"name": each.key, "calls": each.count, "seconds": getattr(each, order) / 1e6} for each in averages),
        key=lambda row: -row["seconds"],
    )
    return Operators(rows, f"Operators of {minibatches} minibatches and the validations between them\n{table}")


class RecordedStepper:
    """Another stepper's steps, recorded after a warm-up and ended after some."""

    def __init__(self, stepper: Stepper, recorder: profile, warm_up: int, stop: Stop):
        self.stepper, self.recorder, self.warm_up, self.stop = stepper, recorder, warm_up, stop
        self.steps = 0

    def step(self, minibatch: Minibatch, group: int, closes: bool) -> Tensor:
        """See Stepper."""
        if self.steps == self.warm_up:
            self.recorder.start()
            self.stop.limit(SECONDS)
        self.steps += 1
        if self.steps >= self.warm_up + MINIBATCHES:
            self.stop.reason = "max_steps"
        return self.stepper.step(minibatch, group, closes)

    def state(self) -> dict[str, Tensor]:
        """See Stepper."""
        return self.stepper.state()

    def load(self, state: Mapping[str, Tensor]) -> None:
        """See Stepper."""
        self.stepper.load(state)
