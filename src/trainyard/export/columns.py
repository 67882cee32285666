"""Raw columns as tensors to a network's input: what data.encoders compute, as operations to export."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from trainyard.data.dates import DAY, MONTH_CIRCLE, WEEKDAY_CIRCLE
from trainyard.data.encoders import BooleanEncoder, CategoryEncoder, ColumnEncoder, DatetimeEncoder, NumericEncoder
from trainyard.export.transforms import Bend, exact

ABSENT = torch.iinfo(torch.int64).min  # a moment that is missing, as NumPy's NaT is kept
DAYS_TO_MARCH = 719_468  # from the 1st of March of the year 0 to 1970
DAYS_OF_ERA, YEARS_OF_ERA = 146_097, 400


class Number(nn.Module):
    """A number (N,) float64, NaN where missing."""

    def __init__(self, encoder: NumericEncoder):
        super().__init__()
        self.indicator = encoder.indicator
        self.bend = Bend(encoder.transform)
        self.register_buffer("fill", exact(encoder.fill))
        self.fill: Tensor

    def forward(self, values: Tensor) -> list[Tensor]:
        """Return the features, each (N,) float64."""
        absent = values.isnan()
        features = [self.bend(torch.where(absent, self.fill, values))]
        return [*features, absent.double()] if self.indicator else features


class Flag(nn.Module):
    """A flag (N,) float64: 1, 0, or NaN where missing."""

    def __init__(self, encoder: BooleanEncoder):
        super().__init__()
        self.indicator = encoder.indicator

    def forward(self, values: Tensor) -> list[Tensor]:
        """Return the features, each (N,) float64."""
        absent = values.isnan()
        features = [torch.where(absent, 0.0, 2 * values - 1)]
        return [*features, absent.double()] if self.indicator else features


class NumberCode(nn.Module):
    """The codes (N,) int64 of a category that is given as a number (N,) float64, NaN where missing."""

    def __init__(self, numbers: Sequence[float], missing: int):
        super().__init__()
        self.missing = missing
        self.register_buffer("known", torch.tensor(numbers, dtype=torch.float64))
        self.register_buffer("codes", torch.arange(1, len(numbers) + 1))
        self.known: Tensor
        self.codes: Tensor

    def forward(self, values: Tensor) -> Tensor:
        """Return 0 for a number that is no category, then the categories from 1."""
        codes = ((values.unsqueeze(1) == self.known).long() * self.codes).sum(dim=1)
        return torch.where(values.isnan(), self.missing, codes)


class Choice(nn.Module):
    """A category by its code (N,) int64, as a column per category."""

    def __init__(self, encoder: CategoryEncoder):
        super().__init__()
        self.register_buffer("codes", torch.arange(1, len(encoder.features) + 1))
        self.codes: Tensor

    def forward(self, codes: Tensor) -> list[Tensor]:
        """Return the features together (N, K) float64; all 0 for code 0."""
        return [(codes.unsqueeze(1) == self.codes).double()]


class Moment(nn.Module):
    """A moment (N,) int64 in microseconds since 1970, ABSENT where missing."""

    def __init__(self, encoder: DatetimeEncoder):
        super().__init__()
        self.fill, self.indicator = encoder.fill, encoder.indicator
        self.parts = tuple(encoder.parts)
        self.bends = nn.ModuleList(Bend(transform) for transform in encoder.parts.values())
        self.register_buffer("months", torch.from_numpy(np.array(MONTH_CIRCLE, np.float64)))
        self.register_buffer("weekdays", torch.from_numpy(np.array(WEEKDAY_CIRCLE, np.float64)))
        self.register_buffer("radians", exact(2 * math.pi / DAY))  # a microsecond
        self.radians: Tensor
        self.months: Tensor
        self.weekdays: Tensor

    def forward(self, moments: Tensor) -> list[Tensor]:
        """Return the features, each (N,) float64."""
        absent = moments == ABSENT
        moments = torch.where(absent, self.fill, moments)
        days = _divided(moments, DAY)
        year, month = _year_and_month(days)
        month_circle = self.months[month - 1]
        weekday_circle = self.weekdays[(days + 3) - 7 * _divided(days + 3, 7)]  # 1970-01-01 was a Thursday
        angle = (moments - days * DAY).double() * self.radians
        found = {
            "year": year.double(), "elapsed": moments.double() / DAY,
            "month sin": month_circle[:, 0], "month cos": month_circle[:, 1],
            "weekday sin": weekday_circle[:, 0], "weekday cos": weekday_circle[:, 1],
            "time sin": torch.sin(angle), "time cos": torch.cos(angle),
        }  # fmt: skip
        features = [bend(found[part]) for part, bend in zip(self.parts, self.bends, strict=True)]
        return [*features, absent.double()] if self.indicator else features


def _divided(values: Tensor, divisor: int) -> Tensor:
    """Return whole numbers divided and rounded down, by operations that round alike everywhere."""
    shortened = torch.div(values, divisor, rounding_mode="trunc")
    return shortened - (values - shortened * divisor < 0).long()


def _year_and_month(days: Tensor) -> tuple[Tensor, Tensor]:
    """Return years and months (1 to 12) of days since 1970: Hinnant's civil_from_days (2013), in eras of 400 years."""
    shifted = days + DAYS_TO_MARCH
    era = _divided(shifted, DAYS_OF_ERA)
    day = shifted - era * DAYS_OF_ERA
    year = _divided(day - _divided(day, 1460) + _divided(day, 36_524) - _divided(day, 146_096), 365)
    day_of_year = day - (365 * year + _divided(year, 4) - _divided(year, 100))
    month_from_march = _divided(5 * day_of_year + 2, 153)
    month = torch.where(month_from_march < 10, month_from_march + 3, month_from_march - 9)
    return year + era * YEARS_OF_ERA + (month <= 2).long(), month


def feature_module(encoder: ColumnEncoder) -> nn.Module:
    """Return what makes features of a column that is not embedded; a category comes as its codes."""
    modules: dict[str, type[nn.Module]] = {"numeric": Number, "boolean": Flag, "category": Choice, "datetime": Moment}
    return modules[encoder.kind](encoder)
