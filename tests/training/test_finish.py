import numpy as np
import pytest
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.inference import load
from trainyard.training.finish import best_metrics, final_metrics, package, test_outputs, write_predictions
from trainyard.training.fit import fit
from trainyard.training.plan import plan_run

test_outputs.__test__ = False  # a function of the project, not a test
PREPROCESSING = {"version": 1, "dtype": "float32", "features": [], "embedded": [], "columns": []}


def fitted(prepared, **settings):
    plan = plan_run(make_config(**settings), prepared, torch.device("cpu"))
    return plan, fit(plan)


def test_final_metrics_hold_test_baseline_best_and_length():
    plan, done = fitted(make_prepared())
    metrics = final_metrics(plan, done, test_outputs(plan, done))
    best = done.member.history[done.member.best_epoch - 1]
    assert metrics["best/accuracy"] == best["val/accuracy"]
    assert metrics["best/epoch"] == done.member.best_epoch
    assert (metrics["trained/epochs"], metrics["trained/steps"]) == (3, 39)
    assert metrics["test/accuracy"] > metrics["baseline/accuracy"]


def test_without_a_validation_there_is_no_best():
    _, done = fitted(make_prepared())
    done.member.best_epoch = 99
    assert best_metrics(done) == {}


def test_a_classifiers_predictions_are_probabilities(tmp_path):
    prepared = make_prepared()
    plan, done = fitted(prepared)
    write_predictions(tmp_path / "p.npz", plan, test_outputs(plan, done))
    with np.load(tmp_path / "p.npz", allow_pickle=False) as arrays:
        assert (arrays["target"] == prepared.test.y).all()
        np.testing.assert_allclose(arrays["probability"].sum(1), 1, rtol=1e-6)
        accuracy = (arrays["probability"].argmax(1) == arrays["target"]).mean()
    assert accuracy == pytest.approx(final_metrics(plan, done, test_outputs(plan, done))["test/accuracy"])


def test_a_regressors_predictions_are_in_original_units(tmp_path):
    prepared = make_prepared("regression", targets=2)
    plan, done = fitted(prepared)
    write_predictions(tmp_path / "p.npz", plan, test_outputs(plan, done))
    scale, mean = np.array(prepared.target_scale), np.array(prepared.target_mean)
    with np.load(tmp_path / "p.npz", allow_pickle=False) as arrays:
        np.testing.assert_allclose(arrays["target"], prepared.test.y * scale + mean)
        rmse = np.sqrt(np.square(arrays["prediction"] - arrays["target"]).mean(0))
    metrics = final_metrics(plan, done, test_outputs(plan, done))
    np.testing.assert_allclose(rmse, [metrics["test/rmse/target_0"], metrics["test/rmse/target_1"]], rtol=1e-6)


def test_the_package_holds_the_weights_that_were_tested(tmp_path):
    from dataclasses import replace

    prepared = replace(make_prepared(), preprocessing=PREPROCESSING)
    plan, done = fitted(prepared)
    folder = package(plan, done, tmp_path, {"test/accuracy": 0.9}, {"seeds": {"seed": 0}})
    model = load(folder)
    assert model.card["metrics"] == {"test/accuracy": 0.9}
    for name, tensor in done.model.network.state_dict().items():
        assert torch.equal(model.network.state_dict()[name], tensor)
