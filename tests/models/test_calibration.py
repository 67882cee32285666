import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from torch.nn import functional

from trainyard.models.calibration import FLATTEST, fit_temperature


def sample(seed, classes, sharpness, rows=200):
    """Logits whose labels are drawn from their own probabilities, made too sharp or too flat."""
    rng = np.random.default_rng(seed)
    logits = torch.from_numpy(rng.normal(size=(rows, classes)) * 2)
    probability = torch.softmax(logits, 1).numpy()
    y = torch.from_numpy(np.array([rng.choice(classes, p=row) for row in probability]))
    return logits * sharpness, y


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 5), st.floats(0.2, 5), st.booleans())
def test_no_other_temperature_has_less_log_loss(seed, classes, sharpness, weighted):
    logits, y = sample(seed, classes, sharpness)
    weight = torch.linspace(0, 2, len(y), dtype=torch.float64) if weighted else None

    def log_loss(temperature):
        rows = functional.cross_entropy(logits / temperature, y, reduction="none")
        return float(rows.mean() if weight is None else (rows * weight).sum() / weight.sum())

    best = minimize_scalar(log_loss, bounds=(0.01, 100), method="bounded", options={"xatol": 1e-9})
    temperature = fit_temperature(logits, y, weight)
    assert temperature == pytest.approx(best.x, rel=1e-4)
    assert log_loss(temperature) <= best.fun + 1e-12


def test_the_temperature_undoes_what_was_too_sharp():
    assert fit_temperature(*sample(0, 3, 4.0, rows=3000), None) == pytest.approx(4, rel=0.1)


def test_where_every_row_is_right_there_is_nothing_to_fit():
    logits = torch.eye(3) * 5
    assert fit_temperature(logits, torch.tensor([0, 1, 2]), None) == 1.0
    assert fit_temperature(logits, torch.tensor([0, 1, 1]), torch.tensor([1.0, 1.0, 0.0])) == 1.0


def test_where_every_row_is_wrong_nothing_is_certain():
    assert fit_temperature(torch.eye(3) * 5, torch.tensor([1, 2, 0]), None) == pytest.approx(1 / FLATTEST)


def test_it_is_the_same_each_time():
    logits, y = sample(1, 4, 2.0)
    assert fit_temperature(logits.float(), y, None) == fit_temperature(logits.float(), y, None)
