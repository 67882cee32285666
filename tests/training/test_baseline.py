from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import log_loss, r2_score, root_mean_squared_error

from tests.synthetic import make_config, make_prepared
from trainyard.config.schema.model import Regressor
from trainyard.data.target_power import TargetPower
from trainyard.training.baseline import baseline_metrics, baseline_name
from trainyard.training.evaluation import outputs
from trainyard.training.plan import plan_run


def baseline(prepared, **settings):
    plan = plan_run(make_config(**settings), prepared, torch.device("cpu"))
    model = plan.build_model()
    return baseline_metrics(model, prepared, outputs(model, plan.open_test(), 1000, plan.device))


def test_a_classifiers_is_the_class_shares_of_the_training_part():
    prepared = make_prepared(classes=4)
    dummy = DummyClassifier(strategy="prior").fit(prepared.train.x, prepared.train.y)
    found = baseline(prepared)
    assert found["baseline/accuracy"] == pytest.approx(dummy.score(prepared.test.x, prepared.test.y))
    expected = log_loss(prepared.test.y, dummy.predict_proba(prepared.test.x), labels=range(4))
    assert found["baseline/log_loss"] == pytest.approx(expected, rel=1e-5)


def test_a_regressors_is_the_mean_of_the_training_part():
    prepared = make_prepared("regression", targets=2)
    truth = prepared.test.y * np.array(prepared.target_scale) + np.array(prepared.target_mean)
    dummy = DummyRegressor(strategy="constant", constant=np.array(prepared.target_mean))
    predicted = dummy.fit(prepared.train.x, prepared.train.y).predict(prepared.test.x)
    found = baseline(prepared)
    assert found["baseline/rmse"] == pytest.approx(root_mean_squared_error(truth, predicted), rel=1e-5)
    assert found["baseline/r2"] == pytest.approx(r2_score(truth, predicted), abs=1e-5)


def test_of_transformed_targets_it_is_the_mean_in_original_units():
    power = TargetPower(0.0, 0.0, 1.0, 1e9)
    prepared = make_prepared("regression", weighted=True)
    prepared = replace(prepared, target_powers=(power,), target_scale=(0.5,))
    train, test = (np.exp(0.5 * part.y.astype(float) + 1)[:, 0] for part in (prepared.train, prepared.test))
    mean = np.average(train, weights=prepared.train.weight)
    expected = root_mean_squared_error(test, np.full(len(test), mean), sample_weight=prepared.test.weight)
    assert baseline(prepared)["baseline/rmse"] == pytest.approx(expected, rel=1e-5)


def test_of_quantiles_it_is_those_of_the_training_part():
    prepared = make_prepared("regression", targets=2)
    found = baseline(prepared, model=Regressor(loss="quantile", quantiles=(0.1, 0.5, 0.9)))
    low, high = np.quantile(prepared.train.y[:, 1], (0.1, 0.9), method="inverted_cdf")
    inside = (prepared.test.y[:, 1] >= low) & (prepared.test.y[:, 1] <= high)
    assert found["baseline/coverage/target_1"] == pytest.approx(inside.mean())
    assert found["baseline/interval_width/target_1"] == pytest.approx((high - low) * 3, rel=1e-6)


@pytest.mark.parametrize(
    ("task", "settings", "name"),
    [("classification", {}, "majority class"), ("regression", {}, "mean"),
     ("regression", {"model": Regressor(loss="quantile")}, "quantiles")],
)  # fmt: skip
def test_it_has_a_name(task, settings, name):
    model = plan_run(make_config(**settings), make_prepared(task), torch.device("cpu")).build_model()
    assert baseline_name(model) == name
