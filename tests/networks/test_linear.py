import torch

from trainyard.config.schema.model import Linear
from trainyard.networks.inputs import Inputs
from trainyard.networks.linear import LinearNetwork


def test_it_is_one_affine_map():
    network = LinearNetwork(Linear(), Inputs(4), 3)
    x = torch.randn(6, 4)
    torch.testing.assert_close(network(x), x @ network.output.weight.T + network.output.bias)
    assert sum(parameter.numel() for parameter in network.parameters()) == 4 * 3 + 3
