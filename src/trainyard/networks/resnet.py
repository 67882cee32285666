"""A residual network for small images: ResNet-9 (D. Page, "How to train your ResNet", 2018) of any widths."""

from torch import Tensor, nn

from trainyard.config.schema.model import ResNet
from trainyard.networks.images import ImageHead, dropout, halved, halving, image_shape, same_convolution
from trainyard.networks.inputs import Inputs


class ResNetNetwork(nn.Module):
    """A first convolution, then stages that halve the image; the first stage and every other one are residual."""

    def __init__(self, config: ResNet, inputs: Inputs, outputs: int):
        super().__init__()
        channels, height, width = image_shape(config.name, inputs)
        self.first = Convolution(channels, config.widths[0])
        self.stages = nn.Sequential()
        channels = config.widths[0]
        for number, filters in enumerate(config.widths[1:]):
            self.stages.append(Stage(channels, filters, height, width, residual=number % 2 == 0))
            channels, height, width = filters, halved(height), halved(width)
        self.input = ImageHead(channels, inputs, config.embedding_size)
        self.dropout = nn.Sequential(*dropout(config.dropout))
        self.output = nn.Linear(self.input.width, outputs)

    def forward(self, x: Tensor, codes: Tensor | None = None) -> Tensor:
        """Return (B, outputs) from images x (B, channels, height, width) and codes (B, C)."""
        largest = self.stages(self.first(x)).amax(dim=(2, 3))
        output: Tensor = self.output(self.dropout(self.input(largest, codes)))
        return output


class Convolution(nn.Module):
    """A convolution of 3 x 3 pixels, batch normalization and ReLU."""

    def __init__(self, channels: int, filters: int):
        super().__init__()
        self.convolution = same_convolution(channels, filters, 3, bias=False)
        self.normalization = nn.BatchNorm2d(filters)
        self.activation = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, filters, height, width) from x (B, channels, height, width)."""
        y: Tensor = self.activation(self.normalization(self.convolution(x)))
        return y


class Stage(nn.Module):
    """A convolution, a pooling that halves the image and, where residual, two convolutions that are added to it."""

    def __init__(self, channels: int, filters: int, height: int, width: int, *, residual: bool):
        super().__init__()
        self.convolution = Convolution(channels, filters)
        self.pooling = halving(height, width)
        self.residual = nn.Sequential(*(Convolution(filters, filters) for _ in range(2 if residual else 0)))

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, filters, height, width) of half the size from x (B, channels, height, width)."""
        y: Tensor = self.pooling(self.convolution(x))
        return y + self.residual(y) if len(self.residual) else y
