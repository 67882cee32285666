"""What the tests of the verbs share: a project folder, and a training that only notes what it was asked for."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from trainyard.config.schema.run import Config
from trainyard.training.result import RunResult

REPOSITORY = Path(__file__).parents[2]


@dataclass
class Begun:
    """A noted sweep: what it was begun with, how its members ended, and whether it was stopped."""

    folder: Path
    configs: Sequence[Config]
    more: dict[str, Any]
    parent: object = field(default_factory=object)
    added: list[tuple[int, list[str], RunResult]] = field(default_factory=list)
    stopped: bool | None = None

    def add(self, number: int, overrides: list[str], result: RunResult) -> None:
        self.added.append((number, overrides, result))


@dataclass
class Runs:
    """Stands in for trainyard.training: notes every run and ends it as `end` says."""

    end: Callable[[Config, Path], int] = lambda _config, _folder: 0
    configs: list[Config] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    sweeps: list[Begun] = field(default_factory=list)

    def run(self, config: Config, *, folder: Path, **more: Any) -> RunResult:
        self.configs.append(config)
        self.calls.append({"folder": folder, **more})
        return RunResult(folder, "FINISHED", self.end(config, folder), {}, None)

    def begin_sweep(self, folder: Path, configs: Sequence[Config], **more: Any) -> Begun:
        self.sweeps.append(Begun(folder, configs, more))
        return self.sweeps[-1]

    def end_sweep(self, sweep: Begun, *, stopped: bool) -> None:
        sweep.stopped = stopped


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project root of its own, with the repository's configs."""
    monkeypatch.chdir(REPOSITORY)
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))
    for name in ("DVC_ROOT", "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "HYDRA_FULL_ERROR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "argv", ["train.py"])
    return tmp_path


@pytest.fixture
def runs(project: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Note runs instead of training."""
    runs = Runs()
    run, sweep = ModuleType("trainyard.training.run"), ModuleType("trainyard.training.sweep")
    run.run = runs.run  # type: ignore[attr-defined]
    sweep.begin_sweep, sweep.end_sweep = runs.begin_sweep, runs.end_sweep  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "trainyard.training.run", run)
    monkeypatch.setitem(sys.modules, "trainyard.training.sweep", sweep)
    return runs
