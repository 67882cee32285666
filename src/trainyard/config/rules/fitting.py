"""Rules about the fit: optimizer, schedule, length of the training and what it monitors."""

import math

from trainyard.config.duration import parse_duration
from trainyard.config.faults import show_value
from trainyard.config.metric_names import TOLD, metric_directions
from trainyard.config.nearest import did_you_mean, listed
from trainyard.config.rules.rule import Clashes, clash, rule, task_of
from trainyard.config.schema.dataset import Salmon
from trainyard.config.schema.dataset_keys import BuiltIn
from trainyard.config.schema.optimization import Cosine, OneCycle, Plateau, Polynomial, Sgd, Step
from trainyard.config.schema.run import Config

NEED_STEPS = (Cosine, OneCycle, Polynomial)
BUILT_IN_ROWS = {"digits": 1797, "iris": 150, "wine": 178, "breast_cancer": 569, "diabetes": 442, "linnerud": 20}


@rule
def _momentum_for_nesterov(config: Config) -> Clashes:
    optimizer = config.optimizer
    if isinstance(optimizer, Sgd) and optimizer.nesterov and optimizer.momentum == 0:
        yield clash("optimizer.momentum=0: needs optimizer.nesterov=false too, or a momentum greater than 0",
                     "optimizer.momentum", "optimizer.nesterov")  # fmt: skip


@rule
def _factor_changes_something(config: Config) -> Clashes:
    schedule, epochs = config.schedule, config.training.max_epochs
    if isinstance(schedule, Step) and schedule.unit == "epochs" and epochs is not None and schedule.every >= epochs:
        yield clash(
            f"schedule.every={schedule.every}: the training ends after training.max_epochs={epochs}, before the "
            "learning rate is ever lowered; make it less than that", "schedule.every", "training.max_epochs")


@rule
def _training_ends(config: Config) -> Clashes:
    training = config.training
    if training.max_time is not None:
        try:
            if parse_duration(training.max_time) <= 0:
                yield clash(f"training.max_time={training.max_time}: must be longer than 0", "training.max_time")
        except ValueError:
            yield clash(f"training.max_time={training.max_time}: is no time; write 90s, 15m, 2h or 01:30:00",
                         "training.max_time")  # fmt: skip
    try:
        parse_duration(training.checkpoint_every)
    except ValueError:
        yield clash(f"training.checkpoint_every={training.checkpoint_every}: is no time; write 30s, 1m or 2h",
                     "training.checkpoint_every")  # fmt: skip
    ends = ("max_epochs", "max_steps", "max_time")
    if all(getattr(training, name) is None for name in ends):
        keys = [f"training.{name}" for name in ends]
        yield clash(f"{listed(keys)} are all empty: the training would never end; set one of them", *keys)
    elif isinstance(config.schedule, NEED_STEPS) and training.max_epochs is None and training.max_steps is None:
        yield clash(
            f"schedule={config.schedule.name}: has to know how many steps there are; set training.max_epochs or "
            "training.max_steps", "schedule", "training.max_epochs", "training.max_steps")
    if training.max_epochs is not None and training.validate_every > training.max_epochs:
        yield clash(
            f"training.validate_every={training.validate_every}: is more than training.max_epochs="
            f"{training.max_epochs}, so there would be no validation", "training.validate_every", "training.max_epochs")


@rule
def _warmup_ends(config: Config) -> Clashes:
    steps, warmup = most_steps(config), config.schedule.warmup_steps
    if steps is not None and warmup >= steps:
        yield clash(
            f"schedule.warmup_steps={warmup}: the training has {steps} steps at most and would end within the warm-up",
            "schedule.warmup_steps", "training.max_steps", "training.max_epochs")


def most_steps(config: Config) -> int | None:
    """Return an upper bound of the optimizer's steps where the config alone gives one, else None."""
    training, data = config.training, config.dataset
    bounds = [training.max_steps]
    rows = data.rows if isinstance(data, Salmon) else BUILT_IN_ROWS.get(data.source)
    made_anew = isinstance(data, BuiltIn) and data.path is None  # a file may hold others
    if rows is not None and made_anew and training.max_epochs is not None:
        train_rows = math.ceil(rows * max(0.0, 1 - data.val_fraction - data.test_fraction)) + 2
        batches = math.ceil(train_rows / training.batch_size)
        limits = [limit for limit in (training.limit_batches, training.overfit_batches) if limit is not None]
        bounds.append(training.max_epochs * math.ceil(min(batches, *limits, batches) / training.accumulate))
    return min((bound for bound in bounds if bound is not None), default=None)


@rule
def _monitor_exists(config: Config) -> Clashes:
    monitor, task = config.training.monitor, task_of(config)
    names = metric_directions(config.model, task)
    whole = {"loss", *getattr(config.model, "extra_metrics", {})}
    part, _, rest = monitor.partition("/")
    metric, _, target = rest.partition("/")
    if part in ("train", "test") and metric in names:
        reason = "has only the loss of each epoch" if part == "train" else "must not choose anything"
        text = f"training.monitor={monitor}: the {part} part {reason}; did you mean val/{metric}?"
        yield clash(text, "training.monitor")
    elif part == "val" and metric in TOLD:
        text = f"neither less nor more of {metric} alone is better; take val/pinball"
        yield clash(f"training.monitor={monitor}: {text}", "training.monitor")
    elif part != "val" or metric not in names:
        known = [f"val/{name}" for name in names]
        word = monitor if part == "val" else f"val/{monitor.replace('_', '/', 1) if '/' not in monitor else rest}"
        hint = did_you_mean(word, known) or did_you_mean(f"val/{monitor}", known)
        model = f" of a {'classifier' if task == 'classification' else 'regressor'}" if task else ""
        text = f"no such metric{model}{hint or '.'} There are {listed(known)}."
        yield clash(f"training.monitor={monitor}: {text}", "training.monitor")
    elif target and (task == "classification" or metric in whole or target not in config.dataset.target):
        yield clash(
            f"training.monitor={monitor}: {target} is not a target of a regressor; dataset.target is "
            f"{show_value(config.dataset.target)}", "training.monitor", "dataset.target")
    elif config.training.direction not in ("auto", names[metric]):
        yield clash(
            f"training.direction={config.training.direction}: {names[metric]} is best for {monitor}; leave it at auto",
            "training.direction")


@rule
def _patience_fits(config: Config) -> Clashes:
    schedule, patience = config.schedule, config.training.patience
    if isinstance(schedule, Plateau) and patience is not None and schedule.patience >= patience:
        yield clash(
            f"schedule.patience={schedule.patience}: training would stop (training.patience={patience}) before the "
            "learning rate is ever lowered; make it less than that", "schedule.patience", "training.patience")


@rule
def _debugging_once(config: Config) -> Clashes:
    training = config.training
    if training.limit_batches is not None and training.overfit_batches is not None:
        yield clash("training.limit_batches and training.overfit_batches: set one of them; both say which minibatches "
                     "to use", "training.limit_batches", "training.overfit_batches")  # fmt: skip
