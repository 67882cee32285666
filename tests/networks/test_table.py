import torch
from torch import nn

from trainyard.config.schema.model import Cnn, Layers, Linear, Mlp
from trainyard.networks.inputs import Inputs
from trainyard.networks.table import Layer, _hook, layer_notes, layer_table, percent

IMAGE = Inputs(64, image_shape=(1, 8, 8))
CONV = {"type": "Conv2d", "out_channels": 2, "kernel_size": 3, "padding": 1}


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


def test_named_layers_say_what_they_take_and_count_shared_weights_once():
    layers = {"a": {"type": "Linear", "out_features": 3, "inputs": ("numbers",)}, "b": {"share": "a"},
              "m": {"type": "Merge", "inputs": ("b", "row")}}  # fmt: skip
    assert layer_table(Layers(layers=layers), Inputs(3, (5,)), 2) == [
        Layer("row.0", "Embedding", (4,), 20, ("categories",)),
        Layer("a", "Linear", (3,), 12, ("numbers",)),
        Layer("b", "Linear of a", (3,), 0, ("a",)),
        Layer("m", "Merge", (10,), 0, ("b", "row")),
        Layer("output", "Linear", (2,), 22, ("m",)),
    ]


def test_convolutions_have_capacity_and_coverage():
    layers = {"a": CONV, "b": CONV, "flat": {"type": "Flatten"}}
    a, b, flat, _ = layer_table(Layers(layers=layers), IMAGE, 2)
    assert (percent(a.capacity), percent(a.coverage)) == ("100 %", "38 %")
    assert (percent(b.capacity), percent(b.coverage)) == ("60 %", "62 %")
    assert percent(flat.capacity) == ""
    assert percent((0.5, 1.0)) == "50 x 100 %"


def test_weak_convolutions_and_columns_that_nothing_takes_are_noted():
    layers = {f"c{place}": CONV for place in range(9)} | {"flat": {"type": "Flatten"}}
    inputs = Inputs(64, (3,), (1, 8, 8), ("town",))
    notes = layer_notes(layer_table(Layers(layers=layers), inputs, 2), inputs)
    assert notes[0].startswith("c3 has a coverage of 112 %: it sees more than the image")
    assert any(note.startswith("c8 has a capacity of 16 %: its kernel is small beside what it sees") for note in notes)
    assert notes[-1] == "no layer takes town; row and categories hold all embedded columns"


def test_what_takes_everything_needs_no_note():
    inputs = Inputs(3, (5,), None, ("town",))
    for config in (Layers(), Mlp()):
        assert layer_notes(layer_table(config, inputs, 2), inputs) == []
    embedded = Layers(layers={"e": {"type": "Embedding", "embedding_dim": 2, "inputs": ("categories.town",)}})
    assert layer_notes(layer_table(embedded, inputs, 2), inputs) == [
        "no layer takes the numbers of a row; row and numbers hold them"
    ]


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
