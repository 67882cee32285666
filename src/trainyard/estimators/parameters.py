"""A config as the parameters of an estimator: the other way round than settings."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass, replace
from typing import Any

from trainyard.config.keys import CHOSEN, top_keys
from trainyard.config.schema.declared import keys_of
from trainyard.config.schema.model import MODELS, AutoModel
from trainyard.config.schema.optimization import Plateau
from trainyard.config.schema.run import Config
from trainyard.estimators.settings import OF_ALL, OF_OPTIONS, ParameterError

SET_BY_OTHERS = ("seed",)  # keys outside of any section that have a parameter of their own


def parameters_of(config: Config, model: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an estimator of a model "classifier" or "regressor" has to be given to stand for a config.

    Parameters that are at their `defaults` are left out. Raises ParameterError for a config of the other model.
    """
    if not isinstance(config.model, AutoModel) and config.model.name != model:
        cls = config.model.name.capitalize()
        raise ParameterError(f"model={config.model.name}: is no {model}; take {cls}.from_config.")
    chosen: Any = MODELS[model]() if isinstance(config.model, AutoModel) else config.model
    config = replace(config, model=chosen)
    params: dict[str, Any] = {section: _option(config, section) for section in ("network", "optimizer", "schedule")}
    params |= {name: _flat(config, key) for name, key in OF_OPTIONS.items() if _has(config, key)}
    params |= {name: _flat(config, key) for name, key in OF_ALL.items() if _has(config, key)}
    params["loss"] = _loss(chosen)
    params["extra_metrics"] = {name: asdict(metric) for name, metric in chosen.extra_metrics.items()} or None
    if model == "classifier":
        params["class_weight"] = None if chosen.class_weights == "none" else chosen.class_weights
    accelerator = config.accelerator
    params["device"] = f"{accelerator.name}:{accelerator.device}" if accelerator.device else accelerator.name
    params["random_state"] = config.seed
    params["validation_fraction"] = config.dataset.val_fraction
    params["dataset"] = {"source": config.dataset.source, **_changed(config.dataset, ("augment", "val_fraction"))}
    training = config.training
    params["training"] = _changed(training, _flat_keys("training")) or None
    params["early_stopping"] = bool(
        training.patience is not None
        or training.restore_best
        or isinstance(config.schedule, Plateau)
        or params.get("calibrate")
    )
    if not params["early_stopping"]:
        params |= {"patience": defaults["patience"], "restore_best": defaults["restore_best"]}
    params["run"] = {name: value for name, value in _top(config).items() if value != top_keys()[name].default}
    if config.tracking.name != "off":
        params["run"]["tracking"] = {"name": config.tracking.name, **_changed(config.tracking, ())}
    if config.masked:
        params["run"]["masked"] = config.masked
    return {name: value for name, value in params.items() if value != defaults[name]}


def _option(config: Config, section: str) -> Any:
    """Return the word for an option, or a mapping where keys are changed that have no parameter of their own."""
    chosen = getattr(config, section)
    changed = _changed(chosen, _flat_keys(section))
    return {"name": chosen.name, **changed} if changed else chosen.name


def _changed(section: Any, left_out: tuple[str, ...]) -> dict[str, Any]:
    """Return the keys of a section that are not at their defaults."""
    kind: type = type(section)
    known = keys_of(kind)
    values = {name: getattr(section, name) for name, key in known.items() if key.required
              or getattr(section, name) != key.default}  # fmt: skip
    discriminators = {name for name, _ in CHOSEN.values()}
    kept = {name: value for name, value in values.items() if name not in (*left_out, *discriminators)
            or (name == "name" and "source" in known)}  # fmt: skip
    return {name: _plain(value) for name, value in kept.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _flat_keys(section: str) -> tuple[str, ...]:
    keys = (OF_OPTIONS | OF_ALL).values()
    return tuple(key.partition(".")[2] for key in keys if key.startswith(f"{section}."))


def _has(config: Config, key: str) -> bool:
    section, _, name = key.partition(".")
    return hasattr(getattr(config, section), name)


def _flat(config: Config, key: str) -> Any:
    """Return the value of a key; None for one of an option that is at the option's default."""
    section, _, name = key.partition(".")
    chosen = getattr(config, section)
    kind: type = type(chosen)
    value = getattr(chosen, name)
    at_default = key in OF_OPTIONS.values() and value == keys_of(kind)[name].default
    return None if at_default else _plain(value)


def _loss(model: Any) -> Any:
    if model.loss != "custom":
        return model.loss
    return {"_target_": model.loss_target, "arguments": dict(model.loss_arguments)}


def _top(config: Config) -> dict[str, Any]:
    return {name: _plain(getattr(config, name)) for name in top_keys() if name not in SET_BY_OTHERS}
