"""The schema as data: which keys there are, in which section, with which type and range."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from trainyard.config.schema import (
    DATASETS,
    MODELS,
    NETWORKS,
    OPTIMIZERS,
    SCHEDULES,
    Accelerator,
    Config,
    LayerKeys,
    LayerValues,
    Tracking,
    Training,
)

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


@dataclass(frozen=True)
class Key:
    """One key of a schema class: its name, type, default, meaning, unit and range."""

    name: str
    type: Any
    field: Field[Any]

    @property
    def required(self) -> bool:
        return self.field.default is MISSING and self.field.default_factory is MISSING

    @property
    def default(self) -> Any:
        """The default; None for a key without one."""
        if self.field.default_factory is not MISSING:
            return self.field.default_factory()
        return None if self.field.default is MISSING else self.field.default

    @property
    def doc(self) -> str:
        return str(self.field.metadata.get("doc", ""))

    @property
    def unit(self) -> str:
        return str(self.field.metadata.get("unit", ""))

    @property
    def example(self) -> str:
        return str(self.field.metadata.get("example", ""))

    @property
    def section(self) -> type | None:
        """The class of a key that holds keys itself (dataset.augment), else None."""
        return self.type if isinstance(self.type, type) and hasattr(self.type, "__dataclass_fields__") else None

    @property
    def nested(self) -> type | None:
        """The class of the values of a mapping of options by name (dataset.columns), else None."""
        if self.is_mapping:
            value = get_args(self.type)[1]
            return value if isinstance(value, type) and hasattr(value, "__dataclass_fields__") else None
        return None

    @property
    def is_mapping(self) -> bool:
        return get_origin(self.type) is Mapping

    @property
    def is_layers(self) -> bool:
        """Whether the key holds layers by name, each with what its type takes (network.layers)."""
        return bool(self.type == Mapping[str, LayerValues])

    @property
    def is_free(self) -> bool:
        """Whether the key takes any names with any values, lists and further names among them."""
        return bool(self.type == Mapping[str, Any])

    @property
    def is_text(self) -> bool:
        """Whether the key takes text, or one of some words, or a list of texts, or texts by name."""
        return self.type in (str, str | None, tuple[str, ...], Mapping[str, str]) or get_origin(self.type) is Literal


@cache
def keys_of(cls: type) -> dict[str, Key]:
    """Return the keys of a schema class by name, in the order in which they are declared."""
    hints = get_type_hints(cls)
    return {f.name: Key(f.name, hints[f.name], f) for f in fields(cls) if f.metadata.get("public", True)}


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
