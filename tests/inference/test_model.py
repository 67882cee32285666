import numpy as np
import pyarrow as pa
import pytest

from tests.inference.packages import make_package
from trainyard.errors import DataError
from trainyard.inference import load


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    folder = tmp_path_factory.mktemp("classifier") / "model"
    _, table = make_package(folder)
    return load(folder), table.drop_columns(["label", "length", "width"])


@pytest.fixture(scope="module")
def regressor(tmp_path_factory):
    folder = tmp_path_factory.mktemp("regressor") / "model"
    _, table = make_package(folder, target=("length", "width"), ignore=("label",))
    return load(folder), table


def test_labels_are_those_of_the_highest_probability(classifier):
    model, table = classifier
    probability = model.predict_proba(table)
    assert probability.shape == (120, 2)
    np.testing.assert_allclose(probability.sum(1), 1)
    assert (model.predict(table) == np.array(["big", "small"])[probability.argmax(1)]).all()


def test_rows_come_in_many_forms(classifier):
    model, table = classifier
    expected = model.predict_proba(table)
    forms = [table.to_pandas(), table.to_pydict(), table.to_pylist(), table.select(table.column_names[::-1]),
             table.append_column("extra", pa.array(range(120)))]  # fmt: skip
    for rows in forms:
        np.testing.assert_array_equal(model.predict_proba(rows), expected)


def test_one_row_alone_predicts_as_among_others(classifier):
    model, table = classifier
    whole = model.predict_proba(table)
    single = np.concatenate([model.predict_proba(table.slice(row, 1)) for row in range(120)])
    np.testing.assert_allclose(single, whole, atol=1e-6)


def test_more_rows_than_a_batch_come_back_in_order(classifier, monkeypatch):
    model, table = classifier
    whole = model.predict_proba(table)
    monkeypatch.setattr("trainyard.inference.model.BATCH_ROWS", 7)
    np.testing.assert_allclose(model.predict_proba(table), whole, atol=1e-6)


def test_no_rows_give_no_predictions(classifier):
    model, table = classifier
    assert model.predict(table.slice(0, 0)).shape == (0,)


def test_missing_values_and_new_categories_are_taken(classifier):
    model, _ = classifier
    rows = [{"size": None, "color": "mauve", "town": None, "number": 3}]
    assert model.predict(rows)[0] in ("big", "small")


def test_a_missing_column_and_a_wrong_kind_are_named(classifier):
    model, _ = classifier
    with pytest.raises(DataError) as refused:
        model.predict({"size": ["tall"], "color": ["red"], "town": ["town 1"]})
    text = str(refused.value)
    assert "no column number, which the model was trained on" in text
    assert "Column size holds 'tall'" in text


def test_several_targets_come_in_original_units(regressor):
    model, table = regressor
    predicted = model.predict(table)
    assert predicted.shape == (120, 2)
    scale = np.array(model.card["target_scale"])
    np.testing.assert_allclose(predicted, model.outputs(table) * scale + np.array(model.card["target_mean"]))
    with pytest.raises(TypeError, match="a regressor predicts numbers"):
        model.predict_proba(table)


def test_columns_of_predictions_have_names(classifier, regressor):
    model, table = classifier
    assert list(model.predict_columns(table)) == ["prediction", "probability_big", "probability_small"]
    model, table = regressor
    assert list(model.predict_columns(table)) == ["length", "width"]


def test_labels_of_mixed_types_keep_them(classifier):
    model, _ = classifier
    model.classes, before = (1, "a"), model.classes
    try:
        assert model.labels().tolist() == [1, "a"]
    finally:
        model.classes = before
