import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from trainyard.config.schema.model import Cnn
from trainyard.networks.cnn import CnnNetwork
from trainyard.networks.inputs import Inputs

CONFIGS = st.builds(
    Cnn, widths=st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple), kernel=st.sampled_from([1, 3, 5]),
    normalization=st.sampled_from(["none", "batch"]), dropout=st.sampled_from([0.0, 0.4]),
    pooling=st.sampled_from(["flatten", "average"]), hidden=st.lists(st.integers(1, 6), max_size=2).map(tuple),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(CONFIGS, st.integers(1, 3), st.integers(4, 33), st.integers(4, 20), st.booleans())
def test_images_of_any_size_become_outputs(config, channels, height, width, embedded):
    inputs = Inputs(channels * height * width, (4, 9) if embedded else (), (channels, height, width))
    network = CnnNetwork(config, inputs, 3)
    codes = torch.zeros(2, 2, dtype=torch.int64) if embedded else None
    assert network(torch.randn(2, channels, height, width), codes).shape == (2, 3)


def test_it_equals_the_plain_stack_of_layers():
    inputs = Inputs(64, image_shape=(1, 8, 8))
    network = CnnNetwork(Cnn(widths=(2,), hidden=(5,), normalization="none", activation="tanh"), inputs, 3)
    convolution, hidden, output = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    x = torch.randn(4, 1, 8, 8)
    pooled = nn.functional.max_pool2d(torch.tanh(convolution(x)), 2).flatten(1)
    assert torch.equal(network(x), output(torch.tanh(hidden(pooled))))


@pytest.mark.parametrize(("pooling", "features"), [("flatten", 6 * 2 * 2), ("average", 6)])
def test_the_last_maps_become_a_row(pooling, features):
    network = CnnNetwork(Cnn(widths=(4, 6), pooling=pooling), Inputs(64, image_shape=(1, 8, 8)), 3)
    assert network.input.width == features


def test_a_convolution_before_normalization_has_no_bias():
    inputs = Inputs(64, image_shape=(1, 8, 8))
    assert CnnNetwork(Cnn(), inputs, 2).blocks[0].convolution.bias is None
    assert CnnNetwork(Cnn(normalization="none"), inputs, 2).blocks[0].convolution.bias is not None
