import csv
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.config.schema.model import Classifier, Regressor
from trainyard.data.encode import Encoder
from trainyard.data.encoders import NumericEncoder
from trainyard.data.target_power import TargetPower
from trainyard.data.transforms import Standard
from trainyard.inference import load
from trainyard.training.finish import (
    best_metrics,
    final_metrics,
    final_outputs,
    fitted_temperature,
    package,
    write_per_class,
    write_predictions,
    write_tested,
)
from trainyard.training.fit import fit
from trainyard.training.plan import plan_run

COLUMNS = tuple(NumericEncoder(f"x{place}", "double", 0.0, Standard(1.0, 2.0), False) for place in range(5))
PREPROCESSING = Encoder(COLUMNS, "float32").to_dict()


def fitted(prepared, **settings):
    plan = plan_run(make_config(**settings), prepared, torch.device("cpu"))
    return plan, fit(plan)


def test_final_metrics_hold_test_baseline_best_and_length():
    plan, done = fitted(make_prepared())
    metrics = final_metrics(plan, done, final_outputs(plan, done))
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
    write_predictions(tmp_path / "p.npz", plan, done, final_outputs(plan, done))
    with np.load(tmp_path / "p.npz", allow_pickle=False) as arrays:
        assert (arrays["target"] == prepared.test.y).all()
        np.testing.assert_allclose(arrays["probability"].sum(1), 1, rtol=1e-6)
        accuracy = (arrays["probability"].argmax(1) == arrays["target"]).mean()
    assert accuracy == pytest.approx(final_metrics(plan, done, final_outputs(plan, done))["test/accuracy"])


def test_a_regressors_predictions_are_in_original_units(tmp_path):
    prepared = make_prepared("regression", targets=2)
    plan, done = fitted(prepared)
    write_predictions(tmp_path / "p.npz", plan, done, final_outputs(plan, done))
    scale, mean = np.array(prepared.target_scale), np.array(prepared.target_mean)
    with np.load(tmp_path / "p.npz", allow_pickle=False) as arrays:
        np.testing.assert_allclose(arrays["target"], prepared.test.y * scale + mean)
        rmse = np.sqrt(np.square(arrays["prediction"] - arrays["target"]).mean(0))
    metrics = final_metrics(plan, done, final_outputs(plan, done))
    np.testing.assert_allclose(rmse, [metrics["test/rmse/target_0"], metrics["test/rmse/target_1"]], rtol=1e-6)


def test_the_package_holds_the_weights_that_were_tested(tmp_path):
    prepared = replace(make_prepared(), preprocessing=PREPROCESSING)
    plan, done = fitted(prepared)
    folder = package(plan, done, tmp_path, {"test/accuracy": 0.9}, {"seeds": {"seed": 0}})
    model = load(folder)
    assert model.card["metrics"] == {"test/accuracy": 0.9}
    for name, tensor in done.model.network.state_dict().items():
        assert torch.equal(model.network.state_dict()[name], tensor)


CALIBRATED = {"model": Classifier(calibrate=True, loss="focal", focal_gamma=4.0)}


def test_a_calibrated_model_is_tested_as_it_predicts_and_says_what_it_was_before(tmp_path):
    plan, done = fitted(make_prepared(), **CALIBRATED)
    tested = final_outputs(plan, done)
    metrics = final_metrics(plan, done, tested)
    assert metrics["calibration/temperature"] == tested.temperature < 1
    assert metrics["test/log_loss"] < metrics["uncalibrated/log_loss"]
    plain, trained = fitted(make_prepared(), model=Classifier(loss="focal", focal_gamma=4.0))
    before = final_metrics(plain, trained, final_outputs(plain, trained))
    assert metrics["test/loss"] == before["test/loss"]
    assert metrics["uncalibrated/ece"] == before["test/ece"]
    assert {name: metrics[name] for name in metrics if name.startswith("baseline/")} == {
        name: before[name] for name in before if name.startswith("baseline/")
    }
    write_predictions(tmp_path / "p.npz", plan, done, tested)
    with np.load(tmp_path / "p.npz", allow_pickle=False) as arrays:
        own = arrays["probability"][np.arange(100), arrays["target"]]
    assert -np.log(own).mean() == pytest.approx(metrics["test/log_loss"], rel=1e-4)


def test_a_packaged_model_keeps_the_temperature(tmp_path):
    plan, done = fitted(replace(make_prepared(), preprocessing=PREPROCESSING), **CALIBRATED)
    tested = final_outputs(plan, done)
    assert load(package(plan, done, tmp_path, {}, {}, tested.temperature)).card["temperature"] == tested.temperature


def test_quantiles_are_predicted_in_original_units(tmp_path):
    quantile = Regressor(loss="quantile", quantiles=(0.1, 0.5, 0.9))
    plan, done = fitted(make_prepared("regression", targets=2), model=quantile, max_epochs=8)
    tested = final_outputs(plan, done)
    write_predictions(tmp_path / "p.npz", plan, done, tested)
    metrics = final_metrics(plan, done, tested)
    with np.load(tmp_path / "p.npz", allow_pickle=False) as arrays:
        assert arrays["level"].tolist() == [0.1, 0.5, 0.9]
        assert (np.diff(arrays["quantile"]) >= 0).all()
        np.testing.assert_array_equal(arrays["quantile"][:, :, 1], arrays["prediction"])
        low, high = arrays["quantile"][:, :, 0], arrays["quantile"][:, :, 2]
        inside = (low <= arrays["target"]) & (arrays["target"] <= high)
    assert metrics["test/coverage"] == pytest.approx(inside.mean())
    assert metrics["test/pinball"] < metrics["baseline/pinball"]


def test_transformed_targets_are_predicted_in_original_units(tmp_path):
    prepared = replace(make_prepared("regression"), target_powers=(TargetPower(0.0, 0.0, 0.0, 1e9),))
    plan, done = fitted(prepared)
    write_predictions(tmp_path / "p.npz", plan, done, final_outputs(plan, done))
    with np.load(tmp_path / "p.npz", allow_pickle=False) as arrays:
        np.testing.assert_allclose(arrays["target"], np.exp(prepared.test.y.astype(float) * 2))
        assert (arrays["prediction"] > 0).all()


def test_targets_of_nought_are_counted_for_mape():
    prepared = replace(make_prepared("regression"), target_mean=(0.0,))
    y = prepared.test.y.copy()
    y[:3] = 0
    plan, done = fitted(replace(prepared, test=replace(prepared.test, y=y)))
    assert final_metrics(plan, done, final_outputs(plan, done))["test/mape_left_out"] == 3
    plan, done = fitted(make_prepared("regression", seed=1))
    assert "test/mape_left_out" not in final_metrics(plan, done, final_outputs(plan, done))


def test_each_class_is_in_a_table(tmp_path):
    plan, done = fitted(make_prepared())
    tested = final_outputs(plan, done)
    written, table = write_per_class(tmp_path, plan, tested)
    rows = json.loads(written.read_text())
    assert [row["label"] for row in rows] == [0, 1, 2]
    assert sum(row["support"] for row in rows) == 100
    with table.open() as file:
        assert [float(row["recall"]) for row in csv.DictReader(file)] == [row["recall"] for row in rows]
    recall = np.mean([row["recall"] for row in rows])
    assert recall == pytest.approx(final_metrics(plan, done, tested)["test/balanced_accuracy"])
    regression, trained = fitted(make_prepared("regression"))
    assert write_per_class(tmp_path, regression, final_outputs(regression, trained)) == []


def test_what_the_test_gave_is_written_with_a_table_of_the_classes(tmp_path):
    plan, done = fitted(make_prepared())
    files = write_tested(tmp_path, plan, done, final_outputs(plan, done))
    assert [path.name for path in files] == ["predictions.npz", "per_class.json", "per_class.csv"]
    assert all(path.exists() for path in files)


def test_without_a_test_part_there_are_metrics_of_the_validation_alone():
    plan, done = fitted(make_prepared())
    metrics = final_metrics(plan, done, None)
    assert {name.partition("/")[0] for name in metrics} == {"best", "trained"}
    assert fitted_temperature(plan, done) is None
    calibrated, done = fitted(make_prepared(), model=Classifier(calibrate=True))
    assert fitted_temperature(calibrated, done) == final_outputs(calibrated, done).temperature > 0
