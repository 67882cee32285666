import json

import numpy as np
import pytest

from tests.evaluation.trained import RUNS, trained
from trainyard.errors import DataError
from trainyard.evaluation.choose import own_rows
from trainyard.evaluation.evaluate import evaluate


@pytest.mark.parametrize("name", RUNS)
def test_the_metrics_of_a_runs_own_test_rows_are_those_of_its_training_to_the_bit(name, tested):
    written = json.loads((trained(name) / "metrics.json").read_text())
    before = {metric: written[metric if metric in written else f"test/{metric}"] for metric in tested[name].metrics}
    assert tested[name].metrics == before
    assert {"digits": "accuracy", "calibrated": "ece", "salmon": "rmse"}[name] in before


@pytest.mark.parametrize("name", RUNS)
def test_predictions_are_those_that_the_training_kept(name, tested):
    kept = np.load(trained(name) / "predictions.npz")
    for key, array in tested[name].arrays.items():
        np.testing.assert_array_equal(array, kept[key], err_msg=key)


def test_columns_hold_labels_and_probabilities_of_a_classifier(tested, subjects):
    found, model = tested["calibrated"], subjects["calibrated"].packaged
    probabilities = np.stack([found.columns[f"probability_{label}"] for label in model.classes], axis=1)
    assert list(found.columns)[:2] == ["actual", "predicted"]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    predicted = [model.classes[place] for place in probabilities.argmax(axis=1)]
    assert found.columns["predicted"].tolist() == predicted
    assert np.mean(found.columns["actual"] == found.columns["predicted"]) == found.metrics["accuracy"]


def test_columns_hold_the_numbers_of_a_regressor_in_their_own_units(tested):
    columns = tested["salmon"].columns
    assert list(columns) == ["actual", "predicted"]
    error = np.sqrt(np.mean((columns["actual"].astype(float) - columns["predicted"]) ** 2))
    assert error == pytest.approx(tested["salmon"].metrics["rmse"], rel=1e-5)


def test_groups_part_the_rows_and_each_is_measured_alone(salmon, configs, root):
    rows = own_rows(salmon, configs["salmon"], root, "test")
    found = evaluate(salmon, rows, "age_years")
    counts = [group["rows"] for group in found.groups.values()]
    assert sum(counts) == len(rows.numbers)
    mean = sum(group["mae"] * group["rows"] for group in found.groups.values()) / sum(counts)
    assert mean == pytest.approx(found.metrics["mae"], rel=1e-5)
    assert len({group["mae"] for group in found.groups.values()}) > 1


def test_a_column_that_is_not_there_is_named(salmon, configs, root):
    with pytest.raises(DataError, match=r"There is no column age_year to group rows by; did you mean age_years?"):
        evaluate(salmon, own_rows(salmon, configs["salmon"], root, "test"), "age_year")
