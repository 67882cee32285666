import json
from dataclasses import asdict

import pytest

from trainyard.config.schema.model import Classifier, ExtraMetric, Layers, Mlp, Regressor
from trainyard.inference.options import model_config, network_config

METRICS = {"mine": ExtraMetric(_target_="mine.gini", arguments={"k": 2})}


def through_json(options):
    return json.loads(json.dumps(asdict(options)))


@pytest.mark.parametrize("network", [Mlp(hidden=(3, 2), dropout=0.5), Layers()], ids=str)
def test_a_network_comes_back_from_its_card(network):
    assert network_config(through_json(network)) == network


@pytest.mark.parametrize("model", [Classifier(extra_metrics=METRICS), Regressor(loss="quantile")], ids=str)
def test_a_model_comes_back_from_its_card(model):
    assert model_config(through_json(model)) == model


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "auto"}, "there is no model auto"),
        ({"name": "classifier", "focal_gamma": -1}, "the model must be at least 0"),
        ({"name": "classifier", "gamma": 1}, "the model classifier has no key 'gamma'"),
    ],
)
def test_what_no_person_could_choose_is_no_model(values, words):
    with pytest.raises((LookupError, ValueError), match=words):
        model_config(values)
