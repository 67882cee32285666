import numpy as np
import pytest

from trainyard import Classifier
from trainyard.config.schema.model import Layers
from trainyard.estimators.own_code import OwnCode
from trainyard.estimators.settings import (
    ALL_ROWS,
    ParameterError,
    choices_of,
    config_of,
    in_parameters,
    is_tracked,
    plain,
    tracking_of,
)

DEFAULTS = Classifier._defaults()


def config(validated=True, rows=None, **params):
    return config_of({**DEFAULTS, **params}, DEFAULTS, "classifier", OwnCode(), seed=0, validated=validated, rows=rows)


def test_parameters_go_to_the_keys_that_they_are_named_after():
    made = config(hidden=[3], lr=0.5, optimizer={"name": "adam", "beta1": 0.5}, max_epochs=7, label_smoothing=0.1)
    assert (made.network.hidden, made.optimizer.lr, made.optimizer.beta1) == ((3,), 0.5, 0.5)
    assert (made.training.max_epochs, made.model.label_smoothing, made.tracking.name) == (7, 0.1, "off")


def test_layers_alone_make_a_network_of_layers_and_no_batch_size_takes_all_rows():
    assert isinstance(config(layers={"one": {"type": "Linear", "out_features": 3}}).network, Layers)
    assert config(batch_size=None, rows=150).training.batch_size == 150
    assert config(batch_size=None).training.batch_size == ALL_ROWS


def test_without_early_stopping_there_is_no_patience():
    assert (config().training.patience, config().training.restore_best) == (None, False)
    early = config(early_stopping=True, patience=3, validation_fraction=0.2)
    assert (early.training.patience, early.training.restore_best, early.dataset.val_fraction) == (3, True, 0.2)


@pytest.mark.parametrize(
    ("params", "fault"),
    [
        ({"lr": -1}, "lr=-1: must be greater than 0"),
        ({"activation": "rellu"}, "activation=rellu: must be relu, .* did you mean relu"),
        ({"lr": 0.1, "optimizer": {"name": "adam", "lr": 0.2}}, "lr=0.1: optimizer says lr=0.2; give it once"),
        ({"device": "fsdp"}, "device=fsdp: an estimator trains in one process"),
        ({"schedule": "plateau", "validated": False}, "schedule=plateau: looks at rows for validation; set early"),
        ({"calibrate": True, "validated": False}, "calibrate=True: looks at rows for validation"),
        ({"training": 3}, "training=3: must be names with values, or None"),
    ],
)
def test_wrong_parameters_are_told_of_by_their_own_names(params, fault):
    with pytest.raises(ParameterError, match=fault):
        config(**params)


def test_all_faults_come_at_once():
    with pytest.raises(ParameterError) as caught:
        config(lr=-1, batch_size=0, dropout=2)
    assert len(caught.value.faults) == 3


def test_values_of_numpy_become_pythons():
    assert plain({"a": np.int64(3), "b": [np.float64(0.5)], "c": np.arange(2)}) == {"a": 3, "b": [0.5], "c": [0, 1]}
    assert type(plain(np.int64(3))) is int


def test_keys_in_a_sentence_become_parameters_and_longer_ones_stay():
    assert in_parameters("optimizer.lr and my.optimizer.lr, seed") == "lr and my.optimizer.lr, random_state"
    assert in_parameters("network.name=mpl; accelerator=gpu: none") == "network=mpl; device=gpu: none"


def test_where_a_fit_is_tracked_is_a_word_or_a_mapping():
    assert tracking_of(None) == {"name": "off"}
    assert tracking_of("local") == {"name": "local"}
    assert tracking_of({"uri": "http://a", "drain": 2}) == {"name": "server", "uri": "http://a", "drain": 2}
    assert tracking_of({"log_model": False}) == {"name": "local", "log_model": False}
    assert [is_tracked(tracking) for tracking in (None, "off", {"name": "off"}, "server", {})] == [
        False, False, False, True, True]  # fmt: skip
    run = {"tracking": {"name": "local"}}
    assert config(run=run).tracking.name == "local"
    assert config(run=run, tracking="off").tracking.name == "off"


def test_what_was_chosen_is_told_in_words_of_the_parameters():
    params = {**DEFAULTS, "hidden": (8, 4), "lr": np.float64(0.1), "calibrate": True, "patience": None, "loss": nn_loss,
              "optimizer": {"name": "sgd", "nesterov": False}, "verbose": True, "dataset": {"a": 1}}  # fmt: skip
    assert choices_of(params, DEFAULTS) == (
        "hidden=[8,4]", "loss=nn_loss", "calibrate=true", "optimizer={name:sgd,nesterov:false}", "lr=0.1",
        "patience=null")  # fmt: skip
    assert choices_of(DEFAULTS, DEFAULTS) == ()


def nn_loss(output, y):
    """Stand for a loss of one's own."""
