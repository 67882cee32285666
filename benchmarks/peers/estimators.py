"""scikit-learn's MLPClassifier and skorch on the same digits, each validating every epoch and keeping the best."""

import copy
import warnings

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.neural_network import MLPClassifier
from skorch import NeuralNetClassifier
from skorch.callbacks import Checkpoint, EpochScoring
from skorch.dataset import Dataset
from skorch.helper import predefined_split
from torch import nn

from benchmarks.digits import BATCH, CLASSES, HIDDEN, RATE, arrays


def train_scikit_learn(epochs: int) -> None:
    """Train epoch by epoch with partial_fit, so that each can be validated as the others are."""
    x, y, x_val, y_val = arrays()
    network = MLPClassifier((HIDDEN,), batch_size=BATCH, learning_rate_init=RATE, alpha=0.0)
    best, classes = float("inf"), np.arange(CLASSES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for _ in range(epochs):
            network.partial_fit(x, y, classes=classes)
            probability = network.predict_proba(x_val)
            predicted = probability.argmax(1)
            loss = log_loss(y_val, probability, labels=classes)
            accuracy_score(y_val, predicted)
            f1_score(y_val, predicted, average="macro")
            if loss < best:
                best = loss
                best_weights = copy.deepcopy((network.coefs_, network.intercepts_))
    network.coefs_, network.intercepts_ = best_weights


def train_skorch(epochs: int, folder: str) -> None:
    """Train with its default loaders and callbacks, four metrics and the best weights."""
    x, y, x_val, y_val = arrays()
    NeuralNetClassifier(
        nn.Sequential(nn.Linear(64, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES)),
        criterion=nn.CrossEntropyLoss, optimizer=torch.optim.Adam, lr=RATE, batch_size=BATCH, max_epochs=epochs,
        train_split=predefined_split(Dataset(x_val, y_val)), verbose=0,
        callbacks=[
            ("f1", EpochScoring("f1_macro", lower_is_better=False)),
            ("best", Checkpoint(dirname=folder, monitor="valid_loss_best", load_best=True)),
        ],
    ).fit(x, y)  # fmt: skip
