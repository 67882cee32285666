import pytest
import torch
from torch import nn
from torch.nn import functional

from trainyard.config import schema
from trainyard.config.metric_names import METRICS
from trainyard.data.minibatches import Minibatch
from trainyard.models import Regressor


class Identity(nn.Module):
    def forward(self, x, codes=None):
        return x


OUTPUT = torch.tensor([[0.0, 1.0], [2.0, 0.0], [5.0, -1.0]])
Y = torch.tensor([[0.5, 1.0], [0.0, 0.0], [1.0, 1.0]])


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (schema.Regressor(loss="mse"), functional.mse_loss(OUTPUT, Y)),
        (schema.Regressor(loss="mae"), functional.l1_loss(OUTPUT, Y)),
        (schema.Regressor(loss="huber", huber_delta=0.7), functional.huber_loss(OUTPUT, Y, delta=0.7)),
    ],
)
def test_each_loss_is_torchs(config, expected):
    model = Regressor(Identity(), config, ("a", "b"), (1.0, 1.0))
    torch.testing.assert_close(model.loss(Minibatch(OUTPUT, None, Y, None)), expected)


def test_metrics_are_in_original_units():
    model = Regressor(Identity(), schema.Regressor(), ("a", "b"), (10.0, 2.0))
    metrics = model.metrics(OUTPUT, Y, None)
    assert metrics["mae/a"].item() == pytest.approx(10 * (0.5 + 2 + 4) / 3)
    assert metrics["mae/b"].item() == pytest.approx(2 * 2 / 3)
    assert metrics["loss"].item() == pytest.approx(functional.mse_loss(OUTPUT, Y).item())


def test_the_metrics_are_those_that_the_config_knows():
    model = Regressor(Identity(), schema.Regressor(), ("a",), (1.0,))
    assert set(model.metrics(OUTPUT[:, :1], Y[:, :1], None)) == set(METRICS["regression"])
