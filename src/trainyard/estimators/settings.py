"""The parameters of an estimator as a config: what each stands for, checked as a config is, in their own words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from trainyard.config.check import check_config
from trainyard.config.schema.model import Classifier
from trainyard.config.schema.optimization import Plateau
from trainyard.config.schema.run import Config
from trainyard.config.trusted import HANDED_OVER, given
from trainyard.errors import ConfigError
from trainyard.estimators.own_code import OwnCode

# parameter -> the dotted key that it stands for; where None is given, the option's own default holds
OF_OPTIONS = {
    "hidden": "network.hidden", "activation": "network.activation", "dropout": "network.dropout",
    "normalization": "network.normalization", "widths": "network.widths", "layers": "network.layers",
    "lr": "optimizer.lr", "weight_decay": "optimizer.weight_decay", "momentum": "optimizer.momentum",
    "augment": "dataset.augment",
}  # fmt: skip
OF_ALL = {
    "label_smoothing": "model.label_smoothing", "focal_gamma": "model.focal_gamma", "calibrate": "model.calibrate",
    "huber_delta": "model.huber_delta", "quantiles": "model.quantiles", "target_transform": "model.target_transform",
    "warmup_steps": "schedule.warmup_steps", "batch_size": "training.batch_size", "max_epochs": "training.max_epochs",
    "max_steps": "training.max_steps", "max_time": "training.max_time", "accumulate": "training.accumulate",
    "clip_norm": "training.clip_norm", "average_decay": "training.average_decay", "monitor": "training.monitor",
    "min_delta": "training.min_delta", "patience": "training.patience", "restore_best": "training.restore_best",
    "compile": "training.compile", "precision": "accelerator.precision", "threads": "accelerator.threads",
}  # fmt: skip
BY_OTHER_NAMES = {
    "device": "accelerator.name", "random_state": "seed", "class_weight": "model.class_weights", "loss": "model.loss",
    "validation_fraction": "dataset.val_fraction", "extra_metrics": "model.extra_metrics",
    "network": "network.name", "optimizer": "optimizer.name", "schedule": "schedule.name", "tracking": "tracking.name",
}  # fmt: skip
PARAMETER = {key: name for name, key in (OF_OPTIONS | OF_ALL | BY_OTHER_NAMES).items()}
DEVICES = {"cuda": "gpu"}  # torch's words for ours
ROWS = f"{HANDED_OVER}rows"  # where rows come from that are handed over
ALL_ROWS = 2**31 - 1  # a minibatch of as many as there are


class ParameterError(ConfigError, ValueError):
    """Parameters that cannot be right."""


def config_of(
    params: Mapping[str, Any], defaults: Mapping[str, Any], model: str, code: OwnCode, *, seed: int,
    targets: Sequence[str] = ("y",), rows: int | None = None, validated: bool = True,
) -> Config:  # fmt: skip
    """Return the config that parameters stand for, of a model "classifier" or "regressor".

    `code` takes up what is handed over as it is. `rows` is what batch_size=None comes to, and `validated` tells whether
    there are rows for validation. Raises ParameterError with all faults.
    """
    params = {name: plain(value) for name, value in params.items()}
    values = {
        "network": _network(params, code),
        "optimizer": _option(params, "optimizer"),
        "schedule": _option(params, "schedule"),
        "model": _model(params, model, code),
        "dataset": _dataset(params, targets),
        "training": _mapping(params, "training"),
        "accelerator": _device(params),
        "experiment_name": "rows",
        "seed": seed,
        **_mapping(params, "run"),
    }
    if params["tracking"] is not None or "tracking" not in values:
        values["tracking"] = tracking_of(params["tracking"])
    masked = values.pop("masked", ())
    for name, key in (OF_OPTIONS | OF_ALL).items():
        if name in params and not (name in OF_OPTIONS and params[name] is None):
            _set(values, key, params[name], name, params[name] == defaults[name])
    if not params["early_stopping"]:
        values["training"] |= {"patience": None, "restore_best": False}
    if params["batch_size"] is None:
        values["training"]["batch_size"] = rows or ALL_ROWS
    with given({**code.objects, ROWS: None}):
        checked = check_config(values, masked=masked)
    faults = [in_parameters(fault.text) for fault in checked.faults]
    faults += _needs(checked.config, validated) if checked.config is not None and not faults else []
    if checked.config is None or faults:
        raise ParameterError(faults)
    return checked.config


def tracking_of(tracking: Any) -> dict[str, Any]:
    """Return the keys of a config for where a fit is tracked; a mapping with an address and no name is a server."""
    if not isinstance(tracking, Mapping):
        return {"name": "off" if tracking is None else tracking}
    return {"name": "server" if tracking.get("uri") else "local", **tracking}


def is_tracked(tracking: Any) -> bool:
    """Whether a fit leaves a run."""
    return bool(tracking_of(tracking)["name"] != "off")


def choices_of(params: Mapping[str, Any], defaults: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parameters that say how to train and are not at their defaults, as name=value."""
    names = [name for name in defaults if name in {*PARAMETER.values(), "early_stopping"} - {"tracking"}]
    given = {name: plain(params[name]) for name in names}
    return tuple(f"{name}={_text(value)}" for name, value in given.items() if value != defaults[name])


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{name}:{_text(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value) if isinstance(value, str | int | float) else getattr(value, "__name__", type(value).__name__)


def plain(value: Any) -> Any:
    """Return a value without the types of NumPy."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    return type(value)(plain(inner) for inner in value) if type(value) in (list, tuple) else value


def in_parameters(text: str) -> str:
    """Return a sentence about keys of a config with the names of the parameters that stand for them."""
    keys = sorted(PARAMETER, key=len, reverse=True)
    pattern = "|".join(re.escape(key) for key in keys)
    text = re.sub(rf"(?<![\w.])({pattern})(?![\w])", lambda found: PARAMETER[found[1]], text)
    return re.sub(r"(?<![\w.])accelerator=", "device=", text)


def _option(params: Mapping[str, Any], section: str) -> dict[str, Any]:
    """Return a section that is one of several options, given by its name or as a mapping with its name."""
    value = params[section]
    return dict(value) if isinstance(value, Mapping) else {"name": value}


def _mapping(params: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = params.get(name)
    if value is None or isinstance(value, Mapping):
        return dict(value or {})
    raise ParameterError(f"{name}={value!r}: must be names with values, or None.")


def _network(params: Mapping[str, Any], code: OwnCode) -> dict[str, Any]:
    network = params["network"]
    if params["layers"] is not None and network == "mlp":
        return {"name": "layers"}
    if callable(network) or (isinstance(network, Mapping) and "_target_" in network):
        if hasattr(network, "parameters") and not isinstance(network, type):
            raise ParameterError("network: is a module; give the class that it is made of, since each fit makes a new "
                                 "one for the shapes of its rows.")  # fmt: skip
        return code.reference(network, name="custom")
    return _option(params, "network")


def _model(params: Mapping[str, Any], model: str, code: OwnCode) -> dict[str, Any]:
    values: dict[str, Any] = {"name": model, "loss": params["loss"]}
    if callable(params["loss"]) or isinstance(params["loss"], Mapping):
        own = code.reference(params["loss"])
        values |= {"loss": "custom", "loss_target": own["_target_"], "loss_arguments": own.get("arguments", {})}
    metrics = _mapping(params, "extra_metrics")
    values["extra_metrics"] = {name: code.reference(metric) for name, metric in metrics.items()}
    if model == "classifier" and not isinstance(params["class_weight"], Mapping):
        values["class_weights"] = "none" if params["class_weight"] is None else params["class_weight"]
    return values


def _dataset(params: Mapping[str, Any], targets: Sequence[str]) -> dict[str, Any]:
    values = _mapping(params, "dataset")
    if "source" not in values:
        values = {"source": "custom", "_target_": ROWS, "name": "rows", **values}
    if len(values.get("target", ())) != len(targets):
        values["target"] = list(targets)
    if params["early_stopping"]:
        values["val_fraction"] = params["validation_fraction"]
    return values


def _device(params: Mapping[str, Any]) -> dict[str, Any]:
    name, _, number = str(params["device"]).partition(":")
    values = {"name": DEVICES.get(name, name)}
    return {**values, "device": number} if number else values


def _set(values: dict[str, Any], key: str, value: Any, name: str, by_default: bool) -> None:
    """Set a key, unless the mapping of its section does and the parameter was left alone."""
    section, _, last = key.partition(".")
    if last not in values[section]:
        values[section][last] = value
    elif not by_default:
        raise ParameterError(f"{name}={value!r}: {section} says {last}={values[section][last]!r}; give it once.")


def _needs(config: Config, validated: bool) -> list[str]:
    """Return a sentence for each choice that an estimator cannot meet."""
    faults = []
    if config.accelerator.name not in ("auto", "cpu", "gpu", "mps"):
        faults.append(f"device={config.accelerator.name}: an estimator trains in one process; take auto, cpu, gpu or "
                      "mps, or train with the command.")  # fmt: skip
    if not validated:
        looks = {"schedule=plateau": isinstance(config.schedule, Plateau),
                 "calibrate=True": isinstance(config.model, Classifier) and config.model.calibrate}  # fmt: skip
        faults += [f"{choice}: looks at rows for validation; set early_stopping=True, or give X_val and y_val."
                   for choice, chosen in looks.items() if chosen]  # fmt: skip
    return faults
