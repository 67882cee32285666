"""Standardised targets to original units and back, on the device."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from trainyard.data.target_power import TargetPower

if TYPE_CHECKING:
    from trainyard.data.prepared import Prepared


class TargetUnits:
    """What standardised targets are in original units: times a scale (T,), plus a mean (T,), out of a power transform.

    `powers` is empty where targets were not transformed.
    """

    def __init__(self, mean: Sequence[float], scale: Sequence[float], powers: Sequence[TargetPower] = ()):
        self.mean = torch.tensor(mean, dtype=torch.float64)
        self.scale = torch.tensor(scale, dtype=torch.float64)
        self.powers = tuple(powers)

    @classmethod
    def of(cls, prepared: "Prepared") -> "TargetUnits":
        """Return the units of the targets of prepared data."""
        return cls(prepared.target_mean, prepared.target_scale, prepared.target_powers)

    @classmethod
    def of_card(cls, card: Mapping[str, Any]) -> "TargetUnits":
        """Return the units of the targets on the card of a model."""
        powers = [TargetPower(**power) for power in card["target_powers"]]
        return cls(card["target_mean"], card["target_scale"], powers)

    def to(self, device: torch.device) -> "TargetUnits":
        """Move to a device, and return itself."""
        self.mean, self.scale = self.mean.to(device), self.scale.to(device)
        return self

    def original(self, values: Tensor) -> Tensor:
        """Return standardised values (N, T) in original units, float64."""
        plain = values.double() * self.scale + self.mean
        if not self.powers:
            return plain
        columns = [_inverse(column, power) for column, power in zip(plain.unbind(1), self.powers, strict=True)]
        return torch.stack(columns, dim=1)

    def standardized(self, values: Tensor) -> Tensor:
        """Return values (N, T) in original units as standardised ones, float64."""
        values = values.double()
        if self.powers:
            columns = [_transform(column, power) for column, power in zip(values.unbind(1), self.powers, strict=True)]
            values = torch.stack(columns, dim=1)
        return (values - self.mean) / self.scale

    def original_quantiles(self, values: Tensor) -> Tensor:
        """Return standardised quantiles (N, T, Q) in original units, float64; every transform keeps their order."""
        return torch.stack([self.original(level) for level in values.unbind(2)], dim=2)

    def is_zero(self, values: Tensor) -> Tensor:
        """Return whether standardised values (N, T), rounded as they are, stand for 0 in original units."""
        zero = self.standardized(torch.zeros(1, len(self.mean), device=values.device)).to(values.dtype)
        return (values - zero).abs() <= 4 * torch.finfo(values.dtype).eps * zero.abs().nan_to_num(posinf=0.0)

    def difference(self, values: Tensor, others: Tensor) -> Tensor:
        """Return values - others (N, T) of standardised ones in original units, float64."""
        if not self.powers:
            return (values.double() - others.double()) * self.scale  # without what the mean would round away
        return self.original(values) - self.original(others)


def _transform(y: Tensor, power: TargetPower) -> Tensor:
    u = torch.log(y + power.shift) - power.center
    return u if power.power == 0 else torch.expm1(power.power * u) / power.power


def _inverse(z: Tensor, power: TargetPower) -> Tensor:
    """Return y (N,) of the transformed z (N,): at least -shift, at most the highest."""
    u = z if power.power == 0 else torch.log1p((power.power * z).clamp_min(-1)) / power.power
    return (torch.exp(u + power.center) - power.shift).clamp_max(power.highest)
