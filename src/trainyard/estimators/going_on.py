"""A training that goes on where an earlier one ended, on rows that may be others."""

from collections.abc import Mapping
from dataclasses import replace

from torch import Tensor

from trainyard.config.schema.run import Config
from trainyard.errors import ConfigError, NetworkError
from trainyard.training.plan import Plan
from trainyard.training.state import BEST, LOSSES, WEIGHTS, State

NEW = "Take a new estimator, with this one as its initial_weights."


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


def check_same(config: Config, before: Config) -> None:
    """Raise ConfigError where a training cannot go on with what the one `before` left of its optimizer."""
    choices = {
        "optimizer": (config.optimizer.name, before.optimizer.name),
        "accelerator.precision": (config.accelerator.precision, before.accelerator.precision),
    }
    faults = [f"{key}={now}: the last fit was with {then}, and its optimizer's memory is of no use to this one. {NEW}"
              for key, (now, then) in choices.items() if now != then]  # fmt: skip
    if faults:
        raise ConfigError(faults)


def check_weights(plan: Plan, state: State) -> None:
    """Raise NetworkError where the network of a plan has other weights than a state that it is to go on from."""
    own: Mapping[str, Tensor] = plan.build_model().network.state_dict()
    kept = state.part(WEIGHTS)
    for name in [*kept, *own]:
        now, then = (f"is {tuple(of[name].shape)}" if name in of else "is not there" for of in (own, kept))
        if now != then:
            was = then.replace("is", "was", 1)
            raise NetworkError(f"The network is not that of the last fit, with which a warm start goes on: {name} "
                               f"{now} and {was}. {NEW}")  # fmt: skip
