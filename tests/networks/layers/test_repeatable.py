import pytest

from trainyard.config.layers.types import layer_types
from trainyard.config.schema.model import Layers, Mlp
from trainyard.errors import NetworkError
from trainyard.networks.layers.repeatable import UNREPEATABLE, check_repeatable


@pytest.mark.parametrize(
    "layer",
    [
        {"type": "AdaptiveAvgPool2d", "output_size": 1},
        {"type": "MaxPool2d", "kernel_size": 2},
        {"type": "Upsample", "scale_factor": 2.0},
        {"type": "EmbeddingBag", "embedding_dim": 2},
    ],
)
def test_what_repeats_passes(layer):
    check_repeatable(Layers(layers={"a": layer}))
    check_repeatable(Mlp())


@pytest.mark.parametrize(
    ("layer", "other"),
    [
        ({"type": "AdaptiveAvgPool2d", "output_size": 2}, "AvgPool2d, or output_size: 1"),
        ({"type": "Upsample", "scale_factor": 2.0, "mode": "bilinear"}, "mode: nearest"),
        ({"type": "EmbeddingBag", "embedding_dim": 2, "mode": "max"}, "mode: sum or mean"),
    ],
)
def test_what_does_not_is_named_with_another(layer, other):
    with pytest.raises(NetworkError) as refused:
        check_repeatable(Layers(layers={"a": layer}))
    kind = layer["type"]
    assert str(refused.value) == (
        f"network.layers.a ({kind}) does not give the same bits twice on a GPU. Take {other}, or accelerator=cpu."
    )


def test_the_list_names_layers_that_there_are():
    assert UNREPEATABLE.keys() <= layer_types().keys()


@pytest.mark.gpu
@pytest.mark.parametrize("name", ["AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "ReflectionPad2d", "UpsamplingBilinear2d"])
def test_torch_refuses_the_gradient_of_what_is_listed(name):
    import torch

    arguments = {"UpsamplingBilinear2d": {"scale_factor": 2}, "ReflectionPad2d": {"padding": 1}}
    layer = getattr(torch.nn, name)(**arguments.get(name, {"output_size": 3}))
    x = torch.rand(2, 1, 8, 8, device="cuda", requires_grad=True)
    torch.use_deterministic_algorithms(True)
    try:
        with pytest.raises(RuntimeError, match="deterministic"):
            layer(x).sum().backward()
    finally:
        torch.use_deterministic_algorithms(False)
