import datetime

import numpy as np
import pyarrow as pa
import pytest
import torch

from tests.inference.packages import make_package, package_images
from trainyard.config.schema.model import Layers
from trainyard.data.target_power import TargetPower
from trainyard.errors import DataError, NetworkError
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
    monkeypatch.setattr("trainyard.inference.forward.BATCH_ROWS", 7)
    np.testing.assert_allclose(model.predict_proba(table), whole, atol=1e-6)


def test_no_rows_give_no_predictions(classifier):
    model, table = classifier
    assert model.predict(table.slice(0, 0)).shape == (0,)


def test_missing_values_and_new_categories_are_taken(classifier):
    model, _ = classifier
    rows = [{"size": None, "color": "mauve", "town": None, "number": 3, "wild": None, "seen": None}]
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


def test_activations_of_a_layer_come_for_raw_rows(classifier, monkeypatch):
    model, table = classifier
    hidden = model.activations(table, layer="hidden.0.activation")
    assert hidden.shape == (120, 8)
    output = model.network.output(torch.from_numpy(hidden)).numpy()
    np.testing.assert_allclose(output, model.outputs(table), atol=1e-6)
    monkeypatch.setattr("trainyard.inference.forward.BATCH_ROWS", 7)
    np.testing.assert_allclose(model.activations(table, "hidden.0.activation"), hidden, atol=1e-6)
    assert model.activations(table.slice(0, 0), "output").shape == (0,)
    with pytest.raises(NetworkError, match="The network has no layer hiden"):
        model.activations(table, "hiden")


@pytest.mark.parametrize("precision", ["64", "bf16-mixed"])
def test_activations_of_named_layers_are_those_of_the_networks_precision(tmp_path, precision):
    config = Layers(layers={"dense1": {"type": "Linear", "out_features": 4}, "relu1": {"type": "ReLU"}})
    _, table = make_package(tmp_path / "model", precision=precision, config=config)
    values = load(tmp_path / "model").activations(table, layer="relu1")
    assert (values.shape, values.dtype) == ((120, 4), np.float64 if precision == "64" else np.float32)
    assert (values >= 0).all()


def test_columns_of_predictions_have_names(classifier, regressor):
    model, table = classifier
    assert list(model.predict_columns(table)) == ["prediction", "probability_big", "probability_small"]
    model, table = regressor
    assert list(model.predict_columns(table)) == ["length", "width"]


def test_values_are_taken_as_json_and_people_write_them(classifier):
    model, _ = classifier
    plain = {"size": 30.0, "color": "red", "town": "town 1", "number": 3, "wild": True, "seen": "2020-05-17"}
    written = [
        {**plain, "size": "30", "number": 3.0, "wild": "yes"},
        {**plain, "size": 30, "number": "3", "wild": 1},
        {**plain, "color": " red ", "seen": datetime.datetime(2020, 5, 17)},
    ]
    for row in written:
        np.testing.assert_array_equal(model.predict_proba([row]), model.predict_proba([plain]))
    assert (model.predict_proba([{**plain, "wild": "no"}]) != model.predict_proba([plain])).all()


def test_an_array_has_the_columns_in_order(tmp_path):
    _, table = make_package(tmp_path / "model", target=("length",), ignore=("label", "color", "town", "wild", "seen"))
    model = load(tmp_path / "model")
    rows = table.select(model.columns)
    array = np.stack([column.to_numpy() for column in rows.columns], axis=1)
    np.testing.assert_array_equal(model.predict(array), model.predict(rows))
    with pytest.raises(DataError, match=r"An array of rows has the shape \(rows, 3\)"):
        model.predict(array[:, :2])


@pytest.mark.parametrize("shape", [(1, 4, 3), (3, 4, 5)], ids=["grey", "color"])
def test_images_come_as_arrays_or_as_tables_of_pixels(tmp_path, shape):
    images = package_images(tmp_path / "model", shape)
    model = load(tmp_path / "model")
    expected = model.predict_proba(images)
    flat = images.reshape(60, -1)
    table = pa.table(dict(zip(model.columns, flat.T, strict=True)))
    forms = [flat, images.transpose(0, 2, 3, 1), torch.from_numpy(images), list(images), table, table.to_pandas(),
             {"image": images.tolist()}, *([images[:, 0]] if shape[0] == 1 else [])]  # fmt: skip
    for rows in forms:
        np.testing.assert_allclose(model.predict_proba(rows), expected, atol=1e-6)
    assert model.predict(model.card["example"]).shape == (2,)
    with pytest.raises(DataError, match=r"^An array of images has one of the shapes \(N, "):
        model.predict(np.zeros((2, 9, 9)))


def test_a_model_of_large_images_asks_for_one_column(tmp_path):
    images = package_images(tmp_path / "model", (3, 20, 20))
    model = load(tmp_path / "model")
    assert model.card["signature"]["inputs"] == [{"name": "image", "type": "any", "required": False}]
    np.testing.assert_array_equal(model.predict_proba(model.card["example"]).shape, (2, 3))
    np.testing.assert_array_equal(model.predict({"image": images.tolist()}), model.predict(images))


@pytest.mark.parametrize("precision", ["32", "64", "bf16-mixed"])
def test_the_numbers_are_those_of_the_network_in_its_precision(tmp_path, precision):
    card, table = make_package(tmp_path / "model", precision=precision)
    model = load(tmp_path / "model")
    x, codes = model.encoder.encode(table)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16-mixed"):
        output = model.network(torch.from_numpy(x), torch.from_numpy(codes).long()).double()
    np.testing.assert_array_equal(model.outputs(table), output.numpy())
    assert x.dtype == (np.float64 if card["precision"] == "64" else np.float32)


def test_it_says_what_it_is(classifier, regressor):
    assert repr(classifier[0]) == "<classifier of 2 classes: mlp from 6 columns to label>"
    assert repr(regressor[0]) == "<regressor: mlp from 6 columns to length, width>"


@pytest.mark.parametrize("classes", [("a", "b"), (3, 1), (True, False), (0.5, 2.0)])
def test_labels_come_back_in_their_own_type(classifier, monkeypatch, classes):
    model, table = classifier
    monkeypatch.setattr(model, "classes", classes)
    predicted = model.predict(table)
    assert {type(label) for label in predicted.tolist()} == {type(classes[0])}
    assert set(predicted.tolist()) <= set(classes)


def test_labels_of_mixed_types_keep_them(classifier):
    model, _ = classifier
    model.classes, before = (1, "a"), model.classes
    try:
        assert model.labels().tolist() == [1, "a"]
    finally:
        model.classes = before


def test_a_temperature_divides_what_probabilities_are_made_of(tmp_path, classifier):
    _, table = classifier
    make_package(tmp_path / "model", temperature=2.5)
    model = load(tmp_path / "model")
    logits = torch.from_numpy(model.outputs(table))
    np.testing.assert_allclose(model.predict_proba(table), torch.softmax(logits / 2.5, 1).numpy())
    np.testing.assert_array_equal(model.predict_columns(table)["probability_big"], model.predict_proba(table)[:, 0])


@pytest.mark.parametrize("target", [("length",), ("length", "width")])
def test_quantiles_come_in_original_units_and_in_order(tmp_path, target):
    levels = (0.1, 0.5, 0.9)
    ignored = tuple({"label", "length", "width"} - set(target))
    _, table = make_package(tmp_path / "model", target=target, ignore=ignored, quantiles=levels)
    model = load(tmp_path / "model")
    found = model.predict_quantiles(table).reshape(120, len(target), 3)
    assert (np.diff(found, axis=2) >= 0).all()
    np.testing.assert_array_equal(model.predict(table).reshape(120, len(target)), found[:, :, 1])
    columns = model.predict_columns(table)
    assert {"length", "length_q0.1", "length_q0.5", "length_q0.9"} <= set(columns)
    np.testing.assert_array_equal(columns["length_q0.9"], found[:, 0, 2])
    assert list(columns) == [column["name"] for column in model.card["signature"]["outputs"]]


def test_a_model_without_quantiles_says_so(regressor):
    model, table = regressor
    with pytest.raises(TypeError, match=r"train one with model=regressor model\.loss=quantile"):
        model.predict_quantiles(table)


@pytest.mark.parametrize("transform", ["log", "box_cox"])
def test_a_transformed_target_comes_in_original_units(tmp_path, transform):
    _, table = make_package(tmp_path / "model", target=("length",), ignore=("label", "width"), transform=transform)
    model = load(tmp_path / "model")
    (power,) = (TargetPower(**values) for values in model.card["target_powers"])
    scaled = model.outputs(table)[:, 0] * model.card["target_scale"][0] + model.card["target_mean"][0]
    np.testing.assert_allclose(power(model.predict(table)), scaled, atol=1e-9)
