import pytest
import torch

from trainyard.errors import NetworkError
from trainyard.networks.images import ImageHead, dropout, halved, halving, image_shape, same_convolution
from trainyard.networks.inputs import Inputs


def test_a_table_is_no_image():
    with pytest.raises(NetworkError) as refused:
        image_shape("cnn", Inputs(8))
    assert str(refused.value) == "network=cnn needs images, but a row of these data is 8 numbers. Take network=mlp."


def test_an_image_has_four_pixels_a_side():
    assert image_shape("cnn", Inputs(16, image_shape=(1, 4, 4))) == (1, 4, 4)
    with pytest.raises(NetworkError, match=r"needs images of 4 x 4 pixels or more; these have 4 x 3\. Take"):
        image_shape("cnn", Inputs(12, image_shape=(1, 4, 3)))


@pytest.mark.parametrize("height", [1, 2, 3, 8])
@pytest.mark.parametrize("width", [1, 2, 5])
def test_halving_gives_the_size_it_says(height, width):
    assert halving(height, width)(torch.zeros(1, 1, height, width)).shape[2:] == (halved(height), halved(width))


@pytest.mark.parametrize("kernel", [1, 3, 7])
def test_a_same_convolution_keeps_the_size(kernel):
    assert same_convolution(2, 3, kernel, bias=True)(torch.zeros(1, 2, 4, 6)).shape == (1, 3, 4, 6)


def test_embeddings_join_the_features_of_the_image():
    head = ImageHead(4, Inputs(64, (5,), (1, 8, 8)), 3)
    assert head.width == 7
    assert head(torch.zeros(2, 4, 1, 1), torch.tensor([[1], [2]])).shape == (2, 7)


def test_no_dropout_is_no_layer():
    assert dropout(0.0) == []
    assert dropout(0.3)[0].p == 0.3
