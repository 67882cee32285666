import os
import pickle
import subprocess
import sys
import warnings

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

import trainyard
from tests.checkout import REPOSITORY
from tests.estimators.rows import SETTINGS, flowers, numbers
from trainyard import Classifier, Regressor
from trainyard.config.compose import compose
from trainyard.config.text import to_yaml
from trainyard.training.fit import fit
from trainyard.training.run import plan_from

CONFIGS = [
    (Classifier, ["experiment=digits", "training.max_epochs=3"]),
    (Regressor, ["dataset=salmon", "dataset.rows=300", "model=regressor", "network.dropout=0.2", "schedule=cosine",
                 "training.max_epochs=2"]),
    (Classifier, ["dataset=iris", "model=classifier", "optimizer=sgd", "accelerator.precision=64",
                  "training.restore_best=false", "training.max_epochs=2", "tracking=off"]),
]  # fmt: skip


@pytest.fixture(scope="module")
def fitted():
    return Classifier(**SETTINGS).fit(*flowers())


def alike(one, other):
    one, other = one.state_dict(), other.state_dict()
    return list(one) == list(other) and all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(("kind", "overrides"), CONFIGS, ids=["digits", "salmon", "iris"])
def test_a_config_and_its_estimator_train_to_the_same_bits_and_go_back_and_forth(tmp_path, kind, overrides):
    config = compose(overrides)
    estimator = kind.from_config(*overrides)
    assert estimator.to_config() == to_yaml(config)
    with torch.random.fork_rng():
        trained = fit(plan_from(config, tmp_path)).model
    assert alike(estimator.fit().model_.network, trained.network)


def test_a_config_of_a_table_and_the_file_that_to_config_wrote_train_alike(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    X, y = numbers()
    lines = [f"{a},{'xyz'[i % 3]},{c}" for i, (a, c) in enumerate(zip(X[:, 0], y, strict=True))]
    (tmp_path / "houses.csv").write_text("\n".join(["size,kind,price", *lines]))
    overrides = ["dataset=csv", "dataset.path=houses.csv", "dataset.target=price", "training.max_epochs=2"]
    estimator = Regressor.from_config(*overrides)
    estimator.to_config(tmp_path / "houses.yaml")
    again = Regressor.from_config("config=houses.yaml")
    assert again.get_params() == estimator.get_params()
    trained = fit(plan_from(compose([*overrides, "model=regressor"]), tmp_path / "root")).model
    assert alike(again.fit().model_.network, trained.network)


@pytest.mark.slow
def test_the_command_trains_what_to_config_wrote_to_the_same_bits(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))
    estimator = Classifier.from_config("experiment=digits", "training.max_epochs=3", "tracking=off")
    estimator.to_config(tmp_path / "digits.yaml")
    command = [sys.executable, str(REPOSITORY / "train.py"), f"config={tmp_path / 'digits.yaml'}"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env={
        **os.environ, "PYTHONPATH": str(REPOSITORY / "src")})  # fmt: skip
    assert alike(trainyard.load("latest").network, estimator.fit().model_.network)


def test_fit_says_nothing_writes_nothing_and_leaves_torch_as_it_was(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    Classifier(optimizer="adafactor", max_epochs=1).fit(*flowers())  # by Lightning's own steps
    Classifier(early_stopping=True, max_epochs=1, precision="64").fit(*flowers())
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_default_dtype() == torch.float32
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_what_a_fit_leaves_tells_how_it_went(fitted, capsys):
    assert (fitted.n_iter_, len(fitted.loss_curve_), fitted.n_features_in_) == (3, 3, 4)
    assert fitted.best_loss_ == min(fitted.loss_curve_)
    assert (fitted.validation_scores_, fitted.stop_reason_, fitted.t_) == ([], "max_epochs", 12)
    Classifier(verbose=True, **SETTINGS).fit(*flowers())
    assert len([line for line in capsys.readouterr().out.splitlines() if line.startswith("epoch ")]) == 3


def test_a_pickle_and_a_file_of_joblib_predict_alike_and_hold_no_rows(fitted, tmp_path):
    X, _ = flowers()
    joblib.dump(fitted, tmp_path / "fitted.joblib")
    for other in (pickle.loads(pickle.dumps(fitted)), joblib.load(tmp_path / "fitted.joblib")):
        np.testing.assert_array_equal(other.predict_proba(X), fitted.predict_proba(X))
    many = Classifier(**{**SETTINGS, "max_epochs": 1}).fit(*flowers(6000))
    assert len(pickle.dumps(many)) < 1.1 * len(pickle.dumps(fitted))


def test_a_seed_gives_the_same_bits_and_a_generator_others_each_time(fitted):
    assert alike(clone(fitted).fit(*flowers()).model_.network, fitted.model_.network)
    drawn = Classifier(**{**SETTINGS, "random_state": np.random.RandomState(0)})
    first = drawn.fit(*flowers()).model_.network
    assert not alike(drawn.fit(*flowers()).model_.network, first)


def test_early_stopping_holds_rows_out_and_gives_the_best_weights_back():
    X, y = flowers()
    settings = {**SETTINGS, "max_epochs": 200, "patience": 2}
    stopped = Classifier(early_stopping=True, validation_fraction=0.3, **settings).fit(X, y)
    assert stopped.stop_reason_ == "early_stopping"
    assert stopped.n_iter_ == len(stopped.validation_scores_) < 200
    given = Classifier(early_stopping=True, **settings).fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])
    probability = given.predict_proba(X[1::2])[np.arange(30), y[1::2]]
    assert -np.log(probability).mean() == pytest.approx(min(given.validation_scores_), rel=1e-5)


def test_a_warm_start_goes_on_where_it_ended(fitted):
    X, y = flowers()
    warm = Classifier(**{**SETTINGS, "max_epochs": 1, "warm_start": True})
    for _ in range(3):
        warm.fit(X, y)
    np.testing.assert_array_equal(warm.predict_proba(X), fitted.predict_proba(X))
    assert warm.n_iter_ == 3


def test_a_saved_model_is_loaded_and_its_weights_are_matched_by_name_and_shape(fitted, tmp_path):
    X, y = flowers()
    fitted.save(tmp_path / "model")
    np.testing.assert_array_equal(trainyard.load(tmp_path / "model").predict_proba(X), fitted.predict_proba(X))
    settings = {**SETTINGS, "max_epochs": 1, "lr": 1e-12}
    taken = Classifier(initial_weights=str(tmp_path / "model"), **settings).fit(X, y)
    np.testing.assert_allclose(taken.predict_proba(X), fitted.predict_proba(X), atol=1e-6)
    assert len(taken.matched_weights_) == 4
    other = Classifier(initial_weights=fitted, **{**settings, "hidden": (5,)}).fit(X, y)
    assert other.matched_weights_ == ("output.bias",)


def test_callbacks_see_each_epoch_and_end_a_training():
    seen = []
    Classifier(callbacks=[lambda estimator, metrics: seen.append((len(estimator.loss_curve_), metrics["train/lr"]))],
               **SETTINGS).fit(*flowers())  # fmt: skip
    assert seen == [(1, 0.1), (2, 0.1), (3, 0.1)]
    stopped = Classifier(callbacks=[lambda estimator, _: len(estimator.loss_curve_) == 2], **SETTINGS).fit(*flowers())
    assert (stopped.n_iter_, stopped.stop_reason_) == (2, "callback")


def test_a_training_that_diverges_warns():
    X, y = numbers()
    with pytest.warns(ConvergenceWarning, match="take a smaller lr"), warnings.catch_warnings():
        Regressor(optimizer="sgd", lr=1e30, max_epochs=3, random_state=0).fit(X, y)


def test_fit_needs_rows_or_a_dataset_and_tells_what_it_left_out():
    X, y = flowers()
    with pytest.raises(ValueError, match=r"fit needs X and y\. Without them it trains on the dataset of a config"):
        Classifier().fit()
    frame = pd.DataFrame({"a": X[:, 0], "same": "x", "number": np.arange(60)})
    assert set(Classifier(**SETTINGS).fit(frame, y).left_out_) == {"same", "number"}
    assert Classifier(**SETTINGS).fit(X, y).left_out_ == {}
    with pytest.raises(ValueError, match=r"augment\.flip is for images"):
        Classifier(augment={"flip": "horizontal"}, **SETTINGS).fit(X, y)
