"""The run that a training within Python leaves, as `python train.py` leaves one: folder, journal, and MLflow."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from trainyard.config.root import project_root
from trainyard.config.runs import new_run_folder
from trainyard.config.schema.run import Config
from trainyard.config.secrets import masked_overrides
from trainyard.files import remove_if_empty
from trainyard.tracking.client import start_mirror
from trainyard.tracking.reading import JOURNAL
from trainyard.training.companions import Companions
from trainyard.training.fit import Fitted
from trainyard.training.plan import Plan
from trainyard.training.result import Asked
from trainyard.training.stop import Stop
from trainyard.training.story import tell


def asked_by(estimator: str, choices: Sequence[str], root: Path, experiment: str) -> Asked:
    """Return what the fit of an estimator asks for: its class is told as the command, its parameters as overrides."""
    folder = new_run_folder(root, experiment)
    return Asked(folder, tuple(masked_overrides(choices)), f"trainyard.{estimator}.fit", in_python=True)


def leave_run(plan: Plan, fit: Callable[..., Fitted], asked: Asked) -> Path:
    """Let `fit` do the work of a plan as a run, and return its folder.

    Nothing is printed. What MLflow does not take is warned of, and `trainyard sync` brings it there. Raises ConfigError
    for a server without an address.
    """
    config, root, folder = plan.config, project_root(), asked.folder
    companions = Companions(start_mirror(folder, config.tracking, root), config.tracking.drain)
    folder.mkdir(parents=True)
    try:
        tell(plan, companions, Stop(), asked, None, fit=fit)
    finally:
        companions.close(began=(folder / JOURNAL).exists())
        remove_if_empty(folder, above=2)
    if companions.problem is not None:
        warnings.warn(f"{folder.name}: {companions.problem} Bring the rest with: trainyard sync", stacklevel=6)
    return folder


def begun_from(config: Config, before: Path | str | None, weights: Any) -> Config:
    """Return the config of a run with tags that tell what it begins with: the run, or fit, `before`, or other weights.

    Neither is in a config by itself.
    """
    tags = {} if before is None else {"goes_on_from": Path(before).name}
    if weights is not None:
        tags["initial_weights"] = str(weights) if isinstance(weights, str | Path) else f"of a {type(weights).__name__}"
    return replace(config, tags={**config.tags, **tags})
