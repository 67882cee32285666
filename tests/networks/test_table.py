import torch
from torch import nn

from trainyard.config.schema import Cnn, Linear, Mlp
from trainyard.networks.inputs import Inputs
from trainyard.networks.table import Layer, _hook, layer_table


def test_layers_stand_in_the_order_in_which_they_compute():
    table = layer_table(Mlp(hidden=(8,), normalization="batch"), Inputs(3, (5,)), 2)
    assert table == [
        Layer("input.embeddings.0", "Embedding", (4,), 20),
        Layer("hidden.0.linear", "Linear", (8,), 64),
        Layer("hidden.0.normalization", "BatchNorm1d", (8,), 16),
        Layer("hidden.0.activation", "ReLU", (8,), 0),
        Layer("output", "Linear", (2,), 18),
    ]


def test_an_image_is_given_in_its_shape():
    assert layer_table(Linear(), Inputs(6, image_shape=(1, 2, 3)), 4) == [Layer("output", "Linear", (4,), 28)]


def test_a_filter_multiplies_at_each_position_and_a_unit_once():
    table = layer_table(Cnn(widths=(2,), hidden=(), normalization="none"), Inputs(64, image_shape=(1, 8, 8)), 3)
    assert {layer.kind: layer.multiplications for layer in table if layer.parameters} == {
        "Conv2d": (9 * 2 + 2) * 64, "Linear": 2 * 16 * 3 + 3,
    }  # fmt: skip


def test_a_recurrent_layer_shows_its_output():
    layers = []
    layer = nn.GRU(3, 4)
    layer.register_forward_hook(_hook("gru", layers))
    layer(torch.zeros(2, 5, 3))
    assert layers[0].shape == (5, 4)
