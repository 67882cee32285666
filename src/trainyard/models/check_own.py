"""Whether a loss and metrics of the user's own give what they have to, found out with two rows."""

from typing import Any

import torch
from torch import Tensor

from trainyard.errors import ConfigError
from trainyard.models.base import Model


def check_own(model: Model, outputs: int) -> None:
    """Raise ConfigError where the user's own loss or metrics fail for two rows, or give what they must not."""
    output, y = _two_rows(model, outputs)
    faults = []
    if model.own_loss is not None:
        faults += _loss_faults(model, output, y)
    for metric in model.own.metrics:
        try:
            value = metric(*model.seen(metric.sees, output.detach(), y), torch.ones(2) if metric.weighted else None)
        except Exception as error:  # noqa: BLE001  # whatever code of the user's own raises
            faults.append(f"model.extra_metrics.{metric.name}: fails for two rows ({type(error).__name__}: {error}).")
            continue
        if value.numel() != 1:
            faults.append(f"model.extra_metrics.{metric.name}: gives {tuple(value.shape)} for two rows; it has to give "
                          "one number.")  # fmt: skip
    if faults:
        raise ConfigError(faults)


def _two_rows(model: Model, outputs: int) -> tuple[Tensor, Tensor]:
    """Return outputs (2, outputs) and y of two rows: classes 0 and 1, or targets on both sides of their mean."""
    output = torch.linspace(-1, 1, 2 * outputs).view(2, outputs).requires_grad_()
    if model.task == "classification":
        return output, torch.tensor([0, 1])
    targets = len(getattr(model, "targets", ()))
    return output, torch.tensor([[-0.5], [0.5]]).expand(2, targets).contiguous()


def _loss_faults(model: Model, output: Tensor, y: Tensor) -> list[str]:
    shown = f"model.loss_target={model.own.loss_name}"
    try:
        losses: Any = model.row_loss(output, y)
    except Exception as error:  # noqa: BLE001  # whatever code of the user's own raises
        shapes = f"output {tuple(output.shape)} and y {tuple(y.shape)}"
        return [f"{shown}: fails for two rows ({type(error).__name__}: {error}). It is called with {shapes}."]
    if not isinstance(losses, Tensor) or tuple(losses.shape) != (2,):
        given = tuple(losses.shape) if isinstance(losses, Tensor) else type(losses).__name__
        return [f"{shown}: gives {given} for two rows; it has to give a loss for each row, (2,). Leave out the mean "
                "over rows (reduction='none')."]  # fmt: skip
    if not losses.requires_grad:
        return [f"{shown}: gives losses without a gradient; compute them from output by functions of torch."]
    return []
