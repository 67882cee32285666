"""What one Lightning step does: train on a block of minibatches and, where it ends an epoch, validate."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from trainyard.config.seeds import stream_seed
from trainyard.data.minibatches import Minibatches, Rows
from trainyard.models import Model
from trainyard.training.accelerator import Device
from trainyard.training.blocks import Block, Blocks
from trainyard.training.evaluation import measure, outputs
from trainyard.training.member import Member
from trainyard.training.stepper import Stepper
from trainyard.training.stop import Stop


@dataclass
class Loop:
    """The training of one member, driven block by block.

    `on_epoch` is called after each epoch with the member, the model, the metrics of the epoch and whether it was the
    best so far; `on_step` after each block with the epoch (from 0) and the number of its minibatches done.
    """

    member: Member
    model: Model
    minibatches: Minibatches
    validation: Rows
    device: Device
    blocks: Blocks
    stop: Stop
    open_stepper: Callable[[], Stepper]
    on_step: Callable[[int, int], None]
    on_epoch: Callable[[Member, Model, dict[str, float], bool], None]

    def __post_init__(self) -> None:
        self.stepper: Stepper | None = None
        self.losses: list[Tensor] = []
        self.rows: list[int] = []
        self.rows_seen = 0

    def train_block(self, block: Block) -> None:
        """Train on the block; validate and decide on stopping where it is the last of its epoch."""
        if self.stepper is None:
            self.stepper = self.open_stepper()
        if block.start == 0:
            self._begin_epoch(block.epoch)
        started, done = time.perf_counter(), block.start
        for minibatch in self.minibatches.read(block.epoch, block.start, block.stop):
            group, closes = self._group(done)
            self.losses.append(self.stepper.step(minibatch, group, closes))
            self.rows.append(minibatch.rows)
            done += 1
            if self.stop.poll() or (closes and self._out_of_steps()):
                break
        self.blocks.measured(done - block.start, time.perf_counter() - started)
        self.on_step(block.epoch, done)
        if done == len(self.minibatches) or self.stop.reason is not None:
            self._end_epoch(block.epoch, whole=done == len(self.minibatches))

    def _begin_epoch(self, epoch: int) -> None:
        self.model.train()
        self.losses, self.rows = [], []
        seed_dropout(stream_seed(self.member.config.seed, "dropout", epoch), self.device.torch)

    def _group(self, done: int) -> tuple[int, bool]:
        """Return how many minibatches make the step that minibatch `done` belongs to, and whether it is their last."""
        accumulate = self.member.config.training.accumulate
        first = done - done % accumulate
        group = min(accumulate, len(self.minibatches) - first)
        return group, done - first == group - 1

    def _out_of_steps(self) -> bool:
        limit = self.member.config.training.max_steps
        if limit is not None and self.member.step >= limit:
            self.stop.reason = self.stop.reason or "max_steps"
            return True
        return False

    def _end_epoch(self, index: int, whole: bool) -> None:
        training, member = self.member.config.training, self.member
        member.epoch = epoch = index + 1
        self.rows_seen += sum(self.rows)
        last = training.max_epochs is not None and epoch >= training.max_epochs
        if whole and last:
            self.stop.reason = self.stop.reason or "max_epochs"
        metrics = self._training_metrics()
        best = False
        interrupted = self.stop.exit_code != 0 and bool(member.best_weights)
        if not interrupted and (epoch % training.validate_every == 0 or self.stop.reason is not None):
            metrics |= self._validate()
            best = member.record(epoch, metrics, self.model.network)
            if member.out_of_patience:
                self.stop.reason = self.stop.reason or "early_stopping"
        self.on_epoch(member, self.model, metrics, best)
        if not math.isfinite(metrics["train/loss"]):
            self.stop.reason = "diverged"
        if self.stop.reason is not None:
            self.model.trainer.should_stop = True
        self.model.train()

    def _training_metrics(self) -> dict[str, float]:
        losses = torch.stack(self.losses).double()
        rows = torch.tensor(self.rows, dtype=torch.float64, device=losses.device)
        mean = float((losses * rows).sum() / rows.sum())
        return {"train/loss": mean, "train/lr": self.stepper.learning_rate if self.stepper else math.nan}

    def _validate(self) -> dict[str, float]:
        batch_size = self.member.config.training.eval_batch_size
        return measure(self.model, outputs(self.model, self.validation, batch_size, self.device), "val")


def seed_dropout(seed: int, device: torch.device) -> None:
    """Seed the generator that dropout draws from on `device`; a hundredth of the cost of torch.manual_seed."""
    generator = torch.cuda.default_generators[device.index] if device.type == "cuda" else torch.default_generator
    generator.manual_seed(seed)
