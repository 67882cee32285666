"""What one Lightning step does: train on a block of minibatches and, where it ends an epoch, validate."""

import contextlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from trainyard.config.seeds import stream_seed
from trainyard.data.minibatches import Minibatches
from trainyard.data.rows import Rows
from trainyard.models import Model
from trainyard.training.accelerator import Device
from trainyard.training.average import WeightAverage
from trainyard.training.blocks import Block, Blocks
from trainyard.training.callbacks import AFTER_VALIDATION, BEFORE_VALIDATION, call_hooks, show_metrics
from trainyard.training.checkpoint import Checkpoints
from trainyard.training.distributed import World
from trainyard.training.evaluation import measure, outputs
from trainyard.training.lightning import LightningModel
from trainyard.training.losses import Losses
from trainyard.training.member import Member
from trainyard.training.recording import random_state, set_random_state
from trainyard.training.schedule import Length
from trainyard.training.state import AVERAGE, BEST, LOSSES, RANDOM, WEIGHTS, State, named_weights, prefixed
from trainyard.training.stepper import Stepper, learning_rate
from trainyard.training.stop import Stop


@dataclass
class Loop:
    """The training of one member, driven block by block.

    `on_epoch` is called after each epoch with the member, the model, the metrics of the epoch and whether it was the
    best so far; `on_step` after each block with the epoch (from 0) and the number of its minibatches done. With
    `resumed` it goes on from a state.
    """

    member: Member
    module: LightningModel
    minibatches: Minibatches
    validation: Rows
    device: Device
    blocks: Blocks
    stop: Stop
    length: Length
    average: WeightAverage | None
    checkpoints: Checkpoints | None
    resumed: State | None
    open_stepper: Callable[[World], Stepper]
    on_step: Callable[[int, int], None]
    on_epoch: Callable[[Member, Model, dict[str, float], bool], None]

    def __post_init__(self) -> None:
        self.model = self.module.model
        self.stepper: Stepper | None = None
        self.world = World()
        state = self.resumed
        self.position = (0, 0) if state is None else (state.epoch, state.minibatch)  # to go on with
        self.rows_seen = 0 if state is None else int(state.values["rows_seen"])
        self.losses = Losses()
        self.started = time.monotonic()

    def train_block(self, block: Block) -> None:
        """Train on the block; validate and decide on stopping where it is the last of its epoch."""
        stepper = self._open()
        if block.start == 0:
            self._begin_epoch(block.epoch)
        started, done = time.perf_counter(), block.start
        for minibatch in self.minibatches.read(block.epoch, block.start, block.stop):
            group, closes = self._group(done)
            self.losses.append(stepper.step(self.world.part(minibatch), group, closes))
            done += 1
            if closes and self.average is not None:
                self.average.update()
            if self._stops(closes):
                break
            if closes and done < len(self.minibatches) and self._wants_state_at_step():
                self.position = (block.epoch, done)
                self._keep()
        self.blocks.measured(done - block.start, time.perf_counter() - started)
        self.position = (block.epoch, done)
        self.on_step(block.epoch, done)
        if done == len(self.minibatches) or self.stop.reason is not None:
            self._end_epoch(block.epoch, whole=done == len(self.minibatches))
        elif self.checkpoints is not None and self.checkpoints.due():
            self._keep()

    def state(self) -> State:
        """Return the training as it is, between two minibatches."""
        network, member = self.model.network, self.member
        tensors = prefixed(WEIGHTS, named_weights(network))
        if member.has_best:
            tensors |= prefixed(BEST, dict(zip(network.state_dict(), member.best_weights, strict=True)))
        if self.average is not None:
            tensors |= prefixed(AVERAGE, self.average.state())
        tensors |= {} if self.stepper is None else self.stepper.state()
        tensors[RANDOM] = random_state(self.device.torch)
        if self.losses:
            tensors[LOSSES] = self.losses.stacked()
        epoch, minibatch = self.position
        values = {
            **member.values(), "epoch_index": epoch, "minibatch": minibatch, "rows_seen": self.rows_seen,
            "seconds": self.seconds, "average_updates": 0 if self.average is None else self.average.updates,
        }  # fmt: skip
        return State(tensors, values)

    @property
    def seconds(self) -> float:
        """The time that was trained, with that before a resume."""
        before = 0.0 if self.resumed is None else float(self.resumed.values["seconds"])
        return before + time.monotonic() - self.started

    def _open(self) -> Stepper:
        """Return the stepper; where a training goes on, bring everything to where it was."""
        if self.stepper is None:
            trainer = self.module.trainer
            self.world = World(trainer.global_rank, trainer.world_size)
            self.stepper = self.open_stepper(self.world)
            if self.resumed is not None:
                self.stepper.load(self.resumed.tensors)
                self._restore(self.resumed)
        return self.stepper

    def _restore(self, state: State) -> None:
        if self.average is not None and (averages := state.part(AVERAGE)):
            self.average.load(averages, int(state.values["average_updates"]))
        if state.minibatch:
            self.model.train()
            self.losses = Losses(state.tensors[LOSSES].to(self.device.torch).unbind())
            set_random_state(self.device.torch, state.tensors[RANDOM])

    def _begin_epoch(self, epoch: int) -> None:
        if not all(module.training for module in self.model.modules()):  # train() takes three times as long as a look
            self.model.train()
        self.losses = Losses()
        stream = "dropout" if self.world.rank == 0 else f"dropout of process {self.world.rank}"
        seed_dropout(stream_seed(self.member.config.seed, stream, epoch), self.device.torch)

    def _group(self, done: int) -> tuple[int, bool]:
        """Return how many minibatches make the step that minibatch `done` belongs to, and whether it is their last."""
        accumulate = self.member.config.training.accumulate
        first = done - done % accumulate
        group = min(accumulate, len(self.minibatches) - first)
        return group, done - first == group - 1

    def _stops(self, closes: bool) -> bool:
        """Whether training ends after this minibatch; processes that share it agree after each step."""
        self.stop.poll()
        if not self.world.alone:
            if not closes:
                return False
            self.world.agree(self.stop, self.device.torch)
        return self.stop.reason is not None or (closes and self._out_of_steps())

    def _out_of_steps(self) -> bool:
        limit = self.member.config.training.max_steps
        if limit is not None and self.member.step >= limit:
            self.stop.reason = self.stop.reason or "max_steps"
            return True
        return False

    def _wants_state_at_step(self) -> bool:
        return self.checkpoints is not None and self.checkpoints.due_at_step(self.member.step)

    def _end_epoch(self, index: int, whole: bool) -> None:
        """Close an epoch, or the part of one that was trained before the training stopped.

        A state is kept where an uninterrupted training would be in it, too: before a validation that comes only from
        the stop, after one that had been due.
        """
        training, member = self.member.config.training, self.member
        epoch = index + 1
        if whole and training.max_epochs is not None and epoch >= training.max_epochs:
            self.stop.reason = self.stop.reason or "max_epochs"
        due = whole and epoch % training.validate_every == 0
        skipped = self.stop.exit_code != 0 and member.has_best  # a signal is answered at once
        if self.stop.reason is not None and (skipped or not due):
            self._keep()
        metrics = self._training_metrics()
        member.epoch = epoch
        self.rows_seen += sum(self.minibatches.sizes()[: len(self.losses)])
        best = False
        if not skipped and len(self.validation) and (due or self.stop.reason is not None):
            best = self._validate(epoch, metrics)
        elif member.config.callbacks:
            show_metrics(self.module.trainer, metrics)
        if not skipped:  # else the training that goes on tells of this epoch
            self.on_epoch(member, self.model, metrics, best)
        if not math.isfinite(metrics["train/loss"]):
            self.stop.reason = "diverged"
        elif (due and not skipped) or (whole and self.stop.reason is None):
            self._close_position(epoch)
        if self.stop.reason is not None:
            self.module.trainer.should_stop = True
        self.model.train()

    def _close_position(self, epoch: int) -> None:
        """Go on with the next epoch, and keep the state where the training ends or one is wanted."""
        self.position, self.losses = (epoch, 0), Losses()
        wanted = self.checkpoints is not None and (
            self.checkpoints.due() or self.checkpoints.due_at_epoch(epoch) or self._wants_state_at_step()
        )
        if self.stop.reason is not None or wanted:
            self._keep()

    def close(self) -> None:
        """Note who ended a training that the loop did not end itself, and keep its state."""
        if self.stop.reason is None:
            self.stop.reason = "callback"
            self._keep()

    def _keep(self) -> None:
        if self.checkpoints is not None:
            self.checkpoints.write(self.state())

    def _training_metrics(self) -> dict[str, float]:
        losses = self.world.mean(self.losses.stacked().double())
        sizes = self.minibatches.sizes()[: len(self.losses)]
        rows = torch.tensor(sizes, dtype=torch.float64, device=losses.device)
        mean = float((losses * rows).sum() / rows.sum())
        return {"train/loss": mean, "train/lr": learning_rate(self.member, self.length)}

    def _validate(self, epoch: int, metrics: dict[str, float]) -> bool:
        """Add the metrics of the validation part and take them into the history; whether they are the best."""
        trainer, called = self.module.trainer, bool(self.member.config.callbacks)
        call_hooks(trainer, self.module, BEFORE_VALIDATION if called else ())
        batch_size = self.member.config.training.eval_batch_size
        averaged = contextlib.nullcontext() if self.average is None else self.average.in_place()
        with averaged, self.device.passes.validation():
            metrics |= measure(self.model, outputs(self.model, self.validation, batch_size, self.device), "val")
            best = self.member.record(epoch, metrics, self.model.network)
        if self.member.out_of_patience:
            self.stop.reason = self.stop.reason or "early_stopping"
        if called:
            show_metrics(trainer, metrics)
            call_hooks(trainer, self.module, AFTER_VALIDATION)
        return best


def seed_dropout(seed: int, device: torch.device) -> None:
    """Seed the generator that dropout draws from on `device`; a hundredth of the cost of torch.manual_seed."""
    generator = torch.cuda.default_generators[device.index] if device.type == "cuda" else torch.default_generator
    generator.manual_seed(seed)
