"""What the layers of a network for images look for, and what they find in an image."""

import torch
from torch import Tensor, nn

from trainyard.errors import NetworkError
from trainyard.networks.layer_outputs import layer_names, layer_outputs

MOST_LAYERS = 4


def first_filters(network: nn.Module) -> Tensor | None:
    """Return the filters (K, C, h, w) of the first convolution of a network, None where it has none."""
    found = (module.weight for module in network.modules() if isinstance(module, nn.Conv2d))
    return next((weight.detach() for weight in found), None)


@torch.no_grad()
def feature_maps(network: nn.Module, image: Tensor) -> dict[str, Tensor]:
    """Return what convolutions give for an image (C, H, W), by layer: (K, h, w) each.

    They are those of the first and the last layers with such maps and of some between them.
    """
    found: dict[str, Tensor] = {}
    for name in layer_names(network):
        try:
            values = layer_outputs(network, image.unsqueeze(0), None, [name])[name]
        except NetworkError:  # a layer that gives no numbers of its own
            continue
        if values.ndim == 4 and _is_convolution(network, name):
            found[name] = values[0]
    names = list(found)
    step = max(1, (len(names) - 1) / (MOST_LAYERS - 1))
    chosen = sorted({round(place * step) for place in range(MOST_LAYERS) if round(place * step) < len(names)})
    return {names[place]: found[names[place]] for place in chosen}


def _is_convolution(network: nn.Module, name: str) -> bool:
    modules = dict(network.named_modules())
    return any(isinstance(module, nn.Conv2d) for path, module in modules.items()
               if path == name or path.endswith(f".{name}"))  # fmt: skip
