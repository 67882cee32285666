"""Regressor: one or several continuous numbers."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from trainyard.config.schema import model as schema
from trainyard.data.target_units import TargetUnits
from trainyard.models.base import NOTHING_OWN, Model
from trainyard.models.losses import quantile_loss
from trainyard.models.own import Own
from trainyard.models.regression_metrics import quantile_metrics, regression_metrics
from trainyard.networks.quantiles import middle, rising_quantiles


class Regressor(Model):
    """Predicts T standardised targets, or Q quantiles of each; `units` turn them into original units."""

    task = "regression"

    def __init__(
        self, network: nn.Module, config: schema.Regressor, targets: Sequence[str], units: TargetUnits,
        own: Own = NOTHING_OWN,
    ):  # fmt: skip
        super().__init__(network, own)
        self.loss_name, self.huber_delta = config.loss, config.huber_delta
        self.targets, self.units = tuple(targets), units
        self.levels = tuple(config.quantiles) if config.loss == "quantile" else ()
        self.level = torch.tensor(self.levels)

    def row_loss(self, output: Tensor, y: Tensor) -> Tensor:
        """Return the loss (B,) of outputs (B, T) or (B, T * Q) against standardised targets y (B, T), their mean."""
        if self.own_loss is not None:
            return self.own_loss(output, y)
        if self.levels:
            self.level = self.level.to(output)
            return quantile_loss(output.view(len(y), -1, len(self.levels)), y, self.level)
        if self.loss_name == "mse":
            return functional.mse_loss(output, y, reduction="none").mean(1)
        if self.loss_name == "mae":
            return functional.l1_loss(output, y, reduction="none").mean(1)
        return functional.huber_loss(output, y, reduction="none", delta=self.huber_delta).mean(1)

    def point(self, output: Tensor) -> Tensor:
        """Return the one standardised prediction (N, T) of a target: the quantile nearest the median, of quantiles."""
        return rising_quantiles(output, self.levels)[:, :, middle(self.levels)] if self.levels else output

    def task_metrics(self, output: Tensor, y: Tensor, weight: Tensor | None) -> Mapping[str, Tensor]:
        """Return rmse, mae, mape, r2, medae and those of quantiles, overall and per target, in original units."""
        units, prediction = self.units.to(output.device), self.point(output)
        truth = units.original(y)
        error = units.difference(prediction, y)
        measured = regression_metrics(error, truth, weight, self.targets, units.is_zero(y))
        if self.levels:
            quantiles = units.original_quantiles(rising_quantiles(output, self.levels))
            measured |= quantile_metrics(quantiles, truth, weight, self.targets, self.levels)
        return measured

    def seen(self, what: str, output: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Return the output and standardised y, or the prediction (N, T) and y (N, T) float64 in original units."""
        if what == "output":
            return output, y
        units = self.units.to(output.device)
        return units.original(self.point(output)), units.original(y)
