import pytest
import torch
from torch import nn

from trainyard.config.schema.model import Classifier, ExtraMetric, Regressor
from trainyard.data.target_units import TargetUnits
from trainyard.errors import ConfigError
from trainyard.models import Classifier as ClassifierModel
from trainyard.models import Regressor as RegressorModel
from trainyard.models import make_model

NETWORK = nn.Linear(2, 2)


def test_the_config_says_which_model_it_is():
    classifier = make_model(NETWORK, Classifier(class_weights="balanced"), class_counts=(1, 3))
    assert isinstance(classifier, ClassifierModel)
    assert classifier.class_weight.tolist() == pytest.approx([2, 2 / 3])
    regressor = make_model(NETWORK, Regressor(), targets=("a", "b"), units=TargetUnits((1.0, 2.0), (3.0, 4.0)))
    assert isinstance(regressor, RegressorModel)
    assert regressor.units.original(torch.ones(1, 2)).tolist() == [[4, 6]]


def test_targets_without_units_are_what_they_are():
    assert make_model(NETWORK, Regressor(), targets=("a",)).units.original(torch.ones(1, 1)).tolist() == [[1]]


def test_ones_own_functions_come_from_trusted_packages():
    config = Classifier(extra_metrics={"mine": ExtraMetric(_target_="tests.models.test_make.NETWORK", direction="max")})
    with pytest.raises(ConfigError, match="tests"):
        make_model(NETWORK, config)
