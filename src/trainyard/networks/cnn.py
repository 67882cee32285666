"""A small convolutional network."""

from torch import Tensor, nn

from trainyard.config.schema.model import Cnn
from trainyard.networks.activations import ACTIVATIONS
from trainyard.networks.images import ImageHead, dropout, halved, halving, image_shape, same_convolution
from trainyard.networks.inputs import Inputs


class CnnNetwork(nn.Module):
    """Blocks of convolution, normalization, activation and pooling, and a head of fully connected layers."""

    def __init__(self, config: Cnn, inputs: Inputs, outputs: int):
        super().__init__()
        channels, height, width = image_shape(config.name, inputs)
        self.blocks = nn.Sequential()
        for filters in config.widths:
            self.blocks.append(Block(channels, filters, height, width, config))
            channels, height, width = filters, halved(height), halved(width)
        self.flat = config.pooling == "flatten"
        self.input = ImageHead(channels * height * width if self.flat else channels, inputs, config.embedding_size)
        self.hidden = nn.Sequential(*dropout(config.dropout))
        features = self.input.width
        for units in config.hidden:
            self.hidden.extend([nn.Linear(features, units), ACTIVATIONS[config.activation](), *dropout(config.dropout)])
            features = units
        self.output = nn.Linear(features, outputs)

    def forward(self, x: Tensor, codes: Tensor | None = None) -> Tensor:
        """Return (B, outputs) from images x (B, channels, height, width) and codes (B, C)."""
        maps = self.blocks(x)
        features = self.input(maps if self.flat else maps.mean(dim=(2, 3)), codes)
        output: Tensor = self.output(self.hidden(features))
        return output


class Block(nn.Sequential):
    """Convolution, normalization, activation and a pooling that halves the image."""

    def __init__(self, channels: int, filters: int, height: int, width: int, config: Cnn):
        super().__init__()
        normalized = config.normalization == "batch"
        self.add_module("convolution", same_convolution(channels, filters, config.kernel, bias=not normalized))
        if normalized:
            self.add_module("normalization", nn.BatchNorm2d(filters))
        self.add_module("activation", ACTIVATIONS[config.activation]())
        self.add_module("pooling", halving(height, width))
