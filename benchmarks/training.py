"""Training: digits, 64-256-10, batches of 64, one thread; every side validates, logs four metrics, keeps the best."""

import tempfile
from pathlib import Path

import torch

from benchmarks.digits import config, prepared
from benchmarks.harness import Claim, Measured, Result, alternate, judge, void
from benchmarks.peers import estimators, hand_loop, lightning_defaults
from trainyard.tracking.journal import Journal
from trainyard.training.distributed import World
from trainyard.training.engine import open_stepper
from trainyard.training.fit import fit
from trainyard.training.lightning import LightningModel
from trainyard.training.member import Member
from trainyard.training.plan import plan_run

EPOCHS, LONG_EPOCHS, TIMES = 40, 10, 10  # the long epochs have the rows TIMES over
OURS, HAND, LIGHTNING = "trainyard", "hand-written loop, fused Adam", "Lightning's defaults"
SCIKIT_LEARN, STEPPER, BARE = "scikit-learn MLPClassifier", "bare stepper", "bare hand-written loop"
CLAIMS = [
    Claim("Trainyard / hand-written loop", OURS, HAND, 1.0),
    Claim("Trainyard / Lightning's defaults", OURS, LIGHTNING, 6.0),
    Claim("Trainyard / MLPClassifier", OURS, SCIKIT_LEARN, 1.3),
]
LONG_CLAIMS = [
    Claim("Trainyard / hand-written loop", OURS, HAND, 1.2),
    Claim("bare stepper / bare hand-written loop", STEPPER, BARE, 1.3),
]


def train_ours(epochs: int, times: int = 1) -> None:
    """Fit the plan as `python train.py` does, each epoch into a journal."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal.create(Path(folder), kind="run", experiment="bench", name="bench")
        plan = plan_run(config(epochs), prepared(times), torch.device("cpu"))
        fit(plan, on_epoch=lambda member, _model, metrics, _best: journal.metrics(metrics, step=member.epoch))
        journal.end("FINISHED")


def step_alone(epochs: int, times: int) -> None:
    """Train by the stepper of the engine and nothing else: no Lightning, no validation, no log, no best weights."""
    plan = plan_run(config(epochs), prepared(times), torch.device("cpu"))
    model, minibatches = plan.build_model(), plan.open_training()
    stepper = open_stepper(
        plan.engine, LightningModel(model), Member(plan.config), plan.device, World(), length=plan.length,
        sizes=minibatches.sizes(),
    )  # fmt: skip
    for epoch in range(epochs):
        for minibatch in minibatches.read(epoch, 0, len(minibatches)):
            stepper.step(minibatch, 1, True)


def run(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure all sides in turn."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        sides = {
            OURS: lambda: train_ours(EPOCHS),
            HAND: lambda: void(hand_loop.train(EPOCHS)),
            LIGHTNING: lambda: lightning_defaults.train(EPOCHS, Path(folder)),
            SCIKIT_LEARN: lambda: estimators.train_scikit_learn(EPOCHS),
            "skorch": lambda: estimators.train_skorch(EPOCHS, folder),
        }
        measured = alternate(sides, rounds)
    return f"Training, {EPOCHS} epochs of 20 steps", measured, judge(CLAIMS, measured)


def run_long(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure epochs of 200 steps, and beside them what nothing but the steps takes."""
    torch.set_num_threads(1)
    sides = {
        OURS: lambda: train_ours(LONG_EPOCHS, TIMES),
        HAND: lambda: void(hand_loop.train(LONG_EPOCHS, TIMES)),
        STEPPER: lambda: step_alone(LONG_EPOCHS, TIMES),
        BARE: lambda: hand_loop.train_bare(LONG_EPOCHS, TIMES),
    }
    measured = alternate(sides, rounds)
    return f"Training, {LONG_EPOCHS} epochs of 200 steps", measured, judge(LONG_CLAIMS, measured)
