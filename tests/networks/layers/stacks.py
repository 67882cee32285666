"""Networks of layers, made from plain values."""

import torch

from trainyard.config.layers.check import read_layers
from trainyard.config.schema.model import Layers
from trainyard.networks import Inputs
from trainyard.networks.layers import LayersNetwork

TABLE = Inputs(numeric=6, category_sizes=(4, 9), category_names=("color", "home town"))
IMAGES = Inputs(numeric=64, image_shape=(1, 8, 8))


def network_of(layers, inputs=TABLE, outputs=3, seed=0, embedding_size=None):
    """Check layers as a config's and build their network."""
    torch.manual_seed(seed)
    return LayersNetwork(Layers(layers=read_layers(layers), embedding_size=embedding_size), inputs, outputs)


def rows_of(inputs=TABLE, count=5, seed=0):
    """Numbers, or images, and codes of some rows."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(count, *(inputs.image_shape or (inputs.numeric,)), generator=generator)
    codes = [torch.randint(0, size, (count,), generator=generator) for size in inputs.category_sizes]
    return x, torch.stack(codes, 1) if codes else None
