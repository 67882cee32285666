"""Trainyard: compose, train, track and repeat classifiers and regressors, and use what was trained."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trainyard.estimators.classifier import Classifier as Classifier
    from trainyard.estimators.gradients import check_gradients as check_gradients
    from trainyard.estimators.regressor import Regressor as Regressor
    from trainyard.inference.named import load as load

WHERE = {
    "Classifier": "trainyard.estimators.classifier",
    "Regressor": "trainyard.estimators.regressor",
    "check_gradients": "trainyard.estimators.gradients",
    "load": "trainyard.inference.named",
}  # what this package gives, by the module that is imported for it

__all__ = ["Classifier", "Regressor", "check_gradients", "load"]  # __getattr__ has it


def __getattr__(name: str) -> Any:
    """Return what this package gives, imported when it is first asked for: torch takes a second."""
    if name not in WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *WHERE])
