"""Fitting: Lightning drives the loop, block by block."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.optim import Optimizer

from trainyard.config.duration import parse_duration
from trainyard.models import Model
from trainyard.training.alone import drive_alone, needs_no_lightning
from trainyard.training.average import WeightAverage
from trainyard.training.blocks import Blocks
from trainyard.training.checkpoint import Checkpoints
from trainyard.training.engine import open_stepper
from trainyard.training.fresh_memory import unfilled_memory
from trainyard.training.lightning import LightningModel
from trainyard.training.lightning_library import pl
from trainyard.training.loop import Loop
from trainyard.training.member import Member
from trainyard.training.optimizers import build_optimizer, optimizer_groups
from trainyard.training.plan import Plan
from trainyard.training.state import BEST, WEIGHTS, State
from trainyard.training.stepper import Stepper
from trainyard.training.stop import Stop
from trainyard.training.trainer import build_trainer, quiet_lightning

SHARED_BLOCK = 16  # minibatches: blocks of processes that share a training are alike, whatever their speed


@dataclass(frozen=True)
class Fitted:
    """What training leaves: the model with its final weights chosen, the member's history, why it stopped."""

    model: Model
    member: Member
    reason: str
    seconds: float
    rows: int


def _as_it_is(stepper: Stepper, member: Member) -> Stepper:
    del member
    return stepper


def _ignore_step(epoch: int, minibatch: int) -> None:
    del epoch, minibatch


def _ignore_epoch(member: Member, model: Model, metrics: dict[str, float], best: bool) -> None:
    del member, model, metrics, best


def _ignore_loop(loop: Loop) -> None:
    del loop


def fit(
    plan: Plan,
    stop: Stop | None = None,
    *,
    resumed: State | None = None,
    checkpoints: Checkpoints | None = None,
    plugins: Sequence[Any] = (),
    wrap_stepper: Callable[[Stepper, Member], Stepper] = _as_it_is,
    on_step: Callable[[int, int], None] = _ignore_step,
    on_epoch: Callable[[Member, Model, dict[str, float], bool], None] = _ignore_epoch,
    on_open: Callable[[Loop], None] = _ignore_loop,
    spare_lightning: bool = False,
) -> Fitted:
    """Train the plan's model and return it with its best weights, or its last ones where they were asked for.

    `on_step(epoch, minibatch)` is called after each block, `on_epoch(member, model, metrics, best)` after each epoch.
    `stop` ends the training between two minibatches. With `resumed` it goes on from a state, `checkpoints` keeps states
    of it, and `plugins` are Lightning's. `wrap_stepper` may put something around what does the work of a minibatch.
    `on_open` is given the loop before it begins. With `spare_lightning` its Trainer is made only for what needs it.
    """
    stop = stop or Stop()
    with unfilled_memory(plan):
        loop = open_loop(plan, stop, resumed, checkpoints, wrap_stepper, on_step, on_epoch)
    member, model, started = loop.member, loop.model, time.perf_counter()
    if plan.config.training.max_time is not None:
        stop.limit(parse_duration(plan.config.training.max_time) - loop.seconds)
    stop.reason = stop.reason or nothing_left(member)
    on_open(loop)
    if stop.reason is None and spare_lightning and needs_no_lightning(plan):
        with unfilled_memory(plan):
            drive_alone(loop)
    elif stop.reason is None:
        with quiet_lightning(), unfilled_memory(plan):
            folder = None if checkpoints is None else checkpoints.folder.parent / "lightning"
            _drive(build_trainer(plan, plugins, folder), loop.module, loop.blocks)
        loop.close()
    seconds = time.perf_counter() - started
    model.to(plan.device.torch)
    choose_weights(loop)
    if plan.device.passes.channels_last:
        model.put_channels_last(False)  # a packaged model computes so, and has to give the same numbers
    return Fitted(model, member, stop.reason or "max_epochs", seconds, loop.rows_seen)


def open_loop(
    plan: Plan, stop: Stop, resumed: State | None, checkpoints: Checkpoints | None,
    wrap_stepper: Callable[[Stepper, Member], Stepper],
    on_step: Callable[[int, int], None], on_epoch: Callable[[Member, Model, dict[str, float], bool], None],
) -> Loop:  # fmt: skip
    """Return the loop of a plan, its member and model at their start or as they were in `resumed`."""
    config, member = plan.config, Member(plan.config)
    module = LightningModel(plan.build_model())
    model = module.model
    if plan.device.precision == "bf16-true":
        model.input_dtype = torch.bfloat16
    if plan.device.passes.channels_last:
        model.put_channels_last(True)
    if config.training.compile:
        model.network.compile()
    minibatches = plan.open_training()
    start = (0, 0) if resumed is None else (resumed.epoch, resumed.minibatch)
    if resumed is not None:
        member.load(resumed.values)
        if plan.device.double:
            model.double()
        model.network.load_state_dict(resumed.part(WEIGHTS))
        if best := resumed.part(BEST):
            member.best_weights = [best[name] for name in model.network.state_dict()]
    length = config.training.block
    if config.callbacks and plan.engine == "reference":
        length = 1
    elif length == "auto" and plan.device.sharing != "alone":
        length = SHARED_BLOCK
    blocks = Blocks(len(minibatches), length, start)
    decay = config.training.average_decay
    loop = Loop(
        member, module, minibatches, plan.open_validation(), plan.device, blocks, stop, plan.length,
        None if decay is None else WeightAverage(model.network, decay), checkpoints, resumed,
        lambda world: wrap_stepper(
            open_stepper(
                plan.engine, module, member, plan.device, world, length=plan.length, sizes=minibatches.sizes()
            ), member,
        ), on_step, on_epoch,
    )  # fmt: skip
    module.make_optimizer = lambda: _optimizer(plan, model) if plan.engine == "reference" else None
    module.train_block = loop.train_block
    return loop


def nothing_left(member: Member) -> str | None:
    """Return why a training that would go on is over already; None where there is something left to train."""
    training = member.config.training
    if training.max_epochs is not None and member.epoch >= training.max_epochs:
        return "max_epochs"
    if training.max_steps is not None and member.step >= training.max_steps:
        return "max_steps"
    return "early_stopping" if member.out_of_patience else None


def choose_weights(loop: Loop) -> None:
    """Leave in the network what is to be tested: the best weights, or the last ones or their average."""
    if loop.member.config.training.restore_best and loop.member.has_best:
        loop.member.restore_weights(loop.model.network)
    elif loop.average is not None:
        loop.average.swap()


def _drive(trainer: pl.Trainer, module: LightningModel, blocks: Blocks) -> None:
    try:
        trainer.fit(module, train_dataloaders=blocks)
    except SystemExit:
        raise KeyboardInterrupt from None  # the second Ctrl-C, which Lightning turns into exit code 1


def _optimizer(plan: Plan, model: Model) -> Optimizer:
    """Return torch's optimizer; Lightning cannot clip for a fused one where the loss is scaled."""
    config = plan.config
    clipped_in_mixed = config.training.clip_norm is not None and plan.device.mixed
    fused = not clipped_in_mixed and plan.device.torch.type in ("cpu", "cuda") and plan.device.sharing != "fsdp"
    return build_optimizer(config.optimizer, optimizer_groups(model.network), fused=fused)
