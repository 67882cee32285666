"""Metrics of a regressor over all rows of a part, on the device. Each equals scikit-learn's of the same name."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from trainyard.models.losses import pinball
from trainyard.models.running_sum import running_sum


def regression_metrics(
    error: Tensor, y: Tensor, weight: Tensor | None, targets: Sequence[str], zero: Tensor | None = None
) -> dict[str, Tensor]:
    """Return rmse, mae, mape, r2 and medae: the mean over targets and, where there are several, `<metric>/<target>`.

    error and y (N, T) float64 in original units, weight (N,) or None. `zero` (N, T) says where y is 0, which mape, a
    part of y, leaves out; None where y is exact.
    """
    w = torch.ones_like(error[:, 0]) if weight is None else weight.double()
    share = (w / w.sum())[:, None]  # (N, 1)
    mean_square = (error.square() * share).sum(0)
    variance = ((y - (y * share).sum(0)).square() * share).sum(0)
    return by_target({
        "rmse": mean_square.sqrt(),
        "mae": (error.abs() * share).sum(0),
        "mape": mean_relative_error(error, y, w, y == 0 if zero is None else zero),
        "r2": torch.where(variance > 0, 1 - mean_square / variance, torch.nan),
        "medae": weighted_median(error.abs(), w),
    }, targets)  # fmt: skip


def quantile_metrics(
    quantiles: Tensor, y: Tensor, weight: Tensor | None, targets: Sequence[str], levels: Sequence[float]
) -> dict[str, Tensor]:
    """Return pinball and, of two quantiles or more, coverage and interval_width of the outer ones.

    quantiles (N, T, Q) and y (N, T) float64 in original units, weight (N,) or None. `coverage` is the part of rows
    within the interval.
    """
    w = torch.ones_like(y[:, 0]) if weight is None else weight.double()
    share = (w / w.sum())[:, None]  # (N, 1)
    level = torch.tensor(levels, dtype=y.dtype, device=y.device)
    measured = {"pinball": (pinball(quantiles, y, level).mean(2) * share).sum(0)}
    if len(levels) > 1:
        low, high = quantiles[:, :, 0], quantiles[:, :, -1]
        measured["coverage"] = (((low <= y) & (y <= high)) * share).sum(0)
        measured["interval_width"] = ((high - low) * share).sum(0)
    return by_target(measured, targets)


def by_target(measured: Mapping[str, Tensor], targets: Sequence[str]) -> dict[str, Tensor]:
    """Return the mean of each metric (T,) over targets and, where there are several, `<metric>/<target>`."""
    metrics = {name: values.mean() for name, values in measured.items()}
    if len(targets) > 1:
        for name, values in measured.items():
            metrics |= {f"{name}/{target}": value for target, value in zip(targets, values.unbind(), strict=True)}
    return metrics


def mean_relative_error(error: Tensor, y: Tensor, weight: Tensor, zero: Tensor) -> Tensor:
    """Return the mean (T,) of |error / y| over the rows where y is not 0; NaN where there are none."""
    counted = weight[:, None] * ~zero
    relative = torch.where(zero, 0.0, error / torch.where(zero, 1.0, y)).abs()
    return (relative * counted).sum(0) / counted.sum(0)


def weighted_median(values: Tensor, weight: Tensor) -> Tensor:
    """Return the median of each column of values (N, T), the mean of the two middle ones where they tie."""
    ordered, order = values.sort(dim=0)
    cumulative = running_sum(weight[order])
    half = cumulative[-1] / 2
    last = values.shape[0] - 1
    lower = (cumulative < half).sum(0).clamp_max(last)
    upper = (cumulative <= half).sum(0).clamp_max(last)
    return (ordered.gather(0, lower[None]) + ordered.gather(0, upper[None]))[0] / 2
