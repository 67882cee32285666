"""The keys of a class of the schema, as data."""

import pytest

from trainyard.config.schema.augment import Augment
from trainyard.config.schema.dataset import Csv
from trainyard.config.schema.dataset_keys import Column, Dataset
from trainyard.config.schema.declared import keys_of
from trainyard.config.schema.model import Custom, Layers, Mlp
from trainyard.config.schema.run import Training


def test_the_keys_of_a_class_are_in_their_order() -> None:
    names = ["name", "embedding_size", "hidden", "activation", "dropout", "normalization", "residual"]
    assert list(keys_of(Mlp)) == names
    assert keys_of(Csv)["path"].required
    assert keys_of(Mlp)["hidden"].default == (256,)


def test_a_key_tells_what_may_stand_below_it() -> None:
    assert keys_of(Dataset)["augment"].section is Augment
    assert keys_of(Dataset)["columns"].nested is Column
    assert keys_of(Dataset)["columns"].is_mapping
    assert keys_of(Layers)["layers"].is_layers
    assert keys_of(Custom)["arguments"].is_free
    assert keys_of(Mlp)["hidden"].section is keys_of(Mlp)["hidden"].nested is None


@pytest.mark.parametrize(("cls", "name", "text"), [
    (Mlp, "hidden", False), (Mlp, "activation", True), (Csv, "target", True), (Training, "max_time", True),
    (Training, "batch_size", False), (Training, "restore_best", False),
])  # fmt: skip
def test_keys_that_take_text_are_known(cls: type, name: str, text: bool) -> None:
    assert keys_of(cls)[name].is_text is text


def test_meaning_unit_and_example_come_from_the_declaration() -> None:
    key = keys_of(Training)["batch_size"]
    assert (key.doc, key.unit, key.example, key.required) == ("rows in a minibatch", "rows", "", False)
    assert keys_of(Dataset)["columns"].example == "{postcode: {kind: category}}"
