import pytest
import torch
from torch import nn

from trainyard.config.schema.optimization import Adam, AdamW, Sgd
from trainyard.training.flat import GRADIENT, WEIGHTS, FlatParameters
from trainyard.training.fused import SLOTS, FusedOptimizer
from trainyard.training.optimizers import build_optimizer

CONFIGS = [
    Adam(lr=0.01, weight_decay=0.1), AdamW(lr=0.01, beta1=0.8), Sgd(lr=0.1, weight_decay=0.01),
    Sgd(lr=0.1, momentum=0.5, nesterov=False), Sgd(lr=0.1, momentum=0, nesterov=False),
]  # fmt: skip


def gradients(seed):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(4, 5, generator=generator), torch.randn(4, generator=generator)]


@pytest.mark.parametrize("config", CONFIGS, ids=repr)
def test_an_update_is_that_of_torchs_optimizer(config):
    torch.manual_seed(0)
    ours, theirs = nn.Linear(5, 4), nn.Linear(5, 4)
    theirs.load_state_dict(ours.state_dict())
    flat = FlatParameters([ours], SLOTS[type(config)])
    fused, optimizer = FusedOptimizer(config, flat), build_optimizer(config, theirs.parameters(), fused=True)
    for seed, lr in enumerate([config.lr, config.lr / 2, config.lr]):
        for parameter, view, gradient in zip(
            theirs.parameters(), flat.views(GRADIENT).values(), gradients(seed), strict=True
        ):
            parameter.grad = gradient.clone()
            view.copy_(gradient)
        fused.update(lr)
        optimizer.param_groups[0]["lr"] = lr
        optimizer.step()
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-7)
    assert fused.count == 3


@pytest.mark.parametrize("config", [AdamW(lr=0.01), Sgd(lr=0.1)], ids=repr)
def test_parameters_move_at_their_multiples_of_the_rate(config):
    torch.manual_seed(0)
    ours, theirs = nn.Linear(5, 4), nn.Linear(5, 4)
    theirs.load_state_dict(ours.state_dict())
    flat = FlatParameters([ours], SLOTS[type(config)])
    fused = FusedOptimizer(config, flat, {"bias": 0.25})
    groups = [{"params": [theirs.weight], "lr": config.lr}, {"params": [theirs.bias], "lr": config.lr / 4}]
    optimizer = build_optimizer(config, groups, fused=True)
    for seed in range(3):
        pairs = zip(theirs.parameters(), flat.views(GRADIENT).values(), gradients(seed), strict=True)
        for parameter, view, gradient in pairs:
            parameter.grad = gradient.clone()
            view.copy_(gradient)
        fused.update(config.lr)
        optimizer.step()
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-7)


def test_members_are_moved_by_their_own_gradients():
    torch.manual_seed(0)
    pair = [nn.Linear(3, 1), nn.Linear(3, 1)]
    flat = FlatParameters(pair, SLOTS[Adam])
    before = [flat.row(WEIGHTS, member).clone() for member in (0, 1)]
    flat.row(GRADIENT, 1).fill_(1)
    FusedOptimizer(Adam(lr=0.5), flat).update(0.5)
    assert torch.equal(flat.row(WEIGHTS, 0), before[0])
    assert (flat.views(WEIGHTS, 1)["weight"] < before[1][:3]).all()


def test_it_goes_on_where_it_was():
    torch.manual_seed(0)
    first, second = nn.Linear(3, 1), nn.Linear(3, 1)
    second.load_state_dict(first.state_dict())
    whole = FlatParameters([first], SLOTS[AdamW])
    optimizer = FusedOptimizer(AdamW(), whole)
    for _ in range(3):
        whole.row(GRADIENT).fill_(0.3)
        optimizer.update(0.1)
    part = FlatParameters([second], SLOTS[AdamW])
    begun = FusedOptimizer(AdamW(), part)
    part.row(GRADIENT).fill_(0.3)
    begun.update(0.1)
    resumed = FusedOptimizer(AdamW(), part)
    resumed.restore(1)
    for _ in range(2):
        resumed.update(0.1)
    assert torch.equal(whole.row(WEIGHTS), part.row(WEIGHTS))
