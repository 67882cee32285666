"""One run while it trains: its numbers, its history, its best weights and when it stops."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from trainyard.config.metric_names import monitor_direction
from trainyard.config.schema.optimization import Plateau
from trainyard.config.schema.run import Config

NUMBERS = ("step", "epoch", "history", "best_value", "best_epoch", "validations_without_improvement", "plateau_factor",
           "plateau_wait")  # fmt: skip


@dataclass
class Member:
    """State of one run that checkpoints, sweeps and packs need whole."""

    config: Config
    step: int = 0
    epoch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    best_value: float | None = None
    best_epoch: int = 0
    best_weights: list[Tensor] = field(default_factory=list)  # in the order of the network's state dict
    validations_without_improvement: int = 0
    plateau_factor: float = 1.0
    plateau_wait: int = 0

    def values(self) -> dict[str, Any]:
        """Return its numbers and its history as JSON values; the weights go with the tensors of a state."""
        return {name: getattr(self, name) for name in NUMBERS}

    def load(self, values: Mapping[str, Any]) -> None:
        """Take over the numbers that `values` gave."""
        for name in NUMBERS:
            setattr(self, name, values[name])

    @property
    def has_best(self) -> bool:
        """Whether a validation has been the best so far, so that there are best weights."""
        return self.best_epoch > 0

    def record(self, epoch: int, metrics: Mapping[str, float], network: nn.Module) -> bool:
        """Take the metrics of a validation into the history; keep the weights and return True where it is the best."""
        self.history.append({"epoch": epoch, **metrics})
        value = metrics[self.config.training.monitor]
        improved = self._improves(value)
        if improved:
            self.best_value, self.best_epoch = value, epoch
            self.validations_without_improvement = 0
            self.keep_weights(network)
        else:
            self.validations_without_improvement += 1
        self._lower_on_plateau(improved)
        return improved

    def keep_best_in(self, places: Mapping[str, Tensor], network: nn.Module) -> None:
        """Let the best weights lie in `places`, by the name of their parameter; others get memory of their own."""
        before = self.best_weights
        self.best_weights = [
            places[name] if name in places else tensor.detach().clone() for name, tensor in network.state_dict().items()
        ]
        for place, tensor in zip(self.best_weights, before, strict=False):
            place.copy_(tensor)

    def keep_weights(self, network: nn.Module) -> None:
        """Copy the weights and buffers of the network as the best ones."""
        if not self.best_weights:
            self.keep_best_in({}, network)
        for best, tensor in zip(self.best_weights, weights_of(network), strict=True):
            best.copy_(tensor.detach())

    def restore_weights(self, network: nn.Module) -> None:
        """Put the best weights back into the network."""
        with torch.no_grad():
            for best, tensor in zip(self.best_weights, weights_of(network), strict=True):
                tensor.copy_(best)

    @property
    def out_of_patience(self) -> bool:
        """Whether early stopping ends the training."""
        patience = self.config.training.patience
        return patience is not None and self.validations_without_improvement >= patience

    def _improves(self, value: float) -> bool:
        if math.isnan(value):
            return False
        if self.best_value is None:
            return True
        gain = value - self.best_value
        if monitor_direction(self.config) == "min":
            gain = -gain
        return gain > self.config.training.min_delta

    def _lower_on_plateau(self, improved: bool) -> None:
        schedule = self.config.schedule
        if not isinstance(schedule, Plateau):
            return
        self.plateau_wait = 0 if improved else self.plateau_wait + 1
        if self.plateau_wait > schedule.patience:
            self.plateau_factor = max(schedule.min_factor, self.plateau_factor * schedule.factor)
            self.plateau_wait = 0


def weights_of(network: nn.Module) -> Iterable[Tensor]:
    """Return every parameter and buffer of the network, in the order of its state dict."""
    return network.state_dict(keep_vars=True).values()
