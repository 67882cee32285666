import pytest
import torch
from torch import nn

from trainyard.config.schema import OPTIMIZERS, Adam, AdamW, Optimizer, Sgd
from trainyard.training.optimizers import build_optimizer


@pytest.mark.parametrize(
    ("config", "kind", "settings"),
    [
        (AdamW(lr=0.1, weight_decay=0.2), torch.optim.AdamW, {"lr": 0.1, "weight_decay": 0.2, "betas": (0.9, 0.999)}),
        (Adam(beta1=0.8, eps=1e-6), torch.optim.Adam, {"betas": (0.8, 0.999), "eps": 1e-6, "weight_decay": 0.0}),
        (Sgd(momentum=0.5, nesterov=False), torch.optim.SGD, {"momentum": 0.5, "nesterov": False, "lr": 0.05}),
    ],
)
@pytest.mark.parametrize("fused", [True, False])
def test_settings_reach_torchs_optimizer(config, kind, settings, fused):
    optimizer = build_optimizer(config, nn.Linear(2, 1).parameters(), fused=fused)
    assert type(optimizer) is kind
    assert {name: optimizer.defaults[name] for name in settings} == settings
    assert optimizer.defaults["fused"] is fused


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
def test_every_optimizer_of_the_schema_lowers_a_loss(kind):
    weight = torch.full((1,), 3.0, requires_grad=True)
    optimizer = build_optimizer(kind(lr=0.1), [weight], fused=True)
    for _ in range(5):
        optimizer.zero_grad()
        (weight**2).sum().backward()
        optimizer.step()
    assert weight.abs().item() < 3


def test_an_unknown_optimizer_is_refused():
    with pytest.raises(TypeError, match="no optimizer"):
        build_optimizer(Optimizer(name="other"), [torch.zeros(1, requires_grad=True)], fused=False)
