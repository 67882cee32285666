"""The choices and numbers of a run that are worth comparing in MLflow's tables."""

from operator import attrgetter
from typing import Any

from trainyard.config.keys import CHOSEN, DISCRIMINATORS
from trainyard.config.schema.declared import keys_of
from trainyard.config.schema.run import Config
from trainyard.config.text import to_dict

Scalar = str | int | float | bool

# worth a column in every run; other keys are logged where they are not at their defaults
ALWAYS = (
    "seed", "dataset.transform", "dataset.split_seed", "model.loss", "optimizer.lr", "optimizer.weight_decay",
    "training.batch_size", "training.max_epochs", "training.max_steps", "training.accumulate", "training.clip_norm",
    "training.monitor", "training.patience", "schedule.warmup_steps", "accelerator.precision",
)  # fmt: skip

SHOWN = (  # whole sections
    "network.", "dataset.arguments.", "model.loss_arguments.", "model.extra_metrics.", "callbacks.", "trainer.",
)  # fmt: skip

# what says where a run lies or how it is shown, not how it learns
NEVER = (
    "experiment_name", "run_name", "note", "tags", "trusted", "tracking", "dataset.name", "dataset.target",
    "dataset.path", "dataset.val_path", "dataset.test_path", "dataset.y_path", "dataset.delimiter", "dataset.encoding",
    "dataset.decimal", "dataset.missing_values", "dataset.columns", "dataset.ignore", "accelerator.device",
    "accelerator.processes", "accelerator.nodes", "training.progress",
    "training.profile", "training.block", "training.eval_batch_size", "training.checkpoint_every",
    "training.checkpoint_steps", "training.checkpoint_epochs", "training.keep_checkpoints", "training.engine",
    "training.direction",
)  # fmt: skip


def params(config: Config) -> dict[str, Scalar]:
    """Return the chosen options (dataset, model, ...) and the dotted hyper-parameters (optimizer.lr, seed), flat.

    Every key of the network, and of the others those that are always of interest or not at their defaults. Empty
    values are left out; lists are written as [128, 64]. `dataset` is the dataset's name.
    """
    values = to_dict(config)
    flat: dict[str, Scalar] = {}
    for section in (*CHOSEN, "accelerator"):
        flat[section] = str(values[section]["name"])
    for path, value in _flat(values):
        if value is not None and path not in DISCRIMINATORS and _is_interesting(path, value, config):
            flat[path] = str(value) if isinstance(value, list) else value
    return flat


def _is_interesting(path: str, value: Any, config: Config) -> bool:
    if any(path == name or path.startswith(f"{name}.") for name in NEVER):
        return False
    if path in ALWAYS or path.startswith(SHOWN):
        return True
    section, _, name = path.rpartition(".")
    owner: Any = attrgetter(section)(config) if section else config
    cls: Any = type(owner)
    default = keys_of(cls)[name].default
    return bool(value != (list(default) if isinstance(default, tuple) else default))


def _flat(values: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in values.items():
        found += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(f"{prefix}{name}", value)]
    return found
