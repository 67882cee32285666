"""Fully connected layers."""

from itertools import pairwise

from torch import Tensor, nn

from trainyard.config.schema.model import Mlp
from trainyard.networks.activations import ACTIVATIONS
from trainyard.networks.inputs import InputLayer, Inputs

NORMALIZATIONS: dict[str, type[nn.Module]] = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}


class HiddenLayer(nn.Sequential):
    """Linear, normalization, activation and dropout; where asked and the widths allow it, added to its input."""

    def __init__(self, width_in: int, width: int, config: Mlp):
        normalized = config.normalization != "none"
        parts: dict[str, nn.Module] = {"linear": nn.Linear(width_in, width)}
        if normalized:
            parts["normalization"] = NORMALIZATIONS[config.normalization](width)
        parts["activation"] = ACTIVATIONS[config.activation]()
        if config.dropout > 0:
            parts["dropout"] = nn.Dropout(config.dropout)
        super().__init__()
        for name, part in parts.items():
            self.add_module(name, part)
        self.residual = config.residual and width_in == width

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, width) from (B, width_in)."""
        y: Tensor = super().forward(x)  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return x + y if self.residual else y


class MlpNetwork(nn.Module):
    """A multi-layer perceptron with hidden layers of any widths."""

    def __init__(self, config: Mlp, inputs: Inputs, outputs: int):
        super().__init__()
        self.input = InputLayer(inputs, config.embedding_size)
        widths = [self.input.width, *config.hidden]
        self.hidden = nn.Sequential(
            *(HiddenLayer(before, width, config) for before, width in pairwise(widths))
        )
        self.output = nn.Linear(widths[-1], outputs)

    def forward(self, x: Tensor, codes: Tensor | None = None) -> Tensor:
        """Return (B, outputs) from x (B, F) and codes (B, C)."""
        output: Tensor = self.output(self.hidden(self.input(x, codes)))
        return output
