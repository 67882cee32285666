"""The types of layers that a config knows."""

import pytest
import torch

from tests.config.layers import torch_table
from trainyard.config.layers.types import TABLE, initializers, layer_types, refused_types
from trainyard.config.schema.declared import keys_of
from trainyard.config.schema.layers import LayerKeys


def test_the_table_is_that_of_the_torch_that_is_installed() -> None:
    anew = "python -m tests.config.layers.torch_table writes the table anew"
    assert TABLE.read_text(encoding="utf-8") == torch_table.table_text(), anew


def test_every_layer_of_torch_is_known_or_refused_for_a_reason() -> None:
    modules = {name for name, value in vars(torch.nn).items()
               if isinstance(value, type) and issubclass(value, torch.nn.Module)}  # fmt: skip
    assert {*layer_types(), *refused_types()} == modules | {"Merge", "Permute"}
    assert not layer_types().keys() & refused_types().keys()


def test_no_argument_has_the_name_of_a_key_that_every_layer_has() -> None:
    clashing = {(name, argument) for name, type_ in layer_types().items() for argument in type_.arguments
                if argument in keys_of(LayerKeys)}  # fmt: skip
    assert clashing == set()


def test_arguments_have_types_defaults_and_ranges() -> None:
    convolution = layer_types()["Conv2d"].arguments
    assert convolution["kernel_size"].required
    assert (convolution["bias"].type, convolution["bias"].default) == (bool, True)
    assert convolution["stride"].field.metadata["ge"] == 1
    assert layer_types()["Dropout"].arguments["p"].field.metadata["le"] == 1
    assert initializers()["constant"]["val"].required


@pytest.mark.parametrize(
    ("name", "dimensions"),
    [("Linear", (2, 9)), ("Conv2d", (4, 4)), ("BatchNorm1d", (2, 3)), ("LSTM", (3, 3)), ("MaxPool3d", (5, 5))],
)
def test_dimensions_follow_from_the_name(name: str, dimensions: tuple[int, int]) -> None:
    assert layer_types()[name].dimensions == dimensions


def test_a_layer_says_whether_it_takes_images_or_codes() -> None:
    images = {name for name in ("Conv2d", "MaxPool2d", "Upsample", "Conv1d", "Linear", "ReLU", "Embedding", "LSTM")
              if layer_types()[name].takes_images}  # fmt: skip
    assert images == {"Conv2d", "MaxPool2d", "Upsample"}
    assert [name for name, type_ in layer_types().items() if type_.takes_codes] == ["Embedding", "EmbeddingBag"]
