"""Regressor: one or several continuous numbers."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from trainyard.config import schema
from trainyard.models.base import Model
from trainyard.models.regression_metrics import regression_metrics


class Regressor(Model):
    """Predicts T standardised targets; `target_scale` (T,) turns errors into original units."""

    task = "regression"

    def __init__(
        self, network: nn.Module, config: schema.Regressor, targets: Sequence[str], target_scale: Sequence[float]
    ):
        super().__init__(network)
        self.loss_name, self.huber_delta = config.loss, config.huber_delta
        self.targets = tuple(targets)
        self.target_scale = torch.tensor(target_scale, dtype=torch.float64)

    def row_loss(self, output: Tensor, y: Tensor) -> Tensor:
        """Return the loss (B,) of outputs (B, T) against standardised targets y (B, T), averaged over targets."""
        if self.loss_name == "mse":
            return functional.mse_loss(output, y, reduction="none").mean(1)
        if self.loss_name == "mae":
            return functional.l1_loss(output, y, reduction="none").mean(1)
        return functional.huber_loss(output, y, reduction="none", delta=self.huber_delta).mean(1)

    def metrics(self, output: Tensor, y: Tensor, weight: Tensor | None) -> Mapping[str, Tensor]:
        """Return loss, rmse, mae, r2 and medae, overall and per target, in original units."""
        self.target_scale = self.target_scale.to(output.device)
        error = (output.double() - y.double()) * self.target_scale
        measured = regression_metrics(error, y.double() * self.target_scale, weight, self.targets)
        return {"loss": self.mean_loss(output, y, weight), **measured}
