import pytest
import torch
from torch import nn

from tests.networks.layers.stacks import network_of
from trainyard.config.schema.optimization import (
    OPTIMIZERS,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    NAdam,
    Optimizer,
    RAdam,
    RmsProp,
    Sgd,
)
from trainyard.training.optimizers import (
    build_optimizer,
    multipliers_by_name,
    optimizer_groups,
    set_learning_rate,
)


@pytest.mark.parametrize(
    ("config", "kind", "settings"),
    [
        (AdamW(lr=0.1, weight_decay=0.2), torch.optim.AdamW, {"lr": 0.1, "weight_decay": 0.2, "betas": (0.9, 0.999)}),
        (Adam(beta1=0.8, eps=1e-6), torch.optim.Adam, {"betas": (0.8, 0.999), "eps": 1e-6, "weight_decay": 0.0}),
        (Sgd(momentum=0.5, nesterov=False), torch.optim.SGD, {"momentum": 0.5, "nesterov": False, "lr": 0.05}),
        (Adagrad(lr_decay=0.1), torch.optim.Adagrad, {"lr": 0.01, "lr_decay": 0.1, "eps": 1e-10}),
    ],
)
@pytest.mark.parametrize("fused", [True, False])
def test_settings_reach_torchs_optimizer(config, kind, settings, fused):
    optimizer = build_optimizer(config, nn.Linear(2, 1).parameters(), fused=fused)
    assert type(optimizer) is kind
    assert {name: optimizer.defaults[name] for name in settings} == settings
    assert optimizer.defaults["fused"] is fused


@pytest.mark.parametrize(
    ("config", "kind", "settings"),
    [
        (NAdam(momentum_decay=0.1), torch.optim.NAdam, {"lr": 0.002, "momentum_decay": 0.1, "betas": (0.9, 0.999)}),
        (RAdam(beta1=0.8), torch.optim.RAdam, {"lr": 0.001, "betas": (0.8, 0.999)}),
        (Adamax(eps=1e-6), torch.optim.Adamax, {"lr": 0.002, "eps": 1e-6}),
        (RmsProp(alpha=0.9, centered=True), torch.optim.RMSprop, {"alpha": 0.9, "centered": True, "momentum": 0.0}),
        (Adadelta(rho=0.8, weight_decay=0.1), torch.optim.Adadelta, {"lr": 1.0, "rho": 0.8, "weight_decay": 0.1}),
        (Adafactor(clip=2.0), torch.optim.Adafactor, {"lr": 0.01, "d": 2.0, "beta2_decay": -0.8}),
    ],
)
def test_settings_reach_optimizers_that_have_no_fused_form(config, kind, settings):
    optimizer = build_optimizer(config, nn.Linear(2, 1).parameters(), fused=True)
    assert type(optimizer) is kind
    assert {name: optimizer.defaults[name] for name in settings} == settings


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
def test_every_optimizer_of_the_schema_lowers_a_loss(kind):
    weight = torch.full((1,), 3.0, requires_grad=True)
    optimizer = build_optimizer(kind(lr=0.1), [weight], fused=True)
    for _ in range(5):
        optimizer.zero_grad()
        (weight**2).sum().backward()
        optimizer.step()
    assert weight.abs().item() < 3


def test_groups_learn_at_their_multiples_of_the_rate():
    network = network_of({"a": {"type": "Linear", "out_features": 4, "lr_multiplier": 0.25}})
    optimizer = build_optimizer(Sgd(lr=1.0), optimizer_groups(network), fused=True)
    set_learning_rate(optimizer, 0.2)
    assert [group["lr"] for group in optimizer.param_groups] == [0.2, 0.05]
    plain = build_optimizer(Adam(), nn.Linear(2, 1).parameters(), fused=True)
    set_learning_rate(plain, 0.2)
    assert plain.param_groups[0]["lr"] == 0.2
    assert multipliers_by_name(network) == {"layers.a.weight": 0.25, "layers.a.bias": 0.25}
    assert multipliers_by_name(nn.Linear(2, 1)) == {}


def test_an_unknown_optimizer_is_refused():
    with pytest.raises(TypeError, match="no optimizer"):
        build_optimizer(Optimizer(name="other"), [torch.zeros(1, requires_grad=True)], fused=False)
