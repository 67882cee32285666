"""One run from its config to its end, without importing torch before the data are known to be good."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Literal

from trainyard.config.root import project_root
from trainyard.config.schema import Classifier, Config, Regressor
from trainyard.data.prepare import prepare
from trainyard.training.companions import Companions
from trainyard.training.result import RunResult
from trainyard.training.stop import Stop, stop_on_signals

if TYPE_CHECKING:
    from trainyard.training.plan import Plan
    from trainyard.training.sweep import Sweep

HEAVY = "trainyard.training.story"


def run(
    config: Config, *, folder: Path, overrides: Sequence[str], command: str, parent: "Sweep | None" = None
) -> RunResult:
    """Train what `config` says, in `folder`, and return how it ended.

    Raises ConfigError, DataError or NetworkError before anything is written where the run cannot begin. `overrides`
    and `command` are kept as typed, `parent` is the sweep that the run is a member of.
    """
    root = project_root()
    companions = parent.companions if parent else Companions.start(folder, config.tracking, root)
    try:
        plan = plan_from(config, root)
    except BaseException:
        if not parent:
            companions.cancel()
        raise
    from trainyard.training.story import tell

    stop = Stop()
    with stop_on_signals(stop):
        try:
            return tell(plan, companions, stop, folder=folder, overrides=overrides, command=command, parent=parent)
        finally:
            if not parent:
                companions.close()


def plan_from(config: Config, root: Path) -> "Plan":
    """Return the plan of a run; torch is imported on a thread while the data are prepared."""
    importing = Thread(target=importlib.import_module, args=(HEAVY,), daemon=True)
    importing.start()
    double = config.accelerator.precision == "64"
    prepared = prepare(config.dataset, task=task_of(config), double=double, root=root)
    importing.join()
    from trainyard.training.accelerator import check_accelerator
    from trainyard.training.plan import plan_run

    return plan_run(config, prepared, check_accelerator(config.accelerator))


def task_of(config: Config) -> Literal["auto", "classification", "regression"]:
    """Return the task that the model of the config asks for."""
    if isinstance(config.model, Classifier):
        return "classification"
    return "regression" if isinstance(config.model, Regressor) else "auto"
