import numpy as np
import pytest
from sklearn.utils.estimator_checks import check_estimator

from tests.estimators.rows import SETTINGS, numbers
from trainyard import Regressor


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("settings", [{}, {"precision": "64", "batch_size": None}], ids=["default", "exact"])
def test_all_of_scikit_learns_checks_pass(settings):
    results = check_estimator(Regressor(**settings), on_fail=None, on_skip=None)
    assert [result["check_name"] for result in results if result["status"] == "failed"] == []
    assert sum(result["status"] == "passed" for result in results) >= 58


@pytest.mark.parametrize("targets", [1, 2])
def test_one_target_or_several_come_back_in_their_units_and_shape(targets):
    X, y = numbers(targets)
    regressor = Regressor(**{**SETTINGS, "max_epochs": 60}).fit(X, y)
    assert regressor.predict(X).shape == y.shape
    assert regressor.score(X, y) > 0.8


def test_quantiles_rise():
    X, y = numbers()
    regressor = Regressor(loss="quantile", quantiles=(0.1, 0.5, 0.9), **SETTINGS).fit(X, y)
    levels = regressor.predict_quantiles(X)
    assert levels.shape == (60, 3)
    assert (np.diff(levels, axis=1) >= 0).all()
    np.testing.assert_array_equal(levels[:, 1], regressor.predict(X))
    with pytest.raises(TypeError, match="this model predicts no quantiles"):
        Regressor(**SETTINGS).fit(X, y).predict_quantiles(X)


def test_a_loss_of_ones_own_is_a_function():
    def absolute(output, y):
        return (output - y).abs().mean(1)

    X, y = numbers()
    own, known = (Regressor(loss=loss, **SETTINGS).fit(X, y) for loss in (absolute, "mae"))
    np.testing.assert_allclose(own.predict(X), known.predict(X), rtol=1e-5)


def test_partial_fit_goes_on_and_holds_on_to_the_targets_of_its_first_call():
    X, y = numbers()
    whole = Regressor(**SETTINGS).fit(X, y)
    parts = Regressor(**SETTINGS)
    for _ in range(SETTINGS["max_epochs"]):
        parts.partial_fit(X, y)
    np.testing.assert_array_equal(parts.predict(X), whole.predict(X))
    with pytest.raises(ValueError, match="y has 2 targets, but 1 are known"):
        parts.partial_fit(X, np.stack([y, y], axis=1))


def test_64_bits_stay_64_bits():
    X, y = numbers()
    regressor = Regressor(precision="64", batch_size=None, max_epochs=2, random_state=0).fit(X, y)
    assert {str(weight.dtype) for weight in regressor.model_.network.parameters()} == {"torch.float64"}
    assert not np.array_equal(regressor.predict(X), regressor.predict(X.astype(np.float32)))
