"""One run from its config to its end, without importing torch before the data are known to be good."""

import importlib
import os
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Literal

from trainyard.config.root import project_root
from trainyard.config.schema.accelerator import Accelerator
from trainyard.config.schema.model import Classifier, Regressor
from trainyard.config.schema.run import Config
from trainyard.data.prepare import prepare
from trainyard.tracking.reading import JOURNAL
from trainyard.training.companions import Companions
from trainyard.training.phases import Phases
from trainyard.training.result import Asked, RunResult
from trainyard.training.stop import Stop, stop_on_signals

if TYPE_CHECKING:
    from trainyard.training.plan import Plan
    from trainyard.training.result import Parent

HEAVY = "trainyard.training.story"
NEED_GPU = ("tf32", "16-mixed")  # precisions
QUIET_RECORDER = ("KINETO_LOG_LEVEL", "99")  # torch looks at it when it is imported; else its recorder talks to stderr


def run(
    config: Config, *, folder: Path, overrides: Sequence[str], command: str, parent: "Parent | None" = None,
    resuming: Sequence[str] | None = None, phases: Phases | None = None,
) -> RunResult:  # fmt: skip
    """Train what `config` says, in `folder`, and return how it ended.

    Raises ConfigError, DataError or NetworkError before anything is written where the run cannot begin. `overrides`
    and `command` are kept as they come, `parent` is the sweep that the run is a member of. With `resuming`, words on
    the settings that have changed, the run that lies in `folder` goes on. `phases` has been running since the command
    began.
    """
    phases = phases or Phases()
    phases.mark("imports")
    asked = Asked(folder, tuple(overrides), command, resuming)
    if parent is not None:
        return _run(config, parent.companions, asked, parent, phases)
    companions = Companions.start(folder, config.tracking, project_root())
    try:
        return _run(config, companions, asked, None, phases)
    finally:
        companions.close(began=(folder / JOURNAL).exists())


def _run(
    config: Config, companions: Companions, asked: Asked, parent: "Parent | None", phases: Phases
) -> RunResult:
    phases.mark("set up")
    plan = plan_from(config, project_root(), phases)
    from trainyard.training.story import tell

    stop = Stop()
    with stop_on_signals(stop):
        return tell(plan, companions, stop, asked, parent, phases)


def plan_from(config: Config, root: Path, phases: Phases | None = None) -> "Plan":
    """Return the plan of a run; torch is imported on a thread while the data are prepared.

    Raises AcceleratorError, DataError or NetworkError. A GPU that is asked for is looked for first, with torch alone.
    """
    phases = phases or Phases()
    if config.training.profile:
        os.environ.setdefault(*QUIET_RECORDER)
    if asks_for_gpu(config.accelerator):
        from trainyard.training.accelerator import check_accelerator

        check_accelerator(config.accelerator)
    phases.mark("imports")
    importing = Thread(target=import_heavy, args=(config.training.profile,), daemon=True)
    importing.start()
    double = config.accelerator.precision == "64"
    prepared = prepare(
        config.dataset, task=task_of(config), double=double, root=root, target_transform=target_transform_of(config),
        trusted=config.trusted,
    )  # fmt: skip
    phases.mark("prepare")
    importing.join()
    from trainyard.training.accelerator import check_accelerator
    from trainyard.training.plan import plan_run

    phases.mark("imports")
    return plan_run(config, prepared, check_accelerator(config.accelerator))


def import_heavy(profile: bool) -> None:
    """Import torch and all that trains with it, and what will record its operators where a profile is wanted."""
    importlib.import_module(HEAVY)
    if profile:
        from trainyard.training.profile import wake_recorder

        wake_recorder()


def asks_for_gpu(accelerator: Accelerator) -> bool:
    """Return whether the choice of an accelerator can only be had with a GPU."""
    return accelerator.name not in ("auto", "cpu", "ddp_cpu") or accelerator.precision in NEED_GPU


def task_of(config: Config) -> Literal["auto", "classification", "regression"]:
    """Return the task that the model of the config asks for."""
    if isinstance(config.model, Classifier):
        return "classification"
    return "regression" if isinstance(config.model, Regressor) else "auto"


def target_transform_of(config: Config) -> str:
    """Return what the model of the config asks to be done with its targets."""
    return config.model.target_transform if isinstance(config.model, Regressor) else "none"
