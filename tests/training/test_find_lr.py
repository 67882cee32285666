import math

import numpy as np
import pytest
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.config.schema.optimization import Adam, Sgd
from trainyard.training.find_lr import Ramp, find_learning_rate, smooth, steepest_descent
from trainyard.training.fit import fit
from trainyard.training.plan import plan_run

CPU = torch.device("cpu")


def plan(**settings):
    return plan_run(make_config(**settings), make_prepared(), CPU)


def find(steps=60, lowest=1e-6, highest=1e3, **settings):
    return find_learning_rate(plan(**settings), lowest=lowest, highest=highest, steps=steps)


def test_the_ramp_rises_by_a_constant_factor_until_the_loss_diverges():
    found = find(optimizer=Sgd())
    assert found.diverged
    assert len(found.rates) == len(found.losses) == len(found.smoothed) < 60
    np.testing.assert_allclose(found.rates, 1e-6 * (1e9) ** (np.arange(len(found.rates)) / 59))
    assert found.rates[0] < found.suggestion < found.rates[int(np.argmin(found.smoothed))]


def test_a_training_at_the_suggested_rate_learns():
    found = find(optimizer=Adam())
    history = fit(plan(optimizer=Adam(lr=found.suggestion))).member.history
    assert history[-1]["val/loss"] < 0.7 * found.losses[0]


def test_it_is_the_same_each_time_and_leaves_the_plan_as_it_was():
    assert find(steps=25) == find(steps=25)
    before = plan()
    find_learning_rate(before, lowest=1e-6, highest=1e-3, steps=20)
    assert before.config == plan().config


def test_the_first_step_is_that_of_the_training():
    found = find(steps=20, highest=1e-5, accumulate=3)
    assert len(found.losses) == 20
    assert not found.diverged
    losses = []
    plain = plan(accumulate=3)
    model = plain.build_model()
    for minibatch in plain.open_training().read(0, 0, 3):
        losses.append(model.loss(minibatch).item())
    assert found.losses[0] == pytest.approx(sum(losses) / 3)


def test_where_no_loss_falls_nothing_is_suggested():
    assert steepest_descent([1.0, 2.0, 3.0]) is None
    assert steepest_descent([]) is None


def test_the_steepest_descent_lies_before_the_minimum():
    losses = [2.0, 2.0, 1.9, 1.2, 0.6, 0.5, 0.5, 3.0, 1.0]
    assert steepest_descent(losses) in (3, 4)


def test_smoothing_keeps_the_middle_and_is_not_pulled_by_a_divergence():
    assert smooth([1.0] * 30) == pytest.approx([1.0] * 30)
    assert smooth([]) == []
    calm, wild = [1.0] * 40, [1.0] * 39 + [1e6]
    assert smooth(wild)[:30] == pytest.approx(smooth(calm)[:30], abs=0.05)


@pytest.mark.parametrize(("losses", "diverged"), [
    ([1.0] * 30, False), ([1.0] * 15 + [50.0] * 3, True), ([1.0] * 5 + [math.nan], True), ([1.0, 90.0], False),
])  # fmt: skip
def test_a_ramp_sees_losses_that_grow(losses, diverged):
    ramp = Ramp(1e-5, 1.0, 50)
    for loss in losses:
        ramp.record(loss)
    assert ramp.diverged is diverged
    assert (ramp.rate(0), ramp.rate(49)) == (1e-5, pytest.approx(1.0))
