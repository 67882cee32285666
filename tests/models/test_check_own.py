import pytest
import torch
from torch import nn

from trainyard.config.schema import model as schema
from trainyard.data.target_units import TargetUnits
from trainyard.errors import ConfigError
from trainyard.models import Classifier, Regressor
from trainyard.models.check_own import check_own
from trainyard.models.own import resolve_own

HERE = "tests.networks.own"


def model(loss=None, metrics=(), regressor=False):
    settings = {"extra_metrics": {name: schema.ExtraMetric(_target_=f"{HERE}.{name}") for name in metrics}}
    if loss is not None:
        settings |= {"loss": "custom", "loss_target": f"{HERE}.{loss}"}
    if regressor:
        config = schema.Regressor(**settings)
        units = TargetUnits((0.0, 0.0), (1.0, 1.0))
        return Regressor(nn.Identity(), config, ("a", "b"), units, resolve_own(config, ["tests"]))
    config = schema.Classifier(**settings)
    return Classifier(nn.Identity(), config, (1, 1, 1), resolve_own(config, ["tests"]))


def test_what_gives_what_it_has_to_passes():
    check_own(model(), 3)
    check_own(model("squared", ["share_right", "mean_confidence", "output_mean"]), 3)
    check_own(model("Margin"), 3)
    check_own(model("squared", ["largest_error", "output_mean"], regressor=True), 2)


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        ("averaged", "gives () for two rows; it has to give a loss for each row, (2,). Leave out the mean over rows "
         "(reduction='none')."),
        ("constant", "gives losses without a gradient; compute them from output by functions of torch."),
        ("failing", "fails for two rows (RuntimeError: not today). It is called with output (2, 3) and y (2,)."),
        ("forgotten", "gives NoneType for two rows; it has to give a loss for each row"),
    ],
)  # fmt: skip
def test_a_loss_that_cannot_be_is_told_in_a_sentence(loss, told):
    with pytest.raises(ConfigError) as refused:
        check_own(model(loss), 3)
    assert str(refused.value).startswith(f"model.loss_target={HERE}.{loss}: {told}")


def test_all_metrics_that_cannot_be_are_told_at_once():
    with pytest.raises(ConfigError) as refused:
        check_own(model(metrics=["vector", "failing"]), 3)
    assert refused.value.faults == (
        "model.extra_metrics.vector: gives (2,) for two rows; it has to give one number.",
        "model.extra_metrics.failing: fails for two rows (RuntimeError: not today).",
    )


def test_an_own_module_moves_with_the_model():
    assert [type(module).__name__ for module in model("Margin").children()] == ["Identity", "Margin"]
    assert torch.equal(model("squared").row_loss(torch.eye(2), torch.tensor([0, 1])), torch.zeros(2))
