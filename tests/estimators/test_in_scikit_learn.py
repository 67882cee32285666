"""What scikit-learn's users expect beyond its own checks: routing, output of frames, tables of all kinds, refusals."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sparse
import sklearn
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import BaggingClassifier, StackingRegressor
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.frozen import FrozenEstimator
from sklearn.inspection import permutation_importance
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.estimators.rows import SETTINGS, flowers, numbers
from trainyard import Classifier, Regressor

X, Y = flowers()
WEIGHT = np.linspace(0.1, 3, len(Y))


def classifier(**settings):
    return Classifier(**{**SETTINGS, **settings})


@pytest.fixture
def _routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


@pytest.mark.usefixtures("_routing")
def test_weights_are_routed_through_pipelines_grids_and_cross_validation():
    asked = classifier().set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
    scaler = StandardScaler().set_fit_request(sample_weight=False)
    piped = make_pipeline(scaler, asked).fit(X, Y, sample_weight=WEIGHT)
    scaled = StandardScaler().fit_transform(X)
    direct = classifier().fit(scaled, Y, sample_weight=WEIGHT)
    np.testing.assert_array_equal(piped.predict_proba(X), direct.predict_proba(scaled))
    search = GridSearchCV(asked, {"lr": [0.1]}, cv=2).fit(X, Y, sample_weight=WEIGHT)
    whole = classifier().fit(X, Y, sample_weight=WEIGHT)
    np.testing.assert_array_equal(search.predict_proba(X), whole.predict_proba(X))
    scores = cross_validate(asked, X, Y, params={"sample_weight": WEIGHT}, cv=2)["test_score"]
    np.testing.assert_allclose(search.best_score_, scores.mean())


@pytest.mark.usefixtures("_routing")
def test_weights_that_nobody_asked_for_are_refused_not_dropped():
    with pytest.raises(UnsetMetadataPassedError, match=r"Classifier\.set_fit_request"):
        GridSearchCV(classifier(), {"lr": [0.1]}, cv=2).fit(X, Y, sample_weight=WEIGHT)


def test_steps_before_it_may_give_frames_whose_names_it_keeps():
    piped = make_pipeline(StandardScaler(), classifier()).set_output(transform="pandas")
    frame = pd.DataFrame(X, columns=list("abcd"))
    assert list(piped.fit(frame, Y)[-1].feature_names_in_) == list("abcd")
    arrays = make_pipeline(StandardScaler(), classifier()).fit(X, Y)
    np.testing.assert_array_equal(piped.predict_proba(frame), arrays.predict_proba(X))
    assert not hasattr(classifier(), "set_output")  # it transforms nothing


@pytest.fixture(scope="module")
def mixed():
    """A frame with columns of every kind, each with something missing."""
    rows = np.arange(len(Y))
    return pd.DataFrame({
        "float": np.where(rows % 4 == 0, np.nan, X[:, 0]),
        "nullable": pd.array([None if row % 7 == 0 else row // 2 for row in rows], dtype="Int64"),
        "category": pd.Categorical(np.where(rows % 9 == 0, None, np.array(list("abc"))[Y])),
        "text": np.where(rows % 5 == 0, None, np.array(["u", "v"])[rows % 2]),
        "flag": Y == 0,
        "maybe": pd.array([None if row % 5 == 0 else row % 2 == 0 for row in rows], dtype="boolean"),
        "day": pd.Series(pd.date_range("2024-01-01", periods=len(Y), freq="17h")).where(rows % 6 > 0),
    })  # fmt: skip


def test_columns_of_every_kind_are_read_by_their_types(mixed):
    fitted = classifier(max_epochs=10).fit(mixed, Y)
    kinds = {column["name"]: column["kind"] for column in fitted.model_.card["preprocessing"]["columns"]}
    assert kinds == {"float": "numeric", "nullable": "numeric", "category": "category", "text": "category",
                     "flag": "boolean", "maybe": "boolean", "day": "datetime"}  # fmt: skip
    assert fitted.score(mixed, Y) > 0.9
    unseen = mixed.assign(text="never seen", category="z").head(3)
    assert fitted.predict(unseen).shape == fitted.predict(mixed.head(3).assign(**dict.fromkeys(mixed))).shape == (3,)
    assert permutation_importance(fitted, mixed, Y, n_repeats=1).importances_mean.shape == (7,)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda frame: frame[frame.columns[::-1]], "must be in the same order"),
        (lambda frame: frame.drop(columns="flag"), "seen at fit time, yet now missing:\n- flag"),
        (lambda frame: frame.assign(more=1), "unseen at fit time:\n- more"),
    ],
)
def test_columns_are_held_to_those_of_the_fit(mixed, change, told):
    fitted = classifier(max_epochs=1).fit(mixed, Y)
    with pytest.raises(ValueError, match=told):
        fitted.predict(change(mixed))


@pytest.mark.parametrize("call", ["fit", "predict"])
def test_sparse_rows_are_refused_in_a_sentence(call):
    rows = sparse.csr_array(X)
    fitted = classifier(max_epochs=1).fit(X, Y)
    with pytest.raises(TypeError, match=r"Sparse data was passed for X, but dense data is required"):
        fitted.fit(rows, Y) if call == "fit" else fitted.predict(rows)


def test_several_targets_are_scored_predicted_and_transformed():
    rows, targets = numbers(3)
    regressor = Regressor(**{**SETTINGS, "max_epochs": 40})
    assert cross_val_score(regressor, rows, targets, cv=2).min() > 0.5
    named = pd.DataFrame(targets, columns=["p", "q", "r"])
    assert regressor.fit(rows, named).model_.targets == ("p", "q", "r")
    logged = TransformedTargetRegressor(clone(regressor), func=np.log1p, inverse_func=np.expm1)
    assert logged.fit(rows, np.abs(targets)).predict(rows).shape == targets.shape
    with pytest.raises(ValueError, match="Input y contains NaN"):
        regressor.fit(rows, np.where(targets > 50, np.nan, targets))


def test_it_is_a_part_of_ensembles_and_gives_probabilities_out_of_fold():
    assert BaggingClassifier(classifier(), n_estimators=2, random_state=0).fit(X, Y).score(X, Y) > 0.7
    rows, y = numbers()
    stacked = StackingRegressor([("net", Regressor(**SETTINGS))], cv=2).fit(rows, y)
    assert stacked.predict(rows).shape == y.shape
    assert cross_val_predict(classifier(), X, Y, method="predict_proba", cv=3).shape == (60, 3)


def test_weights_of_a_fitted_one_survive_a_clone_where_they_are_frozen():
    fitted = classifier().fit(X, Y)
    begun = clone(classifier(initial_weights=FrozenEstimator(fitted), lr=1e-12, max_epochs=1)).fit(X, Y)
    assert len(begun.matched_weights_) == 4
    np.testing.assert_allclose(begun.predict_proba(X), fitted.predict_proba(X), atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"device": "cuda"}, "device=gpu: there is no CUDA GPU that torch can use here"),
        ({"device": "tpu"}, "device=tpu: must be auto, cpu, gpu"),
        ({"early_stopping": True, "validation_fraction": 2}, "validation_fraction=2: must be greater than 0"),
        ({"early_stopping": True, "monitor": "val/acc"}, "monitor=val/acc: no such .*; did you mean val/accuracy"),
        ({"class_weight": "balnced"}, "class_weight=balnced: must be none or balanced; did you mean balanced"),
    ],
)
def test_a_wrong_parameter_is_told_by_its_name_when_it_fits(settings, told, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(ValueError, match=told):
        classifier(**settings).fit(X, Y)


def test_on_the_cpu_by_name_and_a_line_an_epoch(capsys):
    by_name = classifier(device="cpu", verbose=True).fit(X, Y)
    np.testing.assert_array_equal(by_name.predict_proba(X), classifier().fit(X, Y).predict_proba(X))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines] == [["epoch", str(epoch), "train/loss"] for epoch in (1, 2, 3)]
