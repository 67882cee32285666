import pytest

from trainyard import Classifier, Regressor
from trainyard.config.compose import compose
from trainyard.estimators.own_code import OwnCode
from trainyard.estimators.parameters import parameters_of
from trainyard.estimators.settings import ParameterError, config_of

OVERRIDES = [
    ["dataset=digits"],
    ["experiment=digits", "network.residual=true"],
    ["dataset=iris", "network=layers", "+network.layers={dense1: {type: Linear, out_features: 4}}"],
    ["dataset=wine", "optimizer=rmsprop", "optimizer.centered=true", "schedule=plateau", "training.accumulate=2"],
    ["dataset=digits", "network=cnn", "dataset.augment.shift=0.1", "model.loss=focal", "model.class_weights=balanced"],
    ["dataset=salmon", "model.loss=quantile", "model.quantiles=[0.1,0.5,0.9]", "seed=3", "run_name=mine"],
    ["dataset=diabetes", "model.target_transform=log", "training.patience=null", "training.restore_best=false"],
    ["dataset=diabetes", "accelerator.precision=64", "accelerator.threads=1", "training.validate_every=2",
     "training.progress=false", "tracking.drain=3", "tags.owner=me"],
]  # fmt: skip


@pytest.mark.parametrize("overrides", OVERRIDES, ids=lambda overrides: overrides[-1].partition("=")[0])
def test_a_config_comes_back_from_its_parameters(overrides):
    kind = Regressor if overrides[0].endswith(("salmon", "diabetes")) else Classifier
    config = compose([f"model={kind.model}", *overrides])
    params = {**kind._defaults(), **parameters_of(config, kind.model, kind._defaults())}
    assert config_of(params, kind._defaults(), kind.model, OwnCode(), seed=params["random_state"]) == config


def test_a_config_of_the_other_model_names_the_class_to_take():
    config = compose(["dataset=salmon", "model=regressor"])
    with pytest.raises(ParameterError, match=r"model=regressor: is no classifier; take Regressor\.from_config\."):
        parameters_of(config, "classifier", Classifier._defaults())
