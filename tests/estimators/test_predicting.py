import pytest
import torch

import trainyard
from tests.estimators.rows import SETTINGS, flowers
from trainyard import Classifier
from trainyard.estimators.predicting import weights_of
from trainyard.estimators.settings import ParameterError


def test_the_network_stands_in_memory_of_its_own_and_is_ready_to_predict():
    network = Classifier(**SETTINGS).fit(*flowers()).model_.network
    assert not network.training
    for weight in network.parameters():
        assert weight.untyped_storage().nbytes() == weight.numel() * weight.element_size()
        assert not weight.requires_grad


def test_a_calibrated_model_has_its_temperature_on_the_card():
    classifier = Classifier(calibrate=True, early_stopping=True, validation_fraction=0.5, **SETTINGS).fit(*flowers())
    assert classifier.model_.card["temperature"] > 0


def test_weights_come_from_an_estimator_a_package_or_as_they_are(tmp_path):
    classifier = Classifier(**SETTINGS).fit(*flowers())
    classifier.save(tmp_path / "model")
    own, packaged = weights_of(classifier), weights_of(tmp_path / "model")
    assert all(torch.equal(own[name], packaged[name]) for name in own)
    assert weights_of(own) is own
    assert weights_of(None) is None
    assert trainyard.load(tmp_path / "model").classes == (0, 1, 2)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (Classifier(), "initial_weights: is a Classifier that is not fitted, .*FrozenEstimator"),
        (3, "initial_weights: is of the type int; give a fitted estimator"),
        ("nowhere", "initial_weights=nowhere: no such run"),
    ],
)
def test_what_has_no_weights_is_told(source, fault):
    with pytest.raises(ParameterError, match=fault):
        weights_of(source)
