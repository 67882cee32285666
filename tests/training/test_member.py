import math

import pytest
import torch
from torch import nn

from tests.synthetic import make_config
from trainyard.config.schema.optimization import Plateau
from trainyard.training.member import Member, weights_of


def network(value=0.0):
    made = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    with torch.no_grad():
        for tensor in weights_of(made):
            tensor.fill_(value)
    return made


def record(member, values, monitor="val/loss"):
    return [member.record(epoch, {monitor: value}, network(epoch)) for epoch, value in enumerate(values, 1)]


def test_the_best_weights_are_those_of_the_best_validation():
    member = Member(make_config())
    assert record(member, [3.0, 1.0, 2.0, 1.0]) == [True, True, False, False]
    assert (member.best_value, member.best_epoch, member.validations_without_improvement) == (1.0, 2, 2)
    other = network(9)
    member.restore_weights(other)
    assert all((tensor == 2).all() for tensor in weights_of(other))


def test_accuracy_gets_better_by_growing():
    member = Member(make_config(monitor="val/accuracy"))
    assert record(member, [0.5, 0.4, 0.9], "val/accuracy") == [True, False, True]


def test_the_direction_can_be_given():
    member = Member(make_config(monitor="val/loss", direction="max"))
    assert record(member, [1.0, 2.0]) == [True, True]


def test_a_change_below_min_delta_is_none():
    member = Member(make_config(min_delta=0.5))
    assert record(member, [3.0, 2.6, 2.4]) == [True, False, True]


def test_no_number_is_never_the_best():
    member = Member(make_config())
    assert record(member, [math.nan, 5.0, math.nan]) == [False, True, False]


def test_patience_runs_out_and_never_where_there_is_none():
    member = Member(make_config(patience=2))
    record(member, [1.0, 2.0])
    assert not member.out_of_patience
    record(member, [2.0])
    assert member.out_of_patience
    endless = Member(make_config(patience=None))
    record(endless, [1.0] * 50)
    assert not endless.out_of_patience


def test_a_plateau_lowers_the_learning_rate_as_torchs_does():
    config = make_config(patience=None, schedule=Plateau(factor=0.5, patience=1, min_factor=0.2))
    member, values = Member(config), [3.0, 3.0, 3.0, 3.0, 2.0, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5]
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=0.5, patience=1, min_lr=0.2, threshold=0, threshold_mode="abs"
    )
    for epoch, value in enumerate(values, 1):
        member.record(epoch, {"val/loss": value}, network())
        theirs.step(value)
        assert member.plateau_factor == pytest.approx(optimizer.param_groups[0]["lr"])
    assert member.plateau_factor == pytest.approx(0.2)
