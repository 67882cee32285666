import pytest
import torch
from torch import nn

from trainyard.config.schema.model import Mlp
from trainyard.networks.inputs import Inputs
from trainyard.networks.mlp import ACTIVATIONS, HiddenLayer, MlpNetwork


def test_it_equals_the_plain_stack_of_layers():
    network = MlpNetwork(Mlp(hidden=(8, 6)), Inputs(4), 3)
    linears = [module for module in network.modules() if isinstance(module, nn.Linear)]
    x = torch.randn(5, 4)
    expected = linears[2](torch.relu(linears[1](torch.relu(linears[0](x)))))
    assert torch.equal(network(x), expected)


def test_without_hidden_layers_it_is_linear():
    assert len([m for m in MlpNetwork(Mlp(hidden=()), Inputs(4), 3).modules() if isinstance(m, nn.Linear)]) == 1


def test_a_residual_layer_of_equal_widths_adds_its_input():
    layer = HiddenLayer(4, 4, Mlp(residual=True))
    x = torch.randn(3, 4)
    assert torch.equal(layer(x), x + torch.relu(layer.linear(x)))
    assert not HiddenLayer(4, 5, Mlp(residual=True)).residual


@pytest.mark.parametrize(("normalization", "kind"), [("batch", nn.BatchNorm1d), ("layer", nn.LayerNorm)])
def test_normalization_stands_between_linear_and_activation(normalization, kind):
    layer = HiddenLayer(4, 4, Mlp(normalization=normalization, dropout=0.3))
    assert [type(part) for part in layer] == [nn.Linear, kind, nn.ReLU, nn.Dropout]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_of_the_schema_is_there(activation):
    assert isinstance(HiddenLayer(2, 2, Mlp(activation=activation)).activation, ACTIVATIONS[activation])

