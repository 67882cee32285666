"""Training on rows that lie in memory: silent, nothing is written, and what torch was set to is set so again."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from trainyard.config.schema import Config
from trainyard.data.prepared import Prepared
from trainyard.models import Model
from trainyard.training.accelerator import check_accelerator
from trainyard.training.fit import Fitted, fit
from trainyard.training.loop import Loop
from trainyard.training.member import Member
from trainyard.training.plan import Plan, plan_run
from trainyard.training.state import BEST, LOSSES, State
from trainyard.training.stop import Stop

OnEpoch = Callable[[dict[str, float]], bool]


@dataclass(frozen=True)
class Training:
    """A training that has ended: what was planned and fitted, and the state to go on from."""

    plan: Plan
    fitted: Fitted
    state: State
    matched: tuple[str, ...]  # weights that were taken over


def train(
    config: Config, prepared: Prepared, on_epoch: OnEpoch, *, going_on: State | None = None,
    weights: Mapping[str, Tensor] | None = None,
) -> Training:  # fmt: skip
    """Train on prepared rows, from the start or `going_on` from a state, and return what came of it.

    `on_epoch` is given the metrics of each epoch and says whether that was the last one. Of `weights`, those whose
    names and shapes the network has are what it begins with. Raises ConfigError, DataError or NetworkError.
    """
    stop = Stop()
    opened: list[Loop] = []
    matched: tuple[str, ...] = ()

    def open_with(loop: Loop) -> None:
        nonlocal matched
        opened.append(loop)
        matched = take_over(weights or {}, loop.model.network)

    def tell(member: Member, model: Model, metrics: dict[str, float], best: bool) -> None:
        del member, model, best
        if on_epoch(metrics):
            stop.reason = stop.reason or "callback"

    with as_before():
        plan = plan_run(config, prepared, check_accelerator(config.accelerator))
        fitted = fit(plan, stop, resumed=going_on, on_epoch=tell, on_open=open_with, spare_lightning=True)
        state = opened[0].state()
    kept = {name: tensor.detach().to("cpu", copy=True) for name, tensor in state.tensors.items()}
    return Training(plan, fitted, afresh(State(kept, state.values)), matched)


def further(config: Config, state: State) -> Config:
    """Return the config of a training that goes on from a state for as long as `config` asks for."""
    training = config.training
    epochs, steps = training.max_epochs, training.max_steps
    return replace(config, training=replace(
        training, max_epochs=None if epochs is None else epochs + int(state.values["epoch"]),
        max_steps=None if steps is None else steps + int(state.values["step"]),
    ))  # fmt: skip


def afresh(state: State) -> State:
    """Return a state that knows of no validation yet and begins with an epoch, so that other rows may follow."""
    tensors = {name: tensor for name, tensor in state.tensors.items() if not name.startswith((f"{BEST}/", LOSSES))}
    nothing = {"history": [], "best_value": None, "best_epoch": 0, "validations_without_improvement": 0,
               "plateau_factor": 1.0, "plateau_wait": 0, "minibatch": 0, "seconds": 0.0,
               "epoch_index": state.values["epoch"]}  # fmt: skip
    return State(tensors, {**state.values, **nothing})


@torch.no_grad()
def take_over(weights: Mapping[str, Tensor], network: nn.Module) -> tuple[str, ...]:
    """Copy the weights whose names and shapes a network has into it, and return their names."""
    own = network.state_dict()
    matched = tuple(name for name, tensor in weights.items() if name in own and own[name].shape == tensor.shape)
    for name in matched:
        own[name].copy_(weights[name])
    return matched


@contextmanager
def as_before() -> Iterator[None]:
    """Leave the number of threads and the state of torch's generator as they were."""
    threads, random = torch.get_num_threads(), torch.get_rng_state()
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_rng_state(random)
