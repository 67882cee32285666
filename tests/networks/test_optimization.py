import torch
from torch import nn

from tests.networks.layers.stacks import network_of
from trainyard.networks.optimization import parameter_groups, penalty


def test_a_plain_network_learns_at_one_rate_without_a_penalty():
    network = nn.Linear(3, 2)
    assert parameter_groups(network) == [(list(network.parameters()), 1.0)]
    assert penalty(network) is None


def test_a_network_of_layers_says_otherwise():
    layer = {"type": "Linear", "out_features": 4, "lr_multiplier": 0.5, "regularization": {"l2": 1.0}}
    network = network_of({"a": layer})
    assert [multiplier for _, multiplier in parameter_groups(network)] == [1.0, 0.5]
    torch.testing.assert_close(penalty(network), network.layers["a"].weight.square().sum())
