"""Training on rows that lie in memory, silent; what torch was set to is set so again. Nothing is written unasked."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from trainyard.config.schema.run import Config
from trainyard.data.prepared import Prepared
from trainyard.estimators.going_on import afresh, check_weights
from trainyard.estimators.tracked import leave_run
from trainyard.models import Model
from trainyard.training.accelerator import check_accelerator
from trainyard.training.fit import Fitted, fit
from trainyard.training.loop import Loop
from trainyard.training.member import Member
from trainyard.training.plan import Plan, plan_run
from trainyard.training.result import Asked
from trainyard.training.state import State
from trainyard.training.stop import Stop

OnEpoch = Callable[[dict[str, float]], bool]


@dataclass(frozen=True)
class Training:
    """A training that has ended: what was planned and fitted, the state to go on from, and the folder of its run."""

    plan: Plan
    fitted: Fitted
    state: State
    matched: tuple[str, ...]  # weights that were taken over
    run: Path | None = None


def train(
    config: Config, prepared: Prepared, on_epoch: OnEpoch, *, going_on: State | None = None,
    weights: Mapping[str, Tensor] | None = None, tracked_as: Asked | None = None,
) -> Training:  # fmt: skip
    """Train on prepared rows, from the start or `going_on` from a state, and return what came of it.

    `on_epoch` is given the metrics of each epoch and says whether that was the last one. Of `weights`, those whose
    names and shapes the network has are what it begins with. With `tracked_as` the training leaves a run. Raises
    ConfigError, DataError or NetworkError.
    """
    fitting = Fitting(on_epoch, going_on, weights or {})
    with as_before():
        plan = plan_run(config, prepared, check_accelerator(config.accelerator))
        if going_on is not None:
            check_weights(plan, going_on)
        run = None if tracked_as is None else leave_run(plan, fitting, tracked_as)
        fitted = fitting(plan, Stop()) if run is None else fitting.fitted
        state = fitting.loop.state()
    kept = {name: tensor.detach().to("cpu", copy=True) for name, tensor in state.tensors.items()}
    return Training(plan, fitted, afresh(State(kept, state.values)), fitting.matched, run)


class Fitting:
    """Fits a plan, from weights or a state that are at hand, and keeps what came of it."""

    fitted: Fitted
    loop: Loop
    matched: tuple[str, ...]  # weights that were taken over

    def __init__(self, on_epoch: OnEpoch, going_on: State | None, weights: Mapping[str, Tensor]):
        self.on_epoch, self.going_on, self.weights = on_epoch, going_on, weights

    def __call__(
        self, plan: Plan, stop: Stop, *, resumed: None = None, on_epoch: Callable[..., None] | None = None, **more: Any
    ) -> Fitted:
        """Do the work of training.fit.fit, with its arguments; `on_epoch` is called before that of the estimator."""
        del resumed

        def tell(member: Member, model: Model, metrics: dict[str, float], best: bool) -> None:
            if on_epoch is not None:
                on_epoch(member, model, metrics, best)
            if self.on_epoch(metrics):
                stop.reason = stop.reason or "callback"

        self.fitted = fit(
            plan, stop, resumed=self.going_on, on_epoch=tell, on_open=self._open, spare_lightning=True, **more
        )
        return self.fitted

    def _open(self, loop: Loop) -> None:
        self.loop, self.matched = loop, take_over(self.weights, loop.model.network)


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
