"""Metrics of a regressor over all rows of a part, on the device. Each equals scikit-learn's of the same name."""

from collections.abc import Sequence

import torch
from torch import Tensor


def regression_metrics(error: Tensor, y: Tensor, weight: Tensor | None, targets: Sequence[str]) -> dict[str, Tensor]:
    """Return rmse, mae, r2 and medae: the mean over targets and, where there are several, `<metric>/<target>`.

    error and y (N, T) float64 in original units (y may be shifted by a constant), weight (N,) or None.
    """
    w = torch.ones_like(error[:, 0]) if weight is None else weight.double()
    share = (w / w.sum())[:, None]  # (N, 1)
    mean_square = (error.square() * share).sum(0)
    variance = ((y - (y * share).sum(0)).square() * share).sum(0)
    per_target = {
        "rmse": mean_square.sqrt(),
        "mae": (error.abs() * share).sum(0),
        "r2": torch.where(variance > 0, 1 - mean_square / variance, torch.nan),
        "medae": weighted_median(error.abs(), w),
    }
    metrics = {name: values.mean() for name, values in per_target.items()}
    if len(targets) > 1:
        for name, values in per_target.items():
            metrics |= {f"{name}/{target}": value for target, value in zip(targets, values.unbind(), strict=True)}
    return metrics


def weighted_median(values: Tensor, weight: Tensor) -> Tensor:
    """Return the median of each column of values (N, T), the mean of the two middle ones where they tie."""
    ordered, order = values.sort(dim=0)
    cumulative = weight[order].cumsum(0)
    half = cumulative[-1] / 2
    last = values.shape[0] - 1
    lower = (cumulative < half).sum(0).clamp_max(last)
    upper = (cumulative <= half).sum(0).clamp_max(last)
    return (ordered.gather(0, lower[None]) + ordered.gather(0, upper[None]))[0] / 2
