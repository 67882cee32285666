import numpy as np
import pytest
import torch
from torch import nn

from trainyard.config.schema.model import Classifier, Regressor
from trainyard.data.target_units import TargetUnits
from trainyard.models import make_model
from trainyard.training import tested
from trainyard.training.evaluation import Outputs
from trainyard.training.tested import FinalOutputs, prediction_arrays

LOGITS = Outputs(torch.tensor([[2.0, 0.0], [0.0, 1.0], [3.0, 0.0]]), torch.tensor([0, 1, 1]), None)


def test_a_temperature_changes_how_sure_a_model_is_and_not_its_loss():
    model = make_model(nn.Identity(), Classifier(), class_counts=(1, 2))
    plain = tested.tested_metrics(model, FinalOutputs(LOGITS))
    cooled = tested.tested_metrics(model, FinalOutputs(LOGITS, 2.0))
    assert cooled["calibration/temperature"] == 2
    assert cooled["test/loss"] == plain["test/loss"]
    assert cooled["uncalibrated/log_loss"] == plain["test/log_loss"] != cooled["test/log_loss"]


@pytest.mark.parametrize(("targets", "counted"), [([[-1.0], [0.0]], 1.0), ([[1.0], [0.0]], None)])
def test_targets_of_nought_are_told(targets, counted):
    model = make_model(nn.Identity(), Regressor(), targets=("a",), units=TargetUnits((2.0,), (2.0,)))
    metrics = tested.tested_metrics(model, FinalOutputs(Outputs(torch.zeros(2, 1), torch.tensor(targets), None)))
    assert metrics.get("test/mape_left_out") == counted


def test_predictions_come_in_original_units_with_the_weights_of_their_rows():
    config = Regressor(loss="quantile", quantiles=(0.1, 0.5, 0.9))
    model = make_model(nn.Identity(), config, targets=("a",), units=TargetUnits((10.0,), (2.0,)))
    arrays = prediction_arrays(model, Outputs(torch.tensor([[1.0, -1.0, 0.0]]), torch.ones(1, 1), torch.tensor([3.0])))
    assert arrays["quantile"].tolist() == [[[8, 10, 12]]]
    assert (arrays["prediction"].tolist(), arrays["target"].tolist()) == ([[10]], [[12]])
    assert arrays["level"].tolist() == [0.1, 0.5, 0.9]
    assert arrays["weight"].tolist() == [3]
    probability = prediction_arrays(make_model(nn.Identity(), Classifier()), LOGITS)["probability"]
    assert probability.dtype == np.float32
    np.testing.assert_allclose(probability.sum(1), 1, rtol=1e-6)
