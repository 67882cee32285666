import torch

from trainyard.config.schema.model import Cnn, Mlp
from trainyard.explain.layers import MOST_LAYERS, feature_maps, first_filters
from trainyard.networks import Inputs, seeded_network

INPUTS = Inputs(192, (), (3, 8, 8))


def test_the_filters_are_those_of_the_first_convolution():
    network = seeded_network(Cnn(widths=(4, 6)), INPUTS, 2, 0)
    assert first_filters(network).shape == (4, 3, 3, 3)
    assert first_filters(seeded_network(Mlp(hidden=(4,)), INPUTS, 2, 0)) is None


def test_each_convolution_gives_its_maps():
    network = seeded_network(Cnn(widths=(4, 6)), INPUTS, 2, 0).eval()
    found = feature_maps(network, torch.ones(3, 8, 8))
    assert [len(values) for values in found.values()] == [4, 6]
    assert all(values.ndim == 3 for values in found.values())


def test_of_many_convolutions_the_first_the_last_and_some_between_are_shown():
    network = torch.nn.Sequential(*(torch.nn.Conv2d(1, 1, 1) for _ in range(9)))
    network.forward = lambda x, codes: torch.nn.Sequential.forward(network, x)
    found = feature_maps(network, torch.ones(1, 2, 2))
    assert list(found) == ["0", "3", "5", "8"]
    assert len(found) == MOST_LAYERS
