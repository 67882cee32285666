import pytest
import torch

from tests.networks.layers.stacks import IMAGES, TABLE, rows_of
from trainyard.networks import Inputs
from trainyard.networks.inputs import InputLayer
from trainyard.networks.layers.sources import Sources, categories_of, missing_source, source_shapes


def test_the_row_is_what_other_networks_take():
    torch.manual_seed(0)
    usual = InputLayer(TABLE)
    torch.manual_seed(0)
    sources = Sources(TABLE, None, ["row"])
    rows = rows_of()
    assert torch.equal(sources(*rows)["row"], usual(*rows))


def test_only_what_is_asked_for_is_made():
    sources = Sources(TABLE, None, ["numbers"])
    x, codes = rows_of()
    assert set(sources(x, codes)) == {"numbers"}
    assert list(sources.parameters()) == []


def test_an_image_keeps_its_shape_and_its_pixels_are_numbers():
    values = Sources(IMAGES, None, ["image", "numbers"])(rows_of(IMAGES)[0])
    assert (values["image"].shape, values["numbers"].shape) == ((5, 1, 8, 8), (5, 64))


def test_codes_of_all_columns_share_none():
    values = Sources(TABLE, None, ["categories", "categories.home town"])(
        torch.zeros(2, 6), torch.tensor([[3, 0], [1, 8]])
    )
    assert values["categories"].tolist() == [[3, 4], [1, 12]]
    assert values["categories.home town"].tolist() == [0, 8]
    assert (categories_of("categories", TABLE), categories_of("categories.home town", TABLE)) == (13, 9)


@pytest.mark.parametrize("inputs", [TABLE, IMAGES], ids=["table", "images"])
def test_shapes_are_those_of_the_sources(inputs):
    shapes = source_shapes(inputs, embedding_size=2)
    values = Sources(inputs, 2, shapes)(*rows_of(inputs))
    assert {name: tuple(value.shape[1:]) for name, value in values.items()} == shapes


def test_a_source_that_the_data_lack_is_explained():
    assert missing_source("image", TABLE).startswith("the data are no images")
    assert missing_source("categories", IMAGES).startswith("the data have no embedded categories")
    assert missing_source("numbers", Inputs(0, (3,))) == "the data have no numbers, only categories"
    assert missing_source("categories.town", TABLE).endswith(
        "did you mean categories.home town? There are categories.color and categories.home town"
    )
