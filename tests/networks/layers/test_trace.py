import pytest
import torch

from tests.networks.layers.stacks import IMAGES, TABLE, network_of
from trainyard.config.layers.wiring import wire
from trainyard.errors import NetworkError
from trainyard.networks import Inputs
from trainyard.networks.layers.trace import trace

DENSE = {"type": "Linear", "out_features": 8}
CONV = {"type": "Conv2d", "out_channels": 4, "kernel_size": 3}
STEPS = {"type": "Unflatten", "dim": 1, "unflattened_size": [2, 3], "inputs": "numbers"}
MISFITS = [
    (TABLE, {"a": CONV},
     "network.layers.a (Conv2d) takes image, but the data are no images. Take the numbers, and layers such as Linear; "
     "Unflatten gives them a shape."),
    (IMAGES, {"a": DENSE, "b": CONV},
     "network.layers.b (Conv2d) takes (channels, height, width) for a row, but gets a (8)."),
    (IMAGES, {"a": {"type": "Upsample", "size": 60000}},
     "network.layers.a (Upsample) cannot take image (1, 8, 8): would give 3,600,000,000 numbers for a row."),
    (TABLE, {"a": {"type": "LSTM", "hidden_size": 3}},
     "network.layers.a (LSTM) takes (steps or channels, size) for a row, but gets row (14)."),
    (IMAGES, {"a": {**CONV, "kernel_size": 9}},
     "network.layers.a (Conv2d) cannot take image (1, 8, 8): Calculated padded input size per channel: (8 x 8). Kernel "
     "size: (9 x 9). Kernel size can't be greater than actual input size."),
    (IMAGES, {"a": CONV, "b": {**CONV, "padding": 1}, "c": {"type": "Merge", "inputs": ["a", "image"]},
              "d": {"type": "Merge", "merge": "sum", "inputs": ["b", "c"]}},
     "network.layers.c (Merge) cannot join a (4, 6, 6), image (1, 8, 8) along dimension 1: all other sizes must be "
     "equal."),
    (TABLE, {"a": DENSE, "b": {**DENSE, "out_features": 7, "inputs": "row"},
             "c": {"type": "Merge", "merge": "sum", "inputs": ["a", "b"]}},
     "network.layers.c (Merge) cannot take the sum of a (8), b (7): sizes must be equal, or 1."),
    (TABLE, {"a": DENSE, "b": {"share": "a"}},
     "network.layers.b (Linear) shares a and cannot take a (8): mat1 and mat2 shapes cannot be multiplied (3x8 and "
     "14x8)."),
    (TABLE, {"a": {**DENSE, "in_features": 5}}, "network.layers.a.in_features=5: its input has (14); leave it out."),
    (TABLE, {"a": {"type": "GroupNorm", "num_groups": 4}},
     "network.layers.a (GroupNorm) cannot be made: num_channels (14) must be divisible by num_groups (4)."),
    (TABLE, {"s": STEPS, "a": {"type": "LSTM", "hidden_size": 3, "dropout": 0.5}},
     "network.layers.a (LSTM) cannot be made: dropout option adds dropout after all but last recurrent layer, so "
     "non-zero dropout expects num_layers greater than 1, but got dropout=0.5 and num_layers=1."),
    (TABLE, {"a": {"type": "BatchNorm1d", "init": "orthogonal"}},
     "network.layers.a (BatchNorm1d) cannot be initialized so: Only tensors with 2 or more dimensions are supported."),
    (TABLE, {"a": {"type": "ReLU", "lr_multiplier": 2}},
     "network.layers.a (ReLU) has no weights; take lr_multiplier away."),
    (TABLE, {"a": {"type": "Softmax", "dim": -2}},
     "network.layers.a (Softmax) would mix rows: dim=-2 is the dimension of the rows."),
    (TABLE, {"s": STEPS, "a": {"type": "Permute", "dims": [1, 0, 2]}},
     "network.layers.a (Permute) would mix rows: dims must begin with 0, the dimension of the rows."),
    (IMAGES, {"a": {"type": "Upsample", "scale_factor": 0.1}},
     "network.layers.a (Upsample) cannot take image (1, 8, 8): Input and output sizes should be greater than 0, but "
     "got input (H: 8, W: 8) output (H: 0, W: 0)."),
    (TABLE, {"e": {"type": "Embedding", "embedding_dim": 2, "inputs": "categories.colour"}},
     "network.layers.e (Embedding) takes categories.colour, but no column of that name is embedded; did you mean "
     "categories.color? There are categories.color and categories.home town."),
    (IMAGES, {"e": {"type": "Embedding", "embedding_dim": 2}},
     "network.layers.e (Embedding) takes categories, but the data have no embedded categories; dataset.one_hot_limit=0 "
     "embeds all that there are."),
    (Inputs(0, (4,)), {"a": {**DENSE, "inputs": "numbers"}},
     "network.layers.a (Linear) takes numbers, but the data have no numbers, only categories."),
    (TABLE, {"e": {"type": "Embedding", "embedding_dim": 2, "inputs": "categories.color"},
             "f": {"share": "e", "inputs": "categories.home town"}, "output": {"inputs": ["e", "f"]}},
     "network.layers.f (Embedding) shares e, which has 4 categories, but there are 9."),
    (IMAGES, {"a": CONV},
     "network.layers.output (Linear) gives (4, 6, 3) for a row, but the task needs (3). Put a Flatten before it."),
    (TABLE, {"output": {"type": "ReLU"}}, "network.layers.output (ReLU) gives (14) for a row, but the task needs (3)."),
]  # fmt: skip


@pytest.mark.parametrize(("inputs", "layers", "fault"), MISFITS, ids=[fault[:60] for _, _, fault in MISFITS])
def test_what_does_not_fit_names_the_layer_its_inputs_and_the_shapes(inputs, layers, fault):
    with pytest.raises(NetworkError) as refused:
        network_of(layers, inputs)
    assert refused.value.faults == (fault,)


def test_layers_of_other_branches_are_looked_at_all_the_same():
    with pytest.raises(NetworkError) as refused:
        network_of({
            "a": {**CONV, "kernel_size": 9}, "b": {"type": "ReLU"}, "c": {**DENSE, "in_features": 2, "inputs": "row"},
            "output": {"inputs": ["b", "c"]},
        }, IMAGES)  # fmt: skip
    assert len(refused.value.faults) == 2


def test_each_layer_has_its_shapes_and_sizes():
    network = network_of({"conv": CONV, "norm": {"type": "BatchNorm2d"}, "flat": {"type": "Flatten"}}, IMAGES)
    conv, norm, flat, output = network.traced
    assert (conv.arguments["in_channels"], conv.input_shapes, conv.shape) == (1, ((1, 8, 8),), (4, 6, 6))
    assert (norm.arguments, flat.shape) == ({"num_features": 4}, (144,))
    assert output.arguments == {"in_features": 144, "out_features": 3}


def test_several_inputs_of_a_layer_are_joined_by_their_features_whatever_its_own_dimension():
    network = network_of({"a": DENSE, "s": {"type": "Softmax", "dim": -1, "inputs": ["a", "row"], "init": None}})
    assert network.traced[1].shape == (22,)


def test_tracing_draws_nothing_and_takes_no_memory_for_what_is_large():
    wired, _ = wire({"a": {**DENSE, "out_features": 10**9}})
    before = torch.get_rng_state()
    assert trace(wired, None, TABLE, 3)[0].shape == (10**9,)
    assert torch.equal(before, torch.get_rng_state())
