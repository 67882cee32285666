"""What it costs to find that nothing has changed: `dvc repro` over the ten stages of the pipeline."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import yaml

from benchmarks.harness import Claim, Measured, Result, alternate, judge

REPOSITORY = Path(__file__).resolve().parents[1]
MOST_SECONDS = 2
PARAMS = {
    "experiments": ["digits", "salmon"],
    "digits": {"experiment": "digits", "training": {"max_epochs": 3}},
    "salmon": {"experiment": "salmon", "training": {"max_epochs": 3}},
}


def run(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure `dvc repro` in a clone in which it has run, beside a command of DVC that looks at nothing."""
    with tempfile.TemporaryDirectory() as name:
        clone = Path(name) / "clone"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(REPOSITORY), str(clone)], check=True)
        (clone / "params.yaml").write_text(yaml.safe_dump(PARAMS, sort_keys=False), encoding="utf-8")
        dvc(clone, "repro")()
        ours, theirs = "dvc repro, nothing to do", "dvc version"
        measured = alternate({ours: dvc(clone, "repro"), theirs: dvc(clone, "version")}, rounds, warmups=1)
    seconds = statistics.median(measured[ours])
    claim = Claim("dvc repro with nothing to do / dvc version", ours, theirs, 3.0, cost=True)
    title = f"A pipeline in which nothing has changed: {seconds:.2f} s here, of {MOST_SECONDS} that it may take"
    return title, measured, judge([claim], measured)


def dvc(folder: Path, command: str) -> Callable[[], None]:
    """Return what runs a command of DVC in a folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "DVC_NO_ANALYTICS": "1"}

    def call() -> None:
        subprocess.run([sys.executable, "-m", "dvc", command], cwd=folder, env=env, check=True, capture_output=True)

    return call
