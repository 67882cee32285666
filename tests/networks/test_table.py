from trainyard.config.schema import Linear, Mlp
from trainyard.networks.inputs import Inputs
from trainyard.networks.table import Layer, layer_table


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
