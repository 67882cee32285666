"""Small rows that the tests of estimators share."""

import numpy as np

SETTINGS = {"hidden": (8,), "max_epochs": 3, "batch_size": 16, "lr": 0.1, "random_state": 0}


def flowers(rows=60):
    """Return X (N, 4) and y (N,) of three classes that lie apart."""
    generator = np.random.default_rng(0)
    y = np.arange(rows) % 3
    return generator.normal(size=(rows, 4)) + 2 * y[:, None] * np.array([1, 0, -1, 0.5]), y


def numbers(targets=1, rows=60):
    """Return X (N, 4) and y (N,) or (N, T) that depends on it."""
    X = np.random.default_rng(1).normal(size=(rows, 4))
    y = X @ np.random.default_rng(2).normal(size=(4, targets)) * 10 + 50
    return X, y[:, 0] if targets == 1 else y
