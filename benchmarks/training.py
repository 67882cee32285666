"""Training: digits, 64-256-10, batches of 64, one thread; every side validates, logs four metrics, keeps the best."""

import tempfile
from pathlib import Path

import torch

from benchmarks.digits import config, prepared
from benchmarks.harness import Claim, Measured, Result, alternate, judge
from benchmarks.peers import estimators, hand_loop, lightning_defaults
from trainyard.tracking.journal import Journal
from trainyard.training.fit import fit
from trainyard.training.plan import plan_run

EPOCHS = 40
CLAIMS = [
    Claim("Trainyard / hand-written loop", "trainyard", "hand-written loop, fused Adam", 0.60),
    Claim("Trainyard / Lightning's defaults", "trainyard", "Lightning's defaults", 4.0),
]


def train_ours() -> None:
    """Fit the plan as `python train.py` does, each epoch into a journal."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal.create(Path(folder), kind="run", experiment="bench", name="bench")
        plan = plan_run(config(EPOCHS), prepared(), torch.device("cpu"))
        fit(plan, on_epoch=lambda member, _model, metrics, _best: journal.metrics(metrics, step=member.epoch))
        journal.end("FINISHED")


def run(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure all sides in turn."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        sides = {
            "trainyard": train_ours,
            "hand-written loop, fused Adam": lambda: void(hand_loop.train(EPOCHS)),
            "Lightning's defaults": lambda: lightning_defaults.train(EPOCHS, Path(folder)),
            "scikit-learn MLPClassifier": lambda: estimators.train_scikit_learn(EPOCHS),
            "skorch": lambda: estimators.train_skorch(EPOCHS, folder),
        }
        measured = alternate(sides, rounds)
    return f"Training, {EPOCHS} epochs of 20 steps", measured, judge(CLAIMS, measured)


def void(value: object) -> None:
    """Return nothing, so that a side is timed from outside."""
    del value
