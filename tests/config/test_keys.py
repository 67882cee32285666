"""The schema as data."""

from trainyard.config.keys import (
    DISCRIMINATORS,
    OTHER_NAMES,
    key_variants,
    layer_key,
    open_mappings,
    owners_of,
    shipped_options,
    top_keys,
)
from trainyard.config.schema.model import NETWORKS


def test_every_key_has_its_meaning() -> None:
    silent = {path for path, variants in key_variants().items() if not all(key.doc for key in variants)}
    assert silent <= set(DISCRIMINATORS)


def test_the_top_has_no_sections_and_nothing_internal() -> None:
    assert list(top_keys()) == [
        "seed", "experiment_name", "run_name", "tags", "callbacks", "trainer", "trusted", "note",
    ]  # fmt: skip


def test_names_may_be_chosen_below_some_keys() -> None:
    assert set(open_mappings()) == {
        "tags", "callbacks", "trainer", "dataset.arguments", "dataset.columns", "network.arguments",
        "model.loss_arguments", "model.extra_metrics",
    }  # fmt: skip


def test_the_options_that_have_a_key_are_known() -> None:
    assert owners_of("network.hidden") == ["network=mlp", "network=cnn"]
    assert owners_of("optimizer.nesterov") == ["optimizer=sgd"]
    assert owners_of("network.layers") == owners_of("network.layers.dense1.bias") == ["network=layers"]
    assert owners_of("network.width") == owners_of("training.patience") == []


def test_options_are_known_by_group() -> None:
    assert shipped_options()["tracking"] == ["local", "server", "off"]
    assert shipped_options()["network"] == list(NETWORKS)


def test_the_keys_of_a_layer_are_found_below_its_name() -> None:
    found = layer_key("network.layers.dense1.inputs")
    assert found is not None
    assert found.doc.startswith("layers whose outputs it takes")
    paths = ("network.layers.dense1.out_features", "network.layers.dense1", "network.hidden", "tags.a.b.inputs")
    assert [layer_key(path) for path in paths] == [None] * 4
    assert [path for path, (key, *_) in key_variants().items() if key.is_layers] == ["network.layers"]


def test_what_other_tools_call_a_key_leads_to_one_that_is() -> None:
    assert {path for path in OTHER_NAMES.values() if path not in key_variants()} == {"accelerator"}
