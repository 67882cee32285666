"""The project's own training path: Lightning, blocks, and at each epoch's end validation, journal and best weights."""

import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from trainyard.benchmark.case import Case
from trainyard.benchmark.engines import Spec
from trainyard.benchmark.gate import Gate
from trainyard.benchmark.settled import settle
from trainyard.data.rows import Minibatch
from trainyard.models import Model
from trainyard.tracking.journal import Journal
from trainyard.training.checkpoint import Checkpoints
from trainyard.training.fit import fit
from trainyard.training.member import Member
from trainyard.training.stepper import Stepper
from trainyard.training.stop import Stop


class OwnEngine:
    """Fits the plan as `python train.py` does, each epoch into a journal, with checkpoints when they are due."""

    def __init__(self, spec: Spec):
        self.spec = spec
        torch.set_num_threads(spec.threads)

    def facts(self) -> dict[str, Any]:
        """Return the versions that it rests on."""
        return {"versions": {"torch": torch.__version__, "pytorch-lightning": version("pytorch-lightning")}}

    def check(self, case: Case) -> list[float]:
        """See Engine. The path is that of the turns; only the losses are noted on the way."""
        losses: list[Tensor] = []
        plan = settle(case, self.spec, case.checked_rows(), max_steps=case.checked)
        fit(plan, wrap_stepper=lambda stepper, _member: NotingStepper(stepper, losses))
        return [float(loss) for loss in losses]

    def train(self, case: Case, gate: Gate) -> None:
        """See Engine. A turn lasts from the end of an epoch, with all that belongs to it, to that of the next."""
        plan, stop = settle(case, self.spec, case.rows), Stop()
        if not gate.open():
            return
        with tempfile.TemporaryDirectory(dir=case.folder) as folder:
            journal = Journal.create(Path(folder), kind="run", experiment="benchmark", name=self.spec.name)

            def on_epoch(member: Member, model: Model, metrics: dict[str, float], best: bool) -> None:
                del model, best
                journal.metrics(metrics, step=member.epoch)
                gate.close()
                if not gate.open():
                    stop.reason = "benchmark"

            checkpoints = Checkpoints(Path(folder), plan.config.training, journal.flush)
            fit(plan, stop, checkpoints=checkpoints, on_epoch=on_epoch)
            journal.end("FINISHED")


class NotingStepper:
    """Another stepper's steps, with their losses noted."""

    def __init__(self, stepper: Stepper, losses: list[Tensor]):
        self.stepper, self.losses = stepper, losses

    def step(self, minibatch: Minibatch, group: int, closes: bool) -> Tensor:
        """See Stepper."""
        loss = self.stepper.step(minibatch, group, closes)
        self.losses.append(loss.clone())
        return loss

    def state(self) -> dict[str, Tensor]:
        """See Stepper."""
        return self.stepper.state()

    def load(self, state: Mapping[str, Tensor]) -> None:
        """See Stepper."""
        self.stepper.load(state)
