"""A rule: what cannot be right together, as a function of the config that yields a fault for each clash."""

from collections.abc import Callable, Iterator
from typing import Any

from trainyard.config.faults import Fault, show_value
from trainyard.config.schema.dataset import ImageFolder
from trainyard.config.schema.model import Classifier, Regressor
from trainyard.config.schema.run import Config

# what the built-in datasets are, with the target that they come with
BUILT_IN_TASKS: dict[tuple[str, tuple[str, ...]], str] = {
    ("digits", ("digit",)): "classification",
    ("iris", ("species",)): "classification",
    ("wine", ("cultivar",)): "classification",
    ("breast_cancer", ("diagnosis",)): "classification",
    ("diabetes", ("progression",)): "regression",
    ("linnerud", ("weight", "waist", "pulse")): "regression",
    ("salmon", ("length_mm",)): "regression",
}

Clashes = Iterator[Fault]
Rule = Callable[[Config], Clashes]
RULES: list[Rule] = []


def rule(function: Rule) -> Rule:
    """Add a rule to those that every config is held to."""
    RULES.append(function)
    return function


def clash(text: str, *keys: str) -> Fault:
    """Return the fault of a rule; `keys` are those that one could change to mend it."""
    return Fault(text, keys)


def setting(key: str, value: Any) -> str:
    """Return "key=value" as it would be typed."""
    return f"{key}={show_value(value, key)}"


def dataset_task(config: Config) -> str | None:
    """Return the task of a built-in dataset with its own target, or of a folder for each class; else None."""
    if isinstance(config.dataset, ImageFolder):
        return "classification"
    return BUILT_IN_TASKS.get((config.dataset.source, config.dataset.target))


def task_of(config: Config) -> str | None:
    """Return "classification" or "regression" where the config alone decides it, else None."""
    if isinstance(config.model, Classifier | Regressor):
        return "classification" if isinstance(config.model, Classifier) else "regression"
    return dataset_task(config)
