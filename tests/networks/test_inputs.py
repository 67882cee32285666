import pytest
import torch

from trainyard.networks.inputs import InputLayer, Inputs, embedding_width


def test_numbers_pass_as_they_are():
    x = torch.randn(4, 3)
    assert torch.equal(InputLayer(Inputs(3))(x, None), x)


def test_images_become_one_row_of_pixels():
    x = torch.randn(4, 1, 2, 3)
    assert torch.equal(InputLayer(Inputs(6, image_shape=(1, 2, 3)))(x), x.view(4, 6))


def test_embeddings_of_categories_follow_the_numbers():
    layer = InputLayer(Inputs(2, (5, 30)), embedding_size=4)
    x, codes = torch.randn(3, 2), torch.tensor([[0, 29], [4, 0], [1, 1]])
    joined = layer(x, codes)
    assert joined.shape == (3, layer.width) == (3, 10)
    assert torch.equal(joined[:, :2], x)
    assert torch.equal(joined[:, 2:6], layer.embeddings[0].weight[codes[:, 0]])
    assert torch.equal(joined[:, 6:], layer.embeddings[1].weight[codes[:, 1]])


@pytest.mark.parametrize(("categories", "width"), [(2, 2), (20, 9), (1000, 77), (10**6, 600)])
def test_width_of_an_embedding_grows_with_its_categories(categories, width):
    assert embedding_width(categories) == width
