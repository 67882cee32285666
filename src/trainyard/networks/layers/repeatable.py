"""Layers whose gradients a GPU computes in another order each time, so that no two runs give the same bits."""

from trainyard.config.layers.wiring import PATH
from trainyard.config.schema.layers import LayerValues
from trainyard.config.schema.model import Layers, Network
from trainyard.errors import NetworkError

# from the documentation of torch.use_deterministic_algorithms; each with what gives nearly the same
UNREPEATABLE = {
    "AvgPool3d": "MaxPool3d or a Conv3d with a stride",
    "AdaptiveAvgPool2d": "AvgPool2d, or output_size: 1",
    "AdaptiveAvgPool3d": "output_size: 1",
    "AdaptiveMaxPool2d": "MaxPool2d",
    "ReflectionPad1d": "ReplicationPad1d",
    "ReflectionPad2d": "ReplicationPad2d",
    "ReflectionPad3d": "ReplicationPad3d",
    "UpsamplingBilinear2d": "UpsamplingNearest2d",
}
INTERPOLATIONS = ("linear", "bilinear", "bicubic", "trilinear")


def check_repeatable(network: Network) -> None:
    """Raise NetworkError for the layers of network=layers that cannot be trained to the same bits on a GPU.

    Training refuses what does not repeat; torch would raise an error at the first step.
    """
    layers = network.layers if isinstance(network, Layers) else {}
    faults = [f"{PATH}.{name} ({layer['type']}) does not give the same bits twice on a GPU. Take {other}, or "
              "accelerator=cpu." for name, layer in layers.items() if (other := _instead(layer))]  # fmt: skip
    if faults:
        raise NetworkError(faults)


def _instead(layer: LayerValues) -> str | None:
    kind = str(layer.get("type"))
    if kind.startswith("AdaptiveAvg") and layer.get("output_size") in (1, (1,), (1, 1), (1, 1, 1)):
        return None  # a plain mean
    if kind == "Upsample" and layer.get("mode") in INTERPOLATIONS:
        return "mode: nearest"
    if kind == "EmbeddingBag" and layer.get("mode") == "max":
        return "mode: sum or mean"
    return UNREPEATABLE.get(kind)
