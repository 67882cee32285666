import pytest
import torch

from tests.estimators.rows import SETTINGS, flowers
from trainyard import Classifier
from trainyard.config.compose import compose
from trainyard.errors import ConfigError
from trainyard.estimators.going_on import afresh, check_same, further
from trainyard.training.state import State


def test_it_is_as_long_again():
    config = compose(["dataset=iris", "training.max_epochs=3", "training.max_steps=20"])
    longer = further(config, State({}, {"epoch": 4, "step": 10})).training
    assert (longer.max_epochs, longer.max_steps) == (7, 30)
    assert further(compose(["dataset=iris"]), State({}, {"epoch": 4, "step": 10})).training.max_steps is None


def test_of_what_was_before_only_weights_and_the_memory_of_the_optimizer_stay():
    tensors = {"weights/a": torch.ones(1), "best/a": torch.ones(1), "losses": torch.ones(3)}
    values = {"epoch": 2, "step": 9, "minibatch": 3, "history": [{}], "best_epoch": 1, "rows_seen": 5}
    state = afresh(State(tensors, values))
    assert list(state.tensors) == ["weights/a"]
    assert (state.values["step"], state.values["epoch_index"], state.values["minibatch"]) == (9, 2, 0)
    assert (state.values["history"], state.values["best_epoch"]) == ([], 0)


def test_what_an_optimizer_cannot_go_on_with_is_told_at_once():
    before = compose(["dataset=iris"])
    check_same(compose(["dataset=iris", "optimizer.lr=1", "training.max_epochs=9"]), before)
    with pytest.raises(ConfigError) as caught:
        check_same(compose(["dataset=iris", "optimizer=sgd", "accelerator.precision=64"]), before)
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["optimizer=sgd", "accelerator.precision=64"]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"hidden": (5,)}, r"hidden.0.linear.weight is \(5, 4\) and was \(8, 4\). Take a new estimator, with this one"),
        ({"hidden": (8, 3)}, r"output.weight is \(3, 3\) and was \(3, 8\)"),
        ({"network": "linear", "hidden": None}, r"hidden.0.linear.weight is not there and was \(8, 4\)"),
        ({"normalization": "batch"}, r"hidden.0.normalization.weight is \(8,\) and was not there"),
        ({"optimizer": "sgd"}, "^optimizer=sgd: the last fit was with adam"),
        ({"precision": "64"}, "^precision=64: the last fit was with 32"),
    ],
)
def test_a_warm_start_of_something_else_names_what_differs(changed, fault):
    warm = Classifier(warm_start=True, **SETTINGS).fit(*flowers())
    with pytest.raises(ValueError, match=fault):
        warm.set_params(**changed).fit(*flowers())


def test_other_choices_may_change_from_one_fit_to_the_next():
    X, y = flowers()
    warm = Classifier(warm_start=True, **SETTINGS).fit(X, y)
    others = {"lr": 0.01, "activation": "tanh", "dropout": 0.3, "early_stopping": True, "batch_size": 7}
    for name, value in others.items():
        warm.set_params(**{name: value}).fit(X, y)
    assert warm.n_iter_ == 6 * SETTINGS["max_epochs"]
