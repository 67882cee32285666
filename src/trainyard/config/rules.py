"""Choices that are right each by itself but cannot be right together; every fault names the keys to change."""

import codecs
import math
import os
from collections.abc import Callable, Iterator
from typing import Any

from trainyard.config.duration import parse_duration
from trainyard.config.faults import Fault, show_value
from trainyard.config.metric_names import METRICS, metric_direction
from trainyard.config.nearest import did_you_mean, listed
from trainyard.config.schema import (
    Classifier,
    Config,
    Cosine,
    Csv,
    Mlp,
    OneCycle,
    Plateau,
    Regressor,
    Salmon,
    Sgd,
)

# what the built-in datasets are, with the target that they come with
BUILT_IN_TASKS = {
    ("digits", ("digit",)): "classification",
    ("iris", ("species",)): "classification",
    ("diabetes", ("progression",)): "regression",
    ("salmon", ("length",)): "regression",
}
BUILT_IN_ROWS = {"digits": 1797, "iris": 150, "diabetes": 442}
SPLIT_KEYS = {"files": "test_path", "column": "split_column", "group": "group", "time": "time"}
DELIMITER_NAMES = ("comma", "semicolon", "tab", "pipe", "space")

Clashes = Iterator[Fault]
RULES: list[Callable[[Config], Clashes]] = []


def find_clashes(config: Config) -> list[Fault]:
    """Return a fault for each rule that the config breaks."""
    return [fault for rule in RULES for fault in rule(config)]


def task_of(config: Config) -> str | None:
    """Return "classification" or "regression" where the config alone decides it, else None."""
    if isinstance(config.model, Classifier | Regressor):
        return "classification" if isinstance(config.model, Classifier) else "regression"
    return _dataset_task(config)


def _rule(rule: Callable[[Config], Clashes]) -> Callable[[Config], Clashes]:
    RULES.append(rule)
    return rule


def _clash(text: str, *keys: str) -> Fault:
    return Fault(text, keys)


def _set(key: str, value: Any) -> str:
    return f"{key}={show_value(value, key)}"


def _dataset_task(config: Config) -> str | None:
    return BUILT_IN_TASKS.get((config.dataset.source, config.dataset.target))


@_rule
def _model_fits_dataset(config: Config) -> Clashes:
    task, source = _dataset_task(config), config.dataset.source
    if isinstance(config.model, Regressor) and task == "classification":
        yield _clash(f"model=regressor: dataset={source} has classes to predict; take model=classifier", "model")
    if isinstance(config.model, Classifier) and task == "regression":
        yield _clash(f"model=classifier: dataset={source} has a number to predict; take model=regressor", "model")
    if isinstance(config.model, Classifier) and len(config.dataset.target) > 1:
        yield _clash(
            f"{_set('dataset.target', config.dataset.target)}: a classifier predicts one column; choose one, or take "
            "model=regressor", "dataset.target", "model")
    if config.dataset.split == "stratified" and isinstance(config.model, Regressor):
        yield _clash("dataset.split=stratified: needs classes; take dataset.split=random for a regressor", "dataset.split")


@_rule
def _columns_have_one_role(config: Config) -> Clashes:
    data = config.dataset
    if not data.target:
        yield _clash("dataset.target=[]: must name a column to predict", "dataset.target")
    for name in dict.fromkeys(name for name in data.target if data.target.count(name) > 1):
        yield _clash(f"{_set('dataset.target', data.target)}: {name} is there twice", "dataset.target")
    for role in ("group", "time", "weight", "split_column"):
        if getattr(data, role) in data.target:
            name = getattr(data, role)
            yield _clash(f"{_set(f'dataset.{role}', name)}: {name} is the target", f"dataset.{role}", "dataset.target")
    for name in data.ignore:
        if name in data.target or name == data.weight:
            role = "the target" if name in data.target else "the weight"
            yield _clash(f"{_set('dataset.ignore', data.ignore)}: {name} is {role}", "dataset.ignore")
    roles = {data.weight: "dataset.weight", data.split_column: "dataset.split_column"}
    for role in ("group", "time"):
        if getattr(data, role) is not None and getattr(data, role) in roles:
            name = getattr(data, role)
            yield _clash(f"{_set(f'dataset.{role}', name)}: {name} is also {roles[name]}", f"dataset.{role}")


@_rule
def _column_options_apply(config: Config) -> Clashes:
    data = config.dataset
    for name, column in data.columns.items():
        path = f"dataset.columns.{name}"
        if name in data.target and column.kind != "ignore":
            yield _clash(f"{path}: {name} is the target; model=classifier or model=regressor says what it is", path)
        elif name in data.target:
            yield _clash(f"{path}.kind=ignore: {name} is the target", path)
        elif name in data.ignore and column.kind != "ignore":
            yield _clash(f"{path}: {name} is also in dataset.ignore; take it out of one of them", path, "dataset.ignore")
        if column.transform != "auto" and column.kind not in ("auto", "numeric"):
            yield _clash(f"{path}.transform={column.transform}: is for numbers, but kind={column.kind}", path)
        if column.encoding != "auto" and column.kind not in ("auto", "category"):
            yield _clash(f"{path}.encoding={column.encoding}: is for categories, but kind={column.kind}", path)


@_rule
def _split_has_what_it_needs(config: Config) -> Clashes:
    data = config.dataset
    needed = SPLIT_KEYS.get(data.split)
    if data.split == "files" and not isinstance(data, Csv):
        yield _clash(f"dataset.split=files: is for dataset=csv; dataset={data.source} has no files", "dataset.split")
    elif needed and not getattr(data, needed):
        yield _clash(f"dataset.split={data.split}: needs dataset.{needed}", "dataset.split", f"dataset.{needed}")
    for split, name in SPLIT_KEYS.items():
        value = getattr(data, name, None)
        if value is not None and data.split not in ("auto", split) and name not in ("group", "time"):
            yield _clash(f"{_set(f'dataset.{name}', value)}: is only used with dataset.split={split}, not with "
                         f"{data.split}", f"dataset.{name}", "dataset.split")  # fmt: skip
        if value is not None and data.split in ("random", "stratified") and name in ("group", "time"):
            yield _clash(f"{_set(f'dataset.{name}', value)}: dataset.split={data.split} would ignore it; take "
                         f"dataset.split={split}", f"dataset.{name}", "dataset.split")  # fmt: skip
    if isinstance(data, Csv) and data.val_path is not None and data.test_path is None:
        yield _clash(f"{_set('dataset.val_path', data.val_path)}: needs dataset.test_path too", "dataset.val_path")


@_rule
def _parts_leave_rows_to_train_on(config: Config) -> Clashes:
    data = config.dataset
    by_rows = data.split not in ("files", "column") and getattr(data, "test_path", None) is None
    if by_rows and data.val_fraction + data.test_fraction >= 1:
        yield _clash(
            f"dataset.val_fraction={data.val_fraction:g} and dataset.test_fraction={data.test_fraction:g}: leave no rows "
            "to train on; their sum must be less than 1", "dataset.val_fraction", "dataset.test_fraction")


@_rule
def _text_file_can_be_read(config: Config) -> Clashes:
    data = config.dataset
    if not isinstance(data, Csv):
        return
    try:
        codecs.lookup(data.encoding)
    except (LookupError, ValueError):
        known = ("utf-8", "utf-16", "latin-1", "cp1252", "ascii")
        yield _clash(f"{_set('dataset.encoding', data.encoding)}: no such encoding{did_you_mean(data.encoding, known)}",
                     "dataset.encoding")  # fmt: skip
    if data.delimiter is not None and len(data.delimiter) != 1 and data.delimiter not in (*DELIMITER_NAMES, "\\t"):
        yield _clash(
            f"{_set('dataset.delimiter', data.delimiter)}: must be one character or {listed(DELIMITER_NAMES, 'or')}"
            f"{did_you_mean(data.delimiter, DELIMITER_NAMES)}", "dataset.delimiter")
    if data.decimal == data.delimiter or (data.decimal == "," and data.delimiter == "comma"):
        yield _clash(f"dataset.decimal={data.decimal}: is the dataset.delimiter too", "dataset.decimal")


@_rule
def _network_has_layers(config: Config) -> Clashes:
    network = config.network
    if isinstance(network, Mlp) and not network.hidden:
        yield _clash("network.hidden=[]: names no layer; take network=linear for none", "network.hidden")
    if isinstance(network, Mlp) and network.normalization == "batch" and config.training.batch_size == 1:
        yield _clash("network.normalization=batch: needs two rows in a minibatch, but training.batch_size=1",
                     "network.normalization", "training.batch_size")  # fmt: skip


@_rule
def _loss_uses_its_settings(config: Config) -> Clashes:
    model = config.model
    if isinstance(model, Regressor) and model.huber_delta != 1.0 and model.loss != "huber":
        yield _clash(f"model.huber_delta={model.huber_delta:g}: is only used with model.loss=huber, not {model.loss}",
                     "model.huber_delta", "model.loss")  # fmt: skip


@_rule
def _momentum_for_nesterov(config: Config) -> Clashes:
    optimizer = config.optimizer
    if isinstance(optimizer, Sgd) and optimizer.nesterov and optimizer.momentum == 0:
        yield _clash("optimizer.momentum=0: needs optimizer.nesterov=false too, or a momentum greater than 0",
                     "optimizer.momentum", "optimizer.nesterov")  # fmt: skip


@_rule
def _training_ends(config: Config) -> Clashes:
    training = config.training
    if training.max_time is not None:
        try:
            if parse_duration(training.max_time) <= 0:
                yield _clash(f"training.max_time={training.max_time}: must be longer than 0", "training.max_time")
        except ValueError:
            yield _clash(f"training.max_time={training.max_time}: is no time; write 90s, 15m, 2h or 01:30:00",
                         "training.max_time")  # fmt: skip
    ends = ("max_epochs", "max_steps", "max_time")
    if all(getattr(training, name) is None for name in ends):
        keys = [f"training.{name}" for name in ends]
        yield _clash(f"{listed(keys)} are all empty: the training would never end; set one of them", *keys)
    elif isinstance(config.schedule, Cosine | OneCycle) and training.max_epochs is None and training.max_steps is None:
        yield _clash(
            f"schedule={config.schedule.name}: has to know how many steps there are; set training.max_epochs or "
            "training.max_steps", "schedule", "training.max_epochs", "training.max_steps")
    if training.max_epochs is not None and training.validate_every > training.max_epochs:
        yield _clash(
            f"training.validate_every={training.validate_every}: is more than training.max_epochs={training.max_epochs}, "
            "so there would be no validation", "training.validate_every", "training.max_epochs")


@_rule
def _warmup_ends(config: Config) -> Clashes:
    steps, warmup = most_steps(config), config.schedule.warmup_steps
    if steps is not None and warmup >= steps:
        yield _clash(
            f"schedule.warmup_steps={warmup}: the training has {steps} steps at most and would end within the warm-up",
            "schedule.warmup_steps", "training.max_steps", "training.max_epochs")


def most_steps(config: Config) -> int | None:
    """Return an upper bound of the optimizer's steps where the config alone gives one, else None."""
    training, data = config.training, config.dataset
    bounds = [training.max_steps]
    rows = data.rows if isinstance(data, Salmon) else BUILT_IN_ROWS.get(data.source)
    if rows is not None and training.max_epochs is not None:
        train_rows = math.ceil(rows * max(0.0, 1 - data.val_fraction - data.test_fraction)) + 2
        batches = math.ceil(train_rows / training.batch_size)
        limits = [limit for limit in (training.limit_batches, training.overfit_batches) if limit is not None]
        bounds.append(training.max_epochs * math.ceil(min(batches, *limits, batches) / training.accumulate))
    return min((bound for bound in bounds if bound is not None), default=None)


@_rule
def _monitor_exists(config: Config) -> Clashes:
    monitor, task = config.training.monitor, task_of(config)
    names = {name: direction for tasks in ([task] if task else METRICS) for name, direction in METRICS[tasks].items()}
    part, _, rest = monitor.partition("/")
    metric, _, target = rest.partition("/")
    if part in ("train", "test") and metric in names:
        reason = "has only the loss of each epoch" if part == "train" else "must not choose anything"
        yield _clash(f"training.monitor={monitor}: the {part} part {reason}; did you mean val/{metric}?", "training.monitor")
    elif part != "val" or metric not in names:
        known = [f"val/{name}" for name in names]
        word = monitor if part == "val" else f"val/{monitor.replace('_', '/', 1) if '/' not in monitor else rest}"
        hint = did_you_mean(word, known) or did_you_mean(f"val/{monitor}", known)
        model = f" of a {'classifier' if task == 'classification' else 'regressor'}" if task else ""
        yield _clash(f"training.monitor={monitor}: no such metric{model}{hint}; there are {listed(known)}", "training.monitor")
    elif target and (task == "classification" or metric == "loss" or target not in config.dataset.target):
        yield _clash(
            f"training.monitor={monitor}: {target} is not a target of a regressor; dataset.target is "
            f"{show_value(config.dataset.target)}", "training.monitor", "dataset.target")
    elif config.training.direction not in ("auto", metric_direction(monitor)):
        yield _clash(
            f"training.direction={config.training.direction}: {metric_direction(monitor)} is best for {monitor}; leave it "
            "at auto", "training.direction")


@_rule
def _patience_fits(config: Config) -> Clashes:
    schedule, patience = config.schedule, config.training.patience
    if isinstance(schedule, Plateau) and patience is not None and schedule.patience >= patience:
        yield _clash(
            f"schedule.patience={schedule.patience}: training would stop (training.patience={patience}) before the "
            "learning rate is ever lowered; make it less than that", "schedule.patience", "training.patience")


@_rule
def _debugging_once(config: Config) -> Clashes:
    training = config.training
    if training.limit_batches is not None and training.overfit_batches is not None:
        yield _clash("training.limit_batches and training.overfit_batches: set one of them; both say which minibatches "
                     "to use", "training.limit_batches", "training.overfit_batches")  # fmt: skip


@_rule
def _device_exists(config: Config) -> Clashes:
    if config.accelerator.name == "cpu" and config.accelerator.device != 0:
        yield _clash(f"accelerator.device={config.accelerator.device}: is for a GPU, but accelerator=cpu",
                     "accelerator.device", "accelerator")  # fmt: skip


@_rule
def _tracking_has_a_place(config: Config) -> Clashes:
    tracking = config.tracking
    if tracking.name == "server":
        uri = tracking.uri or os.environ.get("MLFLOW_TRACKING_URI")
        if not uri:
            yield _clash("tracking=server: needs tracking.uri=http://... or MLFLOW_TRACKING_URI", "tracking", "tracking.uri")
        elif not uri.startswith(("http://", "https://", "databricks", "uc:")):
            yield _clash(f"{_set('tracking.uri', uri)}: is not the address of a server; it starts with http:// or https://",
                         "tracking.uri")  # fmt: skip
    elif tracking.uri is not None:
        yield _clash(f"{_set('tracking.uri', tracking.uri)}: is only used with tracking=server, not {tracking.name}",
                     "tracking.uri", "tracking")  # fmt: skip


@_rule
def _names_are_usable(config: Config) -> Clashes:
    for name in ("experiment_name", "run_name"):
        value = getattr(config, name)
        if value is not None and not value.strip():
            yield _clash(f"{name}: must not be blank", name)
    for tag in config.tags:
        if tag.startswith("mlflow."):
            yield _clash(f"tags.{tag}: names that start with mlflow. belong to MLflow; choose another", f"tags.{tag}")
