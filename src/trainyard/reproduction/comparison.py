"""Whether two runs gave the same: their final metrics and their weights, and where they were made."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trainyard.reports.provenance import PACKAGES
from trainyard.reports.run_files import RunFiles

ABSOLUTE = 1e-6  # difference below which numbers near zero count as equal, where a tolerance applies


@dataclass(frozen=True)
class Difference:
    """A final metric that differs; `within` tells whether by no more than the tolerance."""

    name: str
    original: float | None
    again: float | None
    within: bool


@dataclass(frozen=True)
class Comparison:
    """What came out again. `same_weights` is None where the original's are not known."""

    differences: tuple[Difference, ...]
    compared: int
    same_weights: bool | None

    @property
    def identical(self) -> bool:
        """Whether metrics and weights are the same to the bit, as far as they are known."""
        return not self.differences and self.same_weights is not False and self.compared > 0

    @property
    def close(self) -> bool:
        """Whether all metrics are within the tolerance."""
        return self.compared > 0 and all(difference.within for difference in self.differences)


def compare(original: RunFiles, again: RunFiles, tolerance: float) -> Comparison:
    """Compare every final metric and the md5 of the weights of two runs; `tolerance` is relative."""
    names = dict.fromkeys([*original.metrics, *again.metrics])
    pairs = [(name, original.metrics.get(name), again.metrics.get(name)) for name in names]
    differences = [
        Difference(name, one, other, _is_close(one, other, tolerance)) for name, one, other in pairs
        if not _is_same(one, other)
    ]  # fmt: skip
    weights = None if original.model_md5 is None else original.model_md5 == again.model_md5
    return Comparison(tuple(differences), len(pairs), weights)


def _is_same(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and math.isnan(one) and math.isnan(other))


def _is_close(one: float | None, other: float | None, tolerance: float) -> bool:
    if one is None or other is None:
        return False
    return math.isclose(one, other, rel_tol=tolerance, abs_tol=ABSOLUTE)


def environment_differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each part of the environment that may change the bits of a result."""
    found = []
    for what in ("python", "machine", "cpu", "platform"):
        if before.get(what) != now.get(what):
            found.append(f"{what} is {now.get(what)}, and was {before.get(what)}")
    packages, others = before.get("packages", {}), now.get("packages", {})
    for name in PACKAGES:
        if packages.get(name) != others.get(name):
            found.append(f"{name} is {others.get(name) or 'not installed'}, and was {packages.get(name)}")
    return found
