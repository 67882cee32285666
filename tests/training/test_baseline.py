import numpy as np
import pytest
import torch
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import log_loss, r2_score, root_mean_squared_error

from tests.synthetic import make_config, make_prepared
from trainyard.training.baseline import baseline_metrics
from trainyard.training.evaluation import outputs
from trainyard.training.plan import plan_run


def baseline(prepared):
    plan = plan_run(make_config(), prepared, torch.device("cpu"))
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
