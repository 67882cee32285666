"""The schema as data."""

from trainyard.config.keys import (
    DISCRIMINATORS,
    OTHER_NAMES,
    key_variants,
    keys_of,
    open_mappings,
    owners_of,
    shipped_options,
    top_keys,
)
from trainyard.config.schema import NETWORKS, Csv, Mlp


def test_the_keys_of_a_class_are_in_their_order() -> None:
    names = ["name", "embedding_size", "hidden", "activation", "dropout", "normalization", "residual"]
    assert list(keys_of(Mlp)) == names
    assert keys_of(Csv)["path"].required
    assert keys_of(Mlp)["hidden"].default == (256,)


def test_every_key_has_its_meaning() -> None:
    silent = {path for path, variants in key_variants().items() if not all(key.doc for key in variants)}
    assert silent <= set(DISCRIMINATORS)


def test_the_top_has_no_sections_and_nothing_internal() -> None:
    assert list(top_keys()) == ["seed", "experiment_name", "run_name", "tags", "trusted", "note"]


def test_names_may_be_chosen_below_some_keys() -> None:
    assert set(open_mappings()) == {
        "tags", "dataset.arguments", "dataset.columns", "network.arguments", "model.loss_arguments",
        "model.extra_metrics",
    }  # fmt: skip


def test_the_options_that_have_a_key_are_known() -> None:
    assert owners_of("network.hidden") == ["network=mlp", "network=cnn"]
    assert owners_of("optimizer.nesterov") == ["optimizer=sgd"]
    assert owners_of("network.width") == owners_of("training.patience") == []


def test_options_are_known_by_group() -> None:
    assert shipped_options()["tracking"] == ["local", "server", "off"]
    assert shipped_options()["network"] == list(NETWORKS)


def test_what_other_tools_call_a_key_leads_to_one_that_is() -> None:
    assert {path for path in OTHER_NAMES.values() if path not in key_variants()} == {"accelerator"}
