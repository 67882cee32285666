"""One linear layer."""

from torch import Tensor, nn

from trainyard.config.schema.model import Linear
from trainyard.networks.inputs import InputLayer, Inputs


class LinearNetwork(nn.Module):
    """Logistic regression under a classifier, linear regression under a regressor."""

    def __init__(self, config: Linear, inputs: Inputs, outputs: int):
        super().__init__()
        self.input = InputLayer(inputs, config.embedding_size)
        self.output = nn.Linear(self.input.width, outputs)

    def forward(self, x: Tensor, codes: Tensor | None = None) -> Tensor:
        """Return (B, outputs) from x (B, F) and codes (B, C)."""
        output: Tensor = self.output(self.input(x, codes))
        return output
