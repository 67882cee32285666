import json

import pytest

from tests.inference.packages import COLUMNS, make_package
from trainyard.inference.card import card_digest, label_type, signature


def test_it_is_plain_json_with_all_that_predicting_needs(tmp_path):
    card, _ = make_package(tmp_path / "model")
    assert json.loads(json.dumps(card)) == card
    assert (card["format"], card["version"], card["task"]) == ("trainyard-model", 1, "classification")
    assert card["classes"] == ["big", "small"]
    assert card["inputs"] == {
        "numeric": len(card["preprocessing"]["features"]), "category_sizes": [13], "image_shape": None,
        "category_names": ["town"],
    }  # fmt: skip
    assert card["network"]["hidden"] == [8]
    assert len(card["example"]) == 2
    assert "environment" not in card["lineage"]


def test_the_signature_of_a_classifier_names_raw_columns_and_probabilities(tmp_path):
    card, _ = make_package(tmp_path / "model")
    assert card["signature"] == {
        "inputs": [{"name": name, "type": "any", "required": False} for name in COLUMNS],
        "outputs": [
            {"name": "prediction", "type": "string"},
            {"name": "probability_big", "type": "double"},
            {"name": "probability_small", "type": "double"},
        ],
    }


def test_the_signature_of_a_regressor_names_its_targets():
    outputs = signature({"columns": []}, None, ["length", "width"])["outputs"]
    assert outputs == [{"name": "length", "type": "double"}, {"name": "width", "type": "double"}]


@pytest.mark.parametrize(
    ("classes", "word"),
    [(["a"], "string"), ([True, False], "boolean"), ([1, 2], "long"), ([0.5], "double"), ([1, "a"], "string")],
)
def test_labels_have_a_type(classes, word):
    assert label_type(classes) == word


def test_its_digest_is_that_of_its_values_however_they_are_written():
    card = {"a": [1, 0.1], "b": {"c": None}}
    digest = card_digest(card)
    assert card_digest({"b": {"c": None}, "digest": digest, "a": [1, 0.1]}) == digest
    assert card_digest({"a": [1, 0.2], "b": {"c": None}}) != digest
