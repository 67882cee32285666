import pytest
import torch
from torch import nn
from torch.nn import functional

from tests.networks.own import squared
from trainyard.config.metric_names import metric_directions
from trainyard.config.schema import model as schema
from trainyard.data.rows import Minibatch
from trainyard.data.target_power import TargetPower
from trainyard.data.target_units import TargetUnits
from trainyard.models import Regressor
from trainyard.models.losses import quantile_loss
from trainyard.models.own import resolve_own


class Identity(nn.Module):
    def forward(self, x, codes=None):
        return x


OUTPUT = torch.tensor([[0.0, 1.0], [2.0, 0.0], [5.0, -1.0]])
UNITS = TargetUnits((0.0, 0.0), (1.0, 1.0))
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
    model = Regressor(Identity(), config, ("a", "b"), UNITS)
    torch.testing.assert_close(model.loss(Minibatch(OUTPUT, None, Y, None)), expected)


def test_metrics_are_in_original_units():
    model = Regressor(Identity(), schema.Regressor(), ("a", "b"), TargetUnits((5.0, 0.0), (10.0, 2.0)))
    metrics = model.metrics(OUTPUT, Y, None)
    assert metrics["mae/a"].item() == pytest.approx(10 * (0.5 + 2 + 4) / 3)
    assert metrics["mae/b"].item() == pytest.approx(2 * 2 / 3)
    assert metrics["loss"].item() == pytest.approx(functional.mse_loss(OUTPUT, Y).item())


def test_the_metrics_are_those_that_the_config_knows():
    model = Regressor(Identity(), schema.Regressor(), ("a",), TargetUnits((0.0,), (1.0,)))
    assert set(model.metrics(OUTPUT[:, :1], Y[:, :1], None)) == set(metric_directions(schema.Regressor()))


QUANTILES = schema.Regressor(loss="quantile", quantiles=(0.1, 0.5, 0.9))
SPREAD = torch.tensor([[-1.0, 0.0, 1.0, 9.0, 5.0, 7.0], [0.0, 2.0, 1.0, 0.0, 0.0, 0.0]])


def test_quantiles_are_learned_for_each_target():
    model = Regressor(Identity(), QUANTILES, ("a", "b"), UNITS)
    expected = quantile_loss(SPREAD.view(2, 2, 3), Y[:2], torch.tensor([0.1, 0.5, 0.9]))
    assert torch.equal(model.row_loss(SPREAD, Y[:2]), expected)
    assert model.row_loss(SPREAD.double(), Y[:2].double()).dtype == torch.float64


def test_the_prediction_of_quantiles_is_their_middle_in_order():
    model = Regressor(Identity(), QUANTILES, ("a", "b"), UNITS)
    assert model.point(SPREAD).tolist() == [[0, 7], [1, 0]]
    metrics = model.metrics(SPREAD, Y[:2], None)
    assert set(metrics) >= {"rmse", "pinball", "coverage", "interval_width", "coverage/b"}
    assert metrics["coverage/a"] == 1
    assert metrics["coverage/b"] == 0.5
    assert set(metric_directions(QUANTILES)) <= set(metrics)


def test_metrics_of_transformed_targets_are_in_original_units():
    units = TargetUnits((0.0,), (1.0,), (TargetPower(0.0, 0.0, 0.0, 1e3),))
    model = Regressor(Identity(), schema.Regressor(), ("a",), units)
    metrics = model.metrics(torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [2.0]]), None)
    assert metrics["mae"].item() == pytest.approx((torch.e - 1) / 2)
    assert metrics["mape"].item() == pytest.approx((torch.e - 1) / 2)


def test_mape_knows_noughts_of_standardised_targets():
    truth = torch.tensor([[0.0], [3.0], [5.0]], dtype=torch.float64)
    units = TargetUnits((2.7,), (1.3,))
    y = ((truth - 2.7) / 1.3).float()
    metrics = Regressor(Identity(), schema.Regressor(), ("a",), units).metrics(y + 0.1, y, None)
    assert metrics["mape"].item() == pytest.approx((0.13 / 3 + 0.13 / 5) / 2, rel=1e-5)


def test_the_loss_and_metrics_may_be_ones_own():
    metric = {"largest": schema.ExtraMetric(_target_="tests.networks.own.largest_error", direction="min")}
    config = schema.Regressor(loss="custom", loss_target="tests.networks.own.squared", extra_metrics=metric)
    model = Regressor(Identity(), config, ("a", "b"), TargetUnits((0.0, 0.0), (10.0, 1.0)),
                      resolve_own(config, ["tests"]))  # fmt: skip
    assert torch.equal(model.row_loss(OUTPUT, Y), squared(OUTPUT, Y))
    assert model.metrics(OUTPUT, Y, None)["largest"] == 40
    assert model.seen("output", OUTPUT, Y) == (OUTPUT, Y)
