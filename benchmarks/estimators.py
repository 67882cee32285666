"""Estimators: `trainyard.Classifier` beside scikit-learn's MLPClassifier and skorch, each as it comes, one thread.

All have the same hidden layer, batch size, epochs, Adam and learning rate, hold no rows out for early stopping, and are
timed from `fit` to its return.
"""

import subprocess
import sys
import warnings
from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from sklearn.datasets import load_digits, make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from skorch import NeuralNetClassifier
from torch import nn

from benchmarks.harness import Claim, Measured, Result, alternate, judge
from trainyard import Classifier

RATE, HIDDEN = 1e-3, 128
OURS, SCIKIT_LEARN, SKORCH = "trainyard.Classifier", "MLPClassifier", "skorch"
FITTING = [
    Claim("Classifier.fit / MLPClassifier", OURS, SCIKIT_LEARN, 1.3),
    Claim("Classifier.fit / skorch", OURS, SKORCH, 1.5),
]

Rows = tuple[np.ndarray, np.ndarray]


@cache
def digits() -> Rows:
    """Return X (1797, 64) and y (1797,)."""
    X, y = load_digits(return_X_y=True)
    return StandardScaler().fit_transform(X).astype(np.float32), y


@cache
def table() -> Rows:
    """Return X (50000, 20) and y (50000,) of four classes."""
    X, y = make_classification(50_000, 20, n_informative=10, n_classes=4, random_state=0)
    return StandardScaler().fit_transform(X).astype(np.float32), y


def ours(rows: Rows, epochs: int, batch_size: int) -> Classifier:
    """Fit a Classifier."""
    return Classifier(hidden=(HIDDEN,), lr=RATE, max_epochs=epochs, batch_size=batch_size, random_state=0).fit(*rows)


def scikit_learn(rows: Rows, epochs: int, batch_size: int) -> MLPClassifier:
    """Fit an MLPClassifier that goes on to its last epoch."""
    network = MLPClassifier((HIDDEN,), batch_size=batch_size, learning_rate_init=RATE, alpha=0.0, max_iter=epochs,
                            n_iter_no_change=epochs, random_state=0)  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return network.fit(*rows)


def skorch(rows: Rows, epochs: int, batch_size: int) -> NeuralNetClassifier:
    """Fit a NeuralNetClassifier with its default loaders, without a part for validation."""
    X, y = rows
    layers = nn.Sequential(nn.Linear(X.shape[1], HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, int(y.max()) + 1))
    return NeuralNetClassifier(
        layers, criterion=nn.CrossEntropyLoss, optimizer=torch.optim.Adam, lr=RATE, batch_size=batch_size,
        max_epochs=epochs, train_split=None, verbose=0,
    ).fit(X, y.astype(np.int64))  # fmt: skip


def run_digits(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure fits of the digits in turn."""
    return "Estimators: digits, 30 epochs of 29 steps", *_fits(digits(), 30, 64, rounds)


def run_table(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure fits of a table in turn."""
    return "Estimators: a table of 50,000 x 20, 3 epochs of 250 steps", *_fits(table(), 3, 200, rounds)


def run_predicting(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure predictions for the table in turn."""
    torch.set_num_threads(1)
    rows = table()
    networks = {OURS: ours(rows, 1, 200), SCIKIT_LEARN: scikit_learn(rows, 1, 200)}
    sides = {name: _nothing(network.predict, rows[0]) for name, network in networks.items()}
    measured = alternate(sides, rounds)
    claim = Claim("Classifier.predict / MLPClassifier", OURS, SCIKIT_LEARN, 1.0)
    return "Predicting 50,000 rows of 20 numbers", measured, judge([claim], measured)


def run_importing(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure imports in processes of their own, less what an empty one takes."""
    sides = {name: _nothing(_python, f"import {name}") for name in ("sys", "trainyard", "torch")}
    measured = alternate(sides, rounds)
    above = {
        name: [max(own - empty, 0.0) for own, empty in zip(measured[name], measured["sys"], strict=True)]
        for name in ("trainyard", "torch")
    }
    return (
        "Importing",
        above,
        judge([Claim("import trainyard / import torch", "trainyard", "torch", 0.1, cost=True)], above),
    )


def _fits(rows: Rows, epochs: int, batch_size: int, rounds: int) -> tuple[Measured, list[Result]]:
    torch.set_num_threads(1)
    fits: dict[str, Callable[..., object]] = {OURS: ours, SCIKIT_LEARN: scikit_learn, SKORCH: skorch}
    measured = alternate({name: _nothing(fit, rows, epochs, batch_size) for name, fit in fits.items()}, rounds)
    return measured, judge(FITTING, measured)


def _nothing(call: Callable[..., object], *arguments: object) -> Callable[[], None]:
    def run() -> None:
        call(*arguments)

    return run


def _python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)
