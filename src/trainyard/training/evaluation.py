"""A network's outputs and metrics over all rows of a part."""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from trainyard.data.rows import Rows
from trainyard.models import Model
from trainyard.training.accelerator import Device


class Outputs(NamedTuple):
    """Raw outputs (N, outputs), targets and weights of N rows, on the device."""

    output: Tensor
    y: Tensor
    weight: Tensor | None


@torch.no_grad()
def outputs(model: Model, rows: Rows, batch_size: int, device: Device) -> Outputs:
    """Return the outputs over all rows, in their order; `batch_size` bounds the memory of the pass."""
    model.eval()
    parts, targets, weights = [], [], []
    with device.autocast():
        for start in range(0, len(rows), batch_size):
            minibatch = rows.slice(start, start + batch_size)
            parts.append(model(minibatch.x, minibatch.codes))
            targets.append(minibatch.y)
            if minibatch.weight is not None:
                weights.append(minibatch.weight)
    return Outputs(torch.cat(parts), torch.cat(targets), torch.cat(weights) if weights else None)


@torch.no_grad()
def measure(model: Model, measured: Outputs, prefix: str) -> dict[str, float]:
    """Return the metrics of outputs under names like val/loss, read from the device at once."""
    return named(model.metrics(*measured), prefix)


def named(metrics: Mapping[str, Tensor], prefix: str) -> dict[str, float]:
    """Return scalars of the device as numbers, by `<prefix>/<name>`."""
    values = torch.stack([value.double() for value in metrics.values()]).tolist()
    return {f"{prefix}/{name}": value for name, value in zip(metrics, values, strict=True)}
