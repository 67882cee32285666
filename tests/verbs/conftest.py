"""What the tests of the verbs share: a project folder, and a training that only notes what it was asked for."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from trainyard.config.schema import Config

REPOSITORY = Path(__file__).parents[2]


@dataclass
class Result:
    """How a noted run ended."""

    exit_code: int = 0


@dataclass
class Runs:
    """Stands in for trainyard.training: notes every run and ends it as `end` says."""

    end: Callable[[Config, Path], int] = lambda _config, _folder: 0
    configs: list[Config] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    sweeps: list[dict[str, Any]] = field(default_factory=list)

    def run(self, config: Config, *, folder: Path, **more: Any) -> Result:
        self.configs.append(config)
        self.calls.append({"folder": folder, **more})
        return Result(self.end(config, folder))

    def begin_sweep(self, folder: Path, configs: Sequence[Config], **more: Any) -> dict[str, Any]:
        self.sweeps.append({"folder": folder, "configs": configs, "ended": False, **more})
        return self.sweeps[-1]

    def end_sweep(self, sweep: dict[str, Any]) -> None:
        sweep["ended"] = True


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
