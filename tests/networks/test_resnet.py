import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from trainyard.config.schema.model import ResNet
from trainyard.networks.inputs import Inputs
from trainyard.networks.resnet import ResNetNetwork, Stage

IMAGE = Inputs(64, image_shape=(1, 8, 8))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=2, max_size=6), st.integers(1, 3), st.integers(4, 33), st.integers(4, 9))
def test_images_of_any_size_become_outputs(widths, channels, height, width):
    inputs = Inputs(channels * height * width, (7,), (channels, height, width))
    network = ResNetNetwork(ResNet(widths=tuple(widths), dropout=0.1), inputs, 3)
    assert network(torch.randn(2, channels, height, width), torch.tensor([[6], [0]])).shape == (2, 3)


def test_by_default_it_has_the_layers_of_resnet_9():
    network = ResNetNetwork(ResNet(), IMAGE, 10)
    weighted = [name for name, tensor in network.named_parameters() if name.endswith("weight") and tensor.ndim > 1]
    assert len(weighted) == 9
    assert [len(stage.residual) for stage in network.stages] == [2, 0, 2]
    assert sum(parameter.numel() for parameter in network.parameters()) == pytest.approx(6.57e6, rel=0.01)


def test_a_residual_stage_adds_what_its_convolutions_make():
    stage = Stage(2, 3, 8, 8, residual=True).eval()
    x = torch.randn(2, 2, 8, 8)
    pooled = stage.pooling(stage.convolution(x))
    assert torch.equal(stage(x), pooled + stage.residual[1](stage.residual[0](pooled)))
    plain = Stage(2, 3, 8, 8, residual=False).eval()
    assert torch.equal(plain(x), plain.pooling(plain.convolution(x)))
