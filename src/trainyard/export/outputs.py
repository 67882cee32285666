"""What an exported model gives: labels and probabilities, or numbers in original units, as exported operations."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from trainyard.export.transforms import exact
from trainyard.inference import Model
from trainyard.inference.card import quantile_names
from trainyard.networks.quantiles import middle


class Probabilities(nn.Module):
    """The class (N,) int64, as its place, and the probability of each class (N, C) float64."""

    names = ("prediction", "probabilities")

    def __init__(self, model: Model):
        super().__init__()
        self.register_buffer("temperature", exact(model.card["temperature"] or 1.0))
        self.temperature: Tensor

    def forward(self, output: Tensor) -> tuple[Tensor, ...]:
        """Return class and probabilities of raw outputs (N, C)."""
        logits = output.double()
        return logits.argmax(dim=1), torch.softmax(logits / self.temperature, dim=1)


class Numbers(nn.Module):
    """Each target (N,) float64 in original units, then each quantile of each target."""

    def __init__(self, model: Model):
        super().__init__()
        self.units, self.quantiles, self.targets = model.units, model.quantiles, len(model.targets)
        self.names = (*model.targets, *quantile_names(model.targets, model.quantiles))

    def forward(self, output: Tensor) -> tuple[Tensor, ...]:
        """Return the numbers that raw outputs (N, outputs) stand for."""
        if not self.quantiles:
            return self.units.original(output.double()).unbind(1)
        rising = output.double().reshape(-1, self.targets, len(self.quantiles)).sort(dim=2).values
        levels = [self.units.original(rising[:, :, place]) for place in range(len(self.quantiles))]
        named = [level[:, target] for target in range(self.targets) for level in levels]
        return (*levels[middle(self.quantiles)].unbind(1), *named)


def head(model: Model) -> Probabilities | Numbers:
    """Return what makes predictions of a model's raw outputs."""
    return Numbers(model) if model.classes is None else Probabilities(model)


def free_names(names: Iterable[str], taken: Iterable[str]) -> tuple[str, ...]:
    """Return the names of outputs, with an underscore behind those that an input has."""
    used = set(taken)
    found = []
    for name in names:
        while name in used:
            name += "_"
        used.add(name)
        found.append(name)
    return tuple(found)
