import pickle

import pytest
import pytorch_lightning as pl
from sklearn.base import clone

from tests.estimators.rows import SETTINGS, flowers
from trainyard import Classifier
from trainyard.config.compose import compose
from trainyard.config.root import project_root
from trainyard.estimators.own_code import OwnCode
from trainyard.estimators.settings import ParameterError
from trainyard.estimators.watching import on_epoch, watched


class Watcher(pl.Callback):
    """Notes which epochs it saw and how many minibatches."""

    def __init__(self):
        self.epochs, self.metrics = [], {}

    def on_train_epoch_end(self, trainer, pl_module):
        self.epochs.append(trainer.current_epoch)
        self.metrics = {name: float(value) for name, value in trainer.callback_metrics.items()}


class Counter(pl.Callback):
    minibatches = 0

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        self.minibatches += 1


def test_callbacks_of_lightning_are_called_beside_functions_and_change_no_bit():
    X, y = flowers()
    watcher, losses = Watcher(), []
    classifier = Classifier(
        callbacks=[watcher, lambda _, metrics: losses.append(metrics["train/loss"])], early_stopping=True, **SETTINGS
    ).fit(X, y)
    assert watcher.epochs == [0, 1, 2]
    assert watcher.metrics["train/loss"] == pytest.approx(losses[-1])
    assert watcher.metrics["val/loss"] == pytest.approx(classifier.validation_scores_[-1])
    unwatched = Classifier(early_stopping=True, **SETTINGS).fit(X, y)
    assert (classifier.predict_proba(X) == unwatched.predict_proba(X)).all()


def test_a_hook_of_minibatches_sees_each_of_them():
    counter = Counter()
    Classifier(callbacks=[counter], **SETTINGS).fit(*flowers())
    assert counter.minibatches == 3 * 4


def test_one_of_lightnings_own_ends_a_training():
    stopping = pl.callbacks.EarlyStopping("train/loss", min_delta=100.0, patience=2)
    classifier = Classifier(callbacks=[stopping], **{**SETTINGS, "max_epochs": 50}).fit(*flowers())
    assert (classifier.n_iter_, classifier.stop_reason_) == (3, "callback")


def test_an_estimator_with_callbacks_is_cloned_and_pickled_and_holds_no_trainer():
    watcher = Watcher()
    classifier = Classifier(callbacks=[watcher], **SETTINGS).fit(*flowers())
    assert set(vars(watcher)) == {"epochs", "metrics"}
    assert classifier.get_params()["callbacks"][0] is watcher
    assert clone(classifier).callbacks[0] is not watcher
    again = pickle.loads(pickle.dumps(classifier))
    assert again.callbacks[0].epochs == [0, 1, 2]
    assert (again.predict_proba(flowers()[0]) == classifier.predict_proba(flowers()[0])).all()


def test_two_of_a_kind_have_names_of_their_own_and_a_config_for_the_command_has_none():
    config, code = compose(["dataset=iris"]), OwnCode()
    both = [Watcher(), Watcher()]
    named = watched(config, both, code).callbacks
    assert {name: value["_target_"] for name, value in named.items()} == {
        "Watcher": "python.callbacks.Watcher", "Watcher_2": "python.callbacks.Watcher_2"}  # fmt: skip
    assert [code.objects[value["_target_"]] for value in named.values()] == both
    assert watched(config, [print], code) is config
    assert on_epoch([*both, print]) == [print]
    assert "Watcher" not in Classifier(callbacks=both).to_config()


@pytest.mark.parametrize(
    ("callbacks", "fault"),
    [
        ([Watcher], r"callbacks: Watcher is a class; give one that is made of it, Watcher\(\.\.\.\)"),
        ([3], "callbacks: 3 is neither a function"),
        (Watcher(), "must be a list of functions and of callbacks of Lightning"),
        ("Timer", "callbacks='Timer': must be a list"),
    ],
)
def test_what_is_no_callback_is_told(callbacks, fault):
    with pytest.raises(ParameterError, match=fault):
        Classifier(callbacks=callbacks, tracking="local", **SETTINGS).fit(*flowers())
    assert not (project_root() / "runs").exists()
