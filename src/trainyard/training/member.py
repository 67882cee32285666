"""One run while it trains: its numbers, its history, its best weights and when it stops."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from trainyard.config.metric_names import monitor_direction
from trainyard.config.schema import Config, Plateau


@dataclass
class Member:
    """State of one run that checkpoints, sweeps and packs need whole."""

    config: Config
    step: int = 0
    epoch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    best_value: float | None = None
    best_epoch: int = 0
    best_weights: list[Tensor] = field(default_factory=list)
    validations_without_improvement: int = 0
    plateau_factor: float = 1.0
    plateau_wait: int = 0

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

    def keep_weights(self, network: nn.Module) -> None:
        """Copy the weights and buffers of the network as the best ones."""
        weights = [tensor.detach() for tensor in weights_of(network)]
        if not self.best_weights:
            self.best_weights = [tensor.clone() for tensor in weights]
        for best, tensor in zip(self.best_weights, weights, strict=True):
            best.copy_(tensor)

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
        training = self.config.training
        gain = value - self.best_value
        if monitor_direction(training.monitor, training.direction) == "min":
            gain = -gain
        return gain > training.min_delta

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
