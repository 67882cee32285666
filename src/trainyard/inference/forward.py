"""How a packaged network computes: numbers and codes in, raw outputs out, in the precision that it was trained in."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

BATCH_ROWS = 2048
DTYPES = {"64": torch.float64, "bf16-true": torch.bfloat16}  # of the weights, by precision; of all others float32


class Forward:
    """The network of a card, on the CPU."""

    def __init__(self, card: Mapping[str, Any], network: nn.Module):
        self.network, self.outputs, self.precision = network, int(card["outputs"]), card["precision"]
        shape = card["inputs"]["image_shape"]
        self.image_shape = None if shape is None else tuple(shape)

    @torch.no_grad()
    def __call__(self, x: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return the outputs (N, outputs) float64 of x (N, F) and codes (N, C), in bounded memory."""
        parts = []
        with self.autocast():
            for numbers, categories in self.batches(x, codes):
                parts.append(plain(self.network(numbers, categories)).double().numpy())
        return np.concatenate(parts) if parts else np.empty((0, self.outputs))

    def batches(self, x: np.ndarray, codes: np.ndarray) -> Iterator[tuple[Tensor, Tensor | None]]:
        """Yield some rows at a time as the network takes them."""
        for start in range(0, len(x), BATCH_ROWS):
            numbers = torch.from_numpy(x[start : start + BATCH_ROWS])
            if self.image_shape is not None:
                numbers = numbers.view(-1, *self.image_shape)
            if self.precision == "bf16-true":
                numbers = numbers.bfloat16()
            categories = torch.from_numpy(codes[start : start + BATCH_ROWS]).long()
            yield numbers, categories if categories.shape[1] else None

    def autocast(self) -> torch.autocast:
        """Return the context in which the network computes."""
        return torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.precision == "bf16-mixed")


def plain(values: Tensor) -> Tensor:
    """Return values in a type that NumPy has."""
    return values.float() if values.dtype == torch.bfloat16 else values
