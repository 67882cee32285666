"""Whole commands, as a person waits for them: processes timed from outside."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.harness import Claim, Measured, Result, alternate, judge

REPOSITORY = Path(__file__).resolve().parents[1]
TRAIN = [sys.executable, str(REPOSITORY / "train.py")]
USUAL = [sys.executable, str(REPOSITORY / "benchmarks" / "peers" / "usual_script.py")]
SEEDS = ",".join(str(seed) for seed in range(16))


def command(words: list[str], folder: Path, expected: int = 0) -> Callable[[], None]:
    """Return a side that runs a command in `folder`."""
    env = {**os.environ, "TRAINYARD_ROOT": str(folder), "MLFLOW_DISABLE_TELEMETRY": "true"}
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"):
        env.pop(name, None)

    def run() -> None:
        done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)
        if done.returncode != expected:
            raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr[-2000:]}")

    return run


def run_light(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure what ends before torch would have been imported."""
    with tempfile.TemporaryDirectory() as folder:
        sides = {
            "import torch": command([sys.executable, "-c", "import torch"], Path(folder)),
            "train.py --help": command([*TRAIN, "--help"], Path(folder)),
            "train.py --cfg job": command([*TRAIN, "--cfg", "job"], Path(folder)),
            "train.py with a mistake": command([*TRAIN, "network.hiden=3"], Path(folder), expected=2),
        }
        measured = alternate(sides, rounds)
    claims = [Claim(f"{side} / import torch", side, "import torch", 0.4, cost=True) for side in list(sides)[1:]]
    return "Commands that need no torch", measured, judge(claims, measured)


def run_first_step(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure the time to the first optimizer step, told by the run's own journal, with a warm cache."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sides = {
            "import pytorch_lightning": command([sys.executable, "-c", "import pytorch_lightning"], folder),
            "train.py to the first step": lambda: _first_step(folder),
        }
        measured = alternate(sides, rounds)
    claim = Claim("first step / import pytorch_lightning", "train.py to the first step", "import pytorch_lightning",
                  1.25, cost=True)  # fmt: skip
    return "Time to the first step", measured, judge([claim], measured)


def _first_step(folder: Path) -> float:
    started = time.time()
    command([*TRAIN, "training.max_steps=1"], folder)()
    runs = sorted((folder / "runs" / "digits").iterdir(), key=lambda path: path.stat().st_mtime)
    import json

    records = [json.loads(line) for line in (runs[-1] / "journal.jsonl").read_text().splitlines()]
    return next(record["time"] for record in records if record["type"] == "metrics") - started


def run_command(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure a whole training, 20 epochs, warm cache, MLflow on."""
    return _run_whole(rounds, sweep=False)


def run_sweep(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure a sweep over 16 seeds."""
    return _run_whole(rounds, sweep=True)


def _run_whole(rounds: int, *, sweep: bool) -> tuple[str, Measured, list[Result]]:
    extra = ["-m", f"seed={SEEDS}"] if sweep else []
    with tempfile.TemporaryDirectory() as name:
        ours, theirs = Path(name) / "ours", Path(name) / "theirs"
        ours.mkdir()
        theirs.mkdir()
        command(TRAIN, ours)()
        command(USUAL, theirs)()
        sides = {
            "python train.py": command([*TRAIN, *extra, "tracking.drain=600"], ours),
            "script in the usual style": command([*USUAL, *extra], theirs),
        }
        measured = alternate(sides, rounds, warmups=0)
        shutil.rmtree(name, ignore_errors=True)
    bound = 0.40 if sweep else 0.60
    what = "16-member sweep" if sweep else "one run"
    claim = Claim(f"{what} / usual style", "python train.py", "script in the usual style", bound, cost=True)
    return f"Whole commands: {what}", measured, judge([claim], measured)


def run_listing(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure a list of 1,000 runs, a tenth of them members of sweeps, with 100 epochs each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for experiment in range(10):
            _make_runs(folder / "runs" / f"experiment-{experiment}", f"experiment-{experiment}")
        listing = [sys.executable, "-m", "trainyard", "runs", "limit=all"]
        sides = {
            "import torch": command([sys.executable, "-c", "import torch"], folder),
            "trainyard runs, 1,000 runs": command(listing, folder),
        }
        measured = alternate(sides, rounds)
    claim = Claim("trainyard runs / import torch", "trainyard runs, 1,000 runs", "import torch", 0.5, cost=True)
    return "A list of 1,000 runs", measured, judge([claim], measured)


def _make_runs(folder: Path, experiment: str) -> None:
    """Write 90 runs and a sweep of nine members into the folder of an experiment."""
    from trainyard.tracking.journal import Journal

    sweep = Journal.create(folder / "sweep", kind="sweep", experiment=experiment, name="sweep", sync=False)
    for number in range(99):
        place = folder / f"run-{number}" if number < 90 else folder / "sweep" / f"{number}-seed={number}"
        parent = None if number < 90 else sweep.id
        journal = Journal.create(place, kind="run", experiment=experiment, name=place.name, parent=parent, sync=False)
        journal.params({f"network.key_{key}": key for key in range(25)})
        for epoch in range(100):
            journal.metrics({"train/loss": 0.1, "val/loss": 0.2, "val/accuracy": 0.9}, epoch)
        (place / "overrides.txt").write_text("dataset=iris\nseed=3\n")
        (place / "metrics.json").write_text('{"test/accuracy": 0.9, "best/loss": 0.2}')
        journal.end("FINISHED")
    sweep.end("FINISHED")
