import pytest
import torch
from torch.nn import functional

from tests.networks.layers.stacks import TABLE, network_of
from trainyard.networks import Inputs
from trainyard.networks.layers.field import convolution_fields

LARGE = Inputs(32 * 32, image_shape=(1, 32, 32))
CONV = {"type": "Conv2d", "out_channels": 1, "kernel_size": 3, "padding": 1}
POOL = {"type": "MaxPool2d", "kernel_size": 2}
END = {"pool": {"type": "AdaptiveMaxPool2d", "output_size": 1}, "flat": {"type": "Flatten"}}


def fields(layers, inputs=LARGE):
    return convolution_fields(network_of({**layers, **END}, inputs).traced, inputs.image_shape)


def test_three_convolutions_see_more_and_more():
    found = fields({"a": CONV, "b": CONV, "c": CONV})
    assert found == {
        "a": ((1.0, 1.0), (3 / 32, 3 / 32)), "b": ((3 / 5, 3 / 5), (5 / 32, 5 / 32)),
        "c": ((3 / 7, 3 / 7), (7 / 32, 7 / 32)),
    }  # fmt: skip


def test_a_pooling_doubles_the_real_size_of_the_kernels_after_it():
    assert fields({"a": CONV, "p": POOL, "b": CONV})["b"] == ((6 / 8, 6 / 8), (8 / 32, 8 / 32))


def test_axes_are_counted_apart_and_dilation_spreads_a_kernel():
    found = fields({"a": {**CONV, "kernel_size": [3, 1], "padding": [1, 0]}, "b": {**CONV, "dilation": 2}})
    assert found["b"] == ((5 / 7, 1.0), (7 / 32, 5 / 32))


def test_where_branches_meet_the_one_that_sees_most_counts():
    found = fields({"a": CONV, "b": CONV, "m": {"type": "Merge", "merge": "sum", "inputs": ["a", "b"]}, "c": CONV})
    assert found["c"] == ((3 / 7, 3 / 7), (7 / 32, 7 / 32))


def test_after_a_layer_that_sees_everything_there_is_no_field():
    layers = {"lin": {"type": "Linear", "out_features": 64, "inputs": "numbers"},
              "shape": {"type": "Unflatten", "dim": 1, "unflattened_size": [1, 8, 8]}, "a": CONV}  # fmt: skip
    assert fields(layers) == fields(layers, TABLE) == {}


@pytest.mark.parametrize(
    "layers",
    [
        {"a": CONV, "b": CONV},
        {"a": {**CONV, "stride": 2}, "b": {**CONV, "dilation": 2}, "p": {**POOL, "type": "AvgPool2d"}, "c": CONV},
        {"a": CONV, "p": {"type": "MaxPool2d", "kernel_size": 3, "stride": 2}, "r": {"type": "ReLU"}, "b": CONV},
    ],
)
def test_coverage_is_what_one_output_really_sees(layers):
    """The gradient of one output in the middle tells which pixels it depends on."""
    network = network_of({**layers, **END}, LARGE).double()
    last = [name for name in layers if name != "p"][-1]
    for parameter in network.parameters():
        torch.nn.init.constant_(parameter, 0.1)
    x = torch.rand(1, 1, 32, 32, dtype=torch.float64).mul_(0.01).requires_grad_()
    for step in network.steps:  # a maximum sees all of its window, though its gradient is that of one
        if step.name in network.layers and isinstance(network.layers[step.name], torch.nn.MaxPool2d):
            pool = network.layers[step.name]
            pool.forward = lambda y, pool=pool: functional.avg_pool2d(y, pool.kernel_size, pool.stride)
    output = network.values(x, None, keep=[last])[last]
    middle = output.shape[-1] // 2
    output[0, 0, middle, middle].backward()
    seen = (x.grad[0, 0].abs().sum(0) > 0).sum().item()
    coverage = convolution_fields(network.traced, LARGE.image_shape)[last][1]
    assert coverage == (seen / 32, seen / 32)
