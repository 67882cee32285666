"""Callbacks of the user's own, built from the config, and called where Lightning's own loop would call them."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trainyard.config.lightning import OWN_CALLBACKS
from trainyard.config.nearest import did_you_mean
from trainyard.config.schema.run import Config
from trainyard.config.trusted import resolve_target
from trainyard.errors import ConfigError
from trainyard.training.lightning_library import pl

# hooks that come with each minibatch or step: for them a block holds one minibatch, and the steps are Lightning's own
OF_MINIBATCHES = (
    "on_train_batch_start", "on_train_batch_end", "on_before_backward", "on_after_backward",
    "on_before_optimizer_step", "on_before_zero_grad",
)  # fmt: skip
BEFORE_VALIDATION = ("on_validation_start", "on_validation_epoch_start")
AFTER_VALIDATION = ("on_validation_epoch_end", "on_validation_end")


def build_callbacks(config: Config) -> list[pl.Callback]:
    """Return new callbacks of a config; raise ConfigError with one sentence for each that cannot be built."""
    built: list[pl.Callback] = []
    faults: list[str] = []
    for name, callback in config.callbacks.items():
        try:
            built.append(_build(f"callbacks.{name}", callback, config.trusted))
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return built


def _build(key: str, values: Mapping[str, Any], trusted: Sequence[str]) -> pl.Callback:
    arguments = {name: value for name, value in values.items() if name != "_target_"}
    target = values["_target_"]
    kind = resolve_target(target, (*trusted, OWN_CALLBACKS.rstrip(".")), f"{key}._target_")
    try:
        callback = kind if isinstance(kind, pl.Callback) else kind(**arguments)  # handed over as it is, or its class
    except Exception as error:
        raise ConfigError(f"{key}: {target} cannot be made: {error}{_hint(kind, arguments)}") from error
    if not isinstance(callback, pl.Callback):
        raise ConfigError(f"{key}._target_={target}: is no callback of Lightning, but a {type(callback).__name__}")
    return callback


def _hint(kind: Any, arguments: Mapping[str, Any]) -> str:
    try:
        known = list(inspect.signature(kind).parameters)
    except (TypeError, ValueError):
        return ""
    strange = [name for name in arguments if name not in known]
    return did_you_mean(strange[0], known) if strange else ""


def look_at_minibatches(callbacks: Sequence[pl.Callback]) -> bool:
    """Whether one of the callbacks has a hook that comes with each minibatch."""
    kinds = {type(callback) for callback in callbacks}
    return any(getattr(kind, hook) is not getattr(pl.Callback, hook) for kind in kinds for hook in OF_MINIBATCHES)


def call_hooks(trainer: pl.Trainer, model: pl.LightningModule, hooks: Sequence[str]) -> None:
    """Call hooks of all callbacks, as Lightning's validation loop does."""
    for hook in hooks:
        for callback in trainer.callbacks:  # type: ignore[attr-defined]  # set when the Trainer is made
            call: Callable[..., None] = getattr(callback, hook)
            call(trainer, model)


def show_metrics(trainer: pl.Trainer, metrics: Mapping[str, float]) -> None:
    """Let callbacks find metrics in `trainer.callback_metrics`."""
    import torch

    shown = {name: torch.tensor(value) for name, value in metrics.items()}
    trainer._logger_connector._callback_metrics.update(shown)  # it has no other entry for metrics that nobody logs
