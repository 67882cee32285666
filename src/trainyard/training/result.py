"""How a run ended, and what it is called."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.config.schema.run import Config
from trainyard.config.secrets import mask_text

if TYPE_CHECKING:
    from trainyard.training.companions import Companions

STOPPED = (130, 143)  # exit codes after Ctrl-C and SIGTERM


@dataclass(frozen=True)
class Asked:
    """What was asked for: the run's folder, the overrides and the command line as they were typed, without secrets.

    `resuming` are words on the settings that changed where the run in the folder is to go on, None for a new run. What
    is asked for `in_python` prints nothing, and no queue or pipeline starts it again.
    """

    folder: Path
    overrides: tuple[str, ...]
    command: str
    resuming: Sequence[str] | None = None
    in_python: bool = False


@dataclass(frozen=True)
class RunResult:
    """How a run ended. `metrics` are the final ones, flat; `monitor_value` is the best value of training.monitor.

    `task` is None where the run failed before it was known.
    """

    folder: Path
    status: str
    exit_code: int
    metrics: dict[str, float]
    monitor_value: float | None
    error: str | None = None
    task: str | None = None


@dataclass(frozen=True)
class Parent:
    """What a member knows of its sweep: the run id, the folder, and the processes that work beside the members."""

    id: str
    folder: Path
    companions: "Companions"


def failed(folder: Path, error: BaseException, exit_code: int) -> RunResult:
    """Return the result of a run that ended in an exception; Ctrl-C and SIGTERM are such, too."""
    words = {130: "stopped by Ctrl-C", 143: "stopped by SIGTERM"}
    status = "KILLED" if exit_code in STOPPED else "FAILED"
    return RunResult(folder, status, exit_code, {}, None, words.get(exit_code, mask_text(str(error))))


def run_name(config: Config, folder: Path, sweep: bool) -> str:
    """Return the run's name: the one it was given, else dataset, network and the end of its folder's name."""
    if config.run_name:
        return config.run_name
    number = folder.name.split("_")[-1] if sweep else folder.name.rsplit("-", 1)[-1]
    return f"{config.dataset.name}-{config.network.name}-{number}"


def point_latest(folder: Path, runs: Path) -> None:
    """Let `latest` in the folder of all runs point to a run."""
    partial = runs / f".latest.{os.getpid()}"
    partial.unlink(missing_ok=True)
    partial.symlink_to(folder.relative_to(runs))
    partial.replace(runs / "latest")
