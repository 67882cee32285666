import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator
from torch import nn

from tests.estimators.rows import SETTINGS, flowers
from trainyard import Classifier

WEIGHTS_CHECK = "check_sample_weight_equivalence_on_dense_data"


class Narrow(nn.Module):
    def __init__(self, inputs, outputs, width=4):
        super().__init__()
        self.stack = nn.Sequential(nn.Linear(inputs.numeric, width), nn.Tanh(), nn.Linear(width, outputs))

    def forward(self, x, codes=None):
        return self.stack(x)


@pytest.fixture(scope="module")
def fitted():
    return Classifier(**SETTINGS).fit(*flowers())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("exact", [False, True])
def test_all_of_scikit_learns_checks_pass(exact):
    settings = {"precision": "64", "batch_size": None} if exact else {}
    results = check_estimator(Classifier(**settings), on_fail=None, on_skip=None)
    failed = [result["check_name"] for result in results if result["status"] == "failed"]
    assert [name for name in failed if exact or name != WEIGHTS_CHECK] == []
    assert sum(result["status"] == "passed" for result in results) >= 60


def test_labels_of_any_kind_come_back_with_their_probabilities(fitted):
    X, y = flowers()
    assert fitted.score(X, y) > 0.9
    words = np.array(["lily", "iris", "rose"])[y]
    classifier = Classifier(**SETTINGS).fit(X, words)
    assert list(classifier.classes_) == ["iris", "lily", "rose"]
    assert set(classifier.predict(X)) <= set(words)
    probability = classifier.predict_proba(X)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    np.testing.assert_array_equal(classifier.classes_[probability.argmax(axis=1)], classifier.predict(X))


def test_a_grid_reaches_a_layer_by_its_name_and_an_optimizer_by_its_word():
    layers = {"dense1": {"type": "Linear", "out_features": 16}, "activation1": {"type": "ReLU"}}
    grid = {"layers__dense1__out_features": [4, 6], "optimizer": ["sgd", {"name": "adam", "beta1": 0.8}]}
    settings = {name: value for name, value in SETTINGS.items() if name != "hidden"}
    search = GridSearchCV(Classifier(layers=layers, **settings), grid, cv=2).fit(*flowers())
    width = search.best_params_["layers__dense1__out_features"]
    assert search.best_estimator_.model_.network.layers.dense1.out_features == width
    assert layers["dense1"]["out_features"] == 16


def test_a_module_of_ones_own_is_given_as_its_class(fitted):
    X, y = flowers()
    settings = {name: value for name, value in SETTINGS.items() if name != "hidden"}
    assert Classifier(Narrow, **settings).fit(X, y).model_.network.stack[0].out_features == 4
    wide = Classifier({"_target_": Narrow, "arguments": {"width": 7}}, **settings).fit(X, y)
    assert wide.model_.network.stack[0].out_features == 7
    with pytest.raises(ValueError, match="network: is a module; give the class"):
        Classifier(nn.Linear(4, 3)).fit(X, y)


def test_a_frame_of_mixed_columns_with_missing_values_is_read_by_their_kinds():
    X, y = flowers()
    frame = pd.DataFrame({
        "size": np.where(X[:, 0] > 2, np.nan, X[:, 0]), "kind": np.where(y == 0, "small", "large"),
        "place": pd.Categorical(np.array([7, 8, 9])[y]),
    })  # fmt: skip
    classifier = Classifier(**SETTINGS).fit(frame, y)
    assert list(classifier.feature_names_in_) == ["size", "kind", "place"]
    assert [column["kind"] for column in classifier.model_.card["preprocessing"]["columns"]] == [
        "numeric", "category", "category"]  # fmt: skip
    assert classifier.score(frame, y) > 0.9
    with pytest.raises(ValueError, match="feature names"):
        classifier.predict(frame[["kind", "size", "place"]])


def test_class_weights_are_those_of_scikit_learn():
    X, y = flowers()
    by_class = Classifier(class_weight={0: 1, 1: 5, 2: 0.5}, **SETTINGS).fit(X, y)
    by_row = Classifier(**SETTINGS).fit(X, y, sample_weight=np.array([1, 5, 0.5])[y])
    np.testing.assert_array_equal(by_class.predict_proba(X), by_row.predict_proba(X))
    uneven = np.r_[np.flatnonzero(y > 0), np.flatnonzero(y == 0)[:3]]
    balanced, plain = (Classifier(class_weight=how, **SETTINGS).fit(X[uneven], y[uneven]) for how in ("balanced", None))
    assert balanced.predict_proba(X)[:, 0].mean() > plain.predict_proba(X)[:, 0].mean()
    with pytest.raises(ValueError, match=r"class_weight: has 7, which is none of the classes of y: \[0, 1, 2\]"):
        Classifier(class_weight={7: 2.0}, **SETTINGS).fit(X, y)


def test_calls_of_partial_fit_are_the_epochs_of_a_fit(fitted):
    X, y = flowers()
    classifier = Classifier(**SETTINGS)
    for _ in range(SETTINGS["max_epochs"]):
        classifier.partial_fit(X, y, classes=[0, 1, 2])
    np.testing.assert_array_equal(classifier.predict_proba(X), fitted.predict_proba(X))
    assert (classifier.n_iter_, classifier.loss_curve_) == (fitted.n_iter_, fitted.loss_curve_)


def test_partial_fit_knows_classes_that_come_later_and_refuses_others():
    X, y = flowers()
    classifier = Classifier(**SETTINGS).partial_fit(X[y < 2], y[y < 2], classes=[0, 1, 2])
    assert classifier.partial_fit(X, y).predict_proba(X).shape == (60, 3)
    with pytest.raises(ValueError, match="y holds 9, which is none of the classes that are known"):
        classifier.partial_fit(X, np.full(60, 9))
    with pytest.raises(ValueError, match=r"classes=\[0, 1\]: the first call knew of \[0, 1, 2\]"):
        classifier.partial_fit(X, y, classes=[0, 1])


def test_it_works_in_a_pipeline_and_cross_validation():
    X, y = flowers()
    assert cross_val_score(make_pipeline(StandardScaler(), Classifier(**SETTINGS)), X, y, cv=3).mean() > 0.8


def test_images_go_to_a_convolutional_network():
    images = np.random.default_rng(0).integers(0, 255, (24, 8, 8)).astype(np.uint8)
    y = np.arange(24) % 2
    classifier = Classifier("cnn", widths=(4,), hidden=(8,), max_epochs=1, random_state=0).fit(images, y)
    assert classifier.partial_fit(images, y).predict(images).shape == (24,)
