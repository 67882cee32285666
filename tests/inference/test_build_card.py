from tests.inference.packages import make_package
from trainyard.config.schema.model import Layers, Mlp
from trainyard.inference.build_card import PACKAGES, READING, network_values


def test_layers_name_their_inputs_so_that_their_order_may_be_lost(tmp_path):
    layers = {"a": {"type": "Linear", "out_features": 4}, "b": {"type": "ReLU", "after": "a"}}
    card, _ = make_package(tmp_path / "model", config=Layers(layers=layers))
    assert card["network"]["layers"] == {
        "a": {"type": "Linear", "out_features": 4, "inputs": ["row"]}, "b": {"type": "ReLU", "inputs": ["a"]},
        "output": {"type": "Linear", "inputs": ["b"]},
    }  # fmt: skip


def test_a_metric_that_is_no_number_is_null(tmp_path):
    card, _ = make_package(tmp_path / "model", metrics={"test/roc_auc": float("nan")})
    assert card["metrics"] == {"test/roc_auc": None}


def test_it_tells_how_texts_are_read_and_with_which_versions_it_was_made(tmp_path):
    card, _ = make_package(tmp_path / "model")
    assert card["reading"] == READING
    assert tuple(card["versions"]) == PACKAGES
    assert all(card["versions"].values())


def test_a_network_that_is_no_layers_is_kept_as_its_config_has_it():
    assert network_values(Mlp(hidden=(3, 4)))["hidden"] == (3, 4)
