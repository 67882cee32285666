"""Rules about what is handed on to Lightning: callbacks of one's own and arguments of its Trainer."""

from collections.abc import Mapping

from trainyard.config.lightning import INSTEAD, OWN_CALLBACKS, PASSED, WITHOUT_USE
from trainyard.config.nearest import did_you_mean, listed
from trainyard.config.rules.rule import Clashes, clash, rule
from trainyard.config.schema.run import Config
from trainyard.config.trusted import target_fault


@rule
def _callbacks_name_what_is_trusted(config: Config) -> Clashes:
    for name, callback in config.callbacks.items():
        key = f"callbacks.{name}"
        if not isinstance(callback, Mapping) or not isinstance(callback.get("_target_"), str):
            yield clash(f"{key}: needs a _target_, such as {key}._target_={OWN_CALLBACKS}Timer", key)
            continue
        target = callback["_target_"]
        fault = None if target.startswith(OWN_CALLBACKS) else target_fault(target, config.trusted, f"{key}._target_")
        if fault is not None:
            yield clash(fault, f"{key}._target_", "trusted")


@rule
def _trainer_takes_what_blocks_do_not_change(config: Config) -> Clashes:
    for name in config.trainer:
        key = f"trainer.{name}"
        if name in INSTEAD:
            yield clash(f"{key}: write {INSTEAD[name]} instead", key)
        elif name in WITHOUT_USE:
            yield clash(f"{key}: has no use here: {WITHOUT_USE[name]}", key)
        elif name not in PASSED:
            hint = did_you_mean(name, (*PASSED, *INSTEAD, *WITHOUT_USE)) or f"; there are {listed(PASSED)}"
            yield clash(f"{key}: Lightning's Trainer has no such argument{hint}", key)
