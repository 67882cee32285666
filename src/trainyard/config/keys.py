"""The schema as data: which keys there are, in which section, with which type and range."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import get_args

from trainyard.config.schema.accelerator import Accelerator
from trainyard.config.schema.dataset import DATASETS
from trainyard.config.schema.declared import Key, keys_of
from trainyard.config.schema.layers import LayerKeys
from trainyard.config.schema.model import MODELS, NETWORKS
from trainyard.config.schema.optimization import OPTIMIZERS, SCHEDULES
from trainyard.config.schema.run import Config, Tracking, Training

# section -> (key that names the class, classes by that name)
CHOSEN: dict[str, tuple[str, Mapping[str, type]]] = {
    "dataset": ("source", DATASETS),
    "model": ("name", MODELS),
    "network": ("name", NETWORKS),
    "optimizer": ("name", OPTIMIZERS),
    "schedule": ("name", SCHEDULES),
}
FIXED: dict[str, type] = {"accelerator": Accelerator, "tracking": Tracking, "training": Training}
GROUPS = (*CHOSEN, "accelerator", "tracking")
OVERLAYS = ("experiment", "local", "debug")
FREE_GROUPS = ("callbacks",)  # groups whose options hold what the schema leaves free
COMMAND_KEYS = {  # which say what a command does, and are no part of a config
    "config": "a resolved config to train, such as a run's config.yaml",
    "resume": "a run to go on with: latest, its folder, or the id at the end of its name",
    "k_fold": "a number of folds, each of which is tested by a member of a sweep: 5",
    "output": "a folder that gets model, curves and metrics of the run when it has finished, for a pipeline",
}
# what other tools call a key of ours
OTHER_NAMES = {
    "learning_rate": "optimizer.lr", "l2": "optimizer.weight_decay", "early_stopping": "training.patience",
    "epochs": "training.max_epochs", "num_epochs": "training.max_epochs", "n_epochs": "training.max_epochs",
    "steps": "training.max_steps", "bs": "training.batch_size", "hidden_size": "network.hidden",
    "hidden_sizes": "network.hidden", "gradient_clip_val": "training.clip_norm",
    "num_threads": "accelerator.threads", "random_state": "seed", "gpus": "accelerator",
}  # fmt: skip
DISCRIMINATORS = {f"{section}.{name}": section for section, (name, _) in CHOSEN.items()} | {
    "accelerator.name": "accelerator",
    "tracking.name": "tracking",
}


@cache
def top_keys() -> dict[str, Key]:
    """Return the keys of a config outside of any section (seed, experiment_name, ...)."""
    sections = {*CHOSEN, *FIXED}
    return {name: key for name, key in keys_of(Config).items() if name not in sections}


@cache
def key_variants() -> dict[str, tuple[Key, ...]]:
    """Return every dotted key of every option; one for each class that declares it."""
    found: dict[str, list[Key]] = {}
    for path, key in _all_keys():
        found.setdefault(path, []).append(key)
    return {path: tuple(variants) for path, variants in found.items()}


def shipped_options() -> dict[str, list[str]]:
    """Return the options that the schema knows, by group."""
    fixed = {group: list(get_args(keys_of(FIXED[group])["name"].type)) for group in GROUPS if group in FIXED}
    return {group: list(classes) for group, (_, classes) in CHOSEN.items()} | fixed


def open_mappings() -> dict[str, Key]:
    """Return the keys below which a user may choose names: tags, dataset.columns, network.arguments."""
    mappings = {path: variants[0] for path, variants in key_variants().items() if variants[0].is_mapping}
    return {path: key for path, key in mappings.items() if not key.is_layers}


def layer_key(path: str) -> Key | None:
    """Return the key that a layer of any type has at a dotted path: network.layers.<name>.inputs; else None."""
    parts = path.split(".")
    return keys_of(LayerKeys).get(parts[3]) if parts[:2] == ["network", "layers"] and len(parts) == 4 else None


def owners_of(path: str) -> list[str]:
    """Return the options that have a key, or names of that kind: ["network=mlp"] for network.hidden."""
    section, _, name = path.partition(".")
    if section not in CHOSEN:
        return []
    outer = name.partition(".")[0]
    return [f"{section}={option}" for option, cls in CHOSEN[section][1].items()
            if name in keys_of(cls) or (outer in keys_of(cls) and keys_of(cls)[outer].is_mapping)]  # fmt: skip


def _all_keys() -> Iterator[tuple[str, Key]]:
    for section, (_, classes) in CHOSEN.items():
        for cls in classes.values():
            for name, key in keys_of(cls).items():
                yield f"{section}.{name}", key
                for inner, inner_key in keys_of(key.section).items() if key.section else ():
                    yield f"{section}.{name}.{inner}", inner_key
    for section, cls in FIXED.items():
        for name, key in keys_of(cls).items():
            yield f"{section}.{name}", key
    yield from top_keys().items()
