"""Permutation importance: how much worse a model gets when the values of a column are dealt out anew among the rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import torch
from torch import Tensor

from trainyard.config.nearest import did_you_mean, listed
from trainyard.config.seeds import stream_seed
from trainyard.data.encode import Encoder
from trainyard.data.rows import Rows
from trainyard.errors import ConfigError
from trainyard.files import replacing

HIGHER_IS_BETTER = ("accuracy", "top5_accuracy", "balanced_accuracy", "macro_f1", "roc_auc", "pr_auc", "r2")

Measure = Callable[[Rows], Mapping[str, float]]


@dataclass(frozen=True)
class Importance:
    """By how much a metric gets worse without each column, the most important first.

    - metric, before: its name, and what it is with all columns
    - columns: their names, C; worse: (C, repeats) float64, negative where it gets better
    """

    metric: str
    before: float
    columns: tuple[str, ...]
    worse: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """(C,) the mean over the repeats."""
        mean: np.ndarray = self.worse.mean(axis=1)
        return mean

    @property
    def deviation(self) -> np.ndarray:
        """(C,) the deviation of the repeats."""
        deviation: np.ndarray = self.worse.std(axis=1)
        return deviation


def permutation_importance(
    rows: Rows, encoder: Encoder, measure: Measure, metric: str, *, repeats: int, seed: int
) -> Importance:
    """Return the importance of each raw column for a metric of `measure` (Breiman, 2001; Fisher et al., 2019).

    All that was made of a column moves together: its categories, parts of dates, and whether it is missing. Columns
    that say the same stand in for one another, so that each of them seems to matter little. Raises ConfigError for a
    metric that there is not.
    """
    before = dict(measure(rows))
    if metric not in before:
        raise ConfigError(f"metric={metric}: the model has no such metric{did_you_mean(metric, before) or '.'} "
                          f"There are {listed(sorted(before))}.")  # fmt: skip
    sign = -1.0 if metric in HIGHER_IS_BETTER else 1.0
    worse = np.empty((len(encoder.columns), repeats))
    orders = [_order(len(rows), seed, repeat) for repeat in range(repeats)]
    for place, (x_places, code_places) in enumerate(column_places(encoder)):
        kept = [(tensor, places, tensor[:, places].clone())
                for tensor, places in ((rows.x, x_places), (rows.codes, code_places))
                if tensor is not None and places]  # fmt: skip
        for repeat, order in enumerate(orders):
            _put(kept, order)
            worse[place, repeat] = sign * (measure(rows)[metric] - before[metric])
        _put(kept, None)
    first = np.argsort(-worse.mean(axis=1), kind="stable")
    return Importance(metric, before[metric], tuple(encoder.names[place] for place in first), worse[first])


def column_places(encoder: Encoder) -> list[tuple[list[int], list[int]]]:
    """Return for each raw column its places in x and in codes."""
    places: list[tuple[list[int], list[int]]] = []
    x_end = codes_end = 0
    for column in encoder.columns:
        width = len(column.features)
        places.append((list(range(x_end, x_end + width)), [codes_end] if column.codes else []))
        x_end, codes_end = x_end + width, codes_end + bool(column.codes)
    return places


def _order(count: int, seed: int, repeat: int) -> Tensor:
    generator = torch.Generator().manual_seed(stream_seed(seed, "importance", repeat))
    return torch.randperm(count, generator=generator)


def _put(kept: Sequence[tuple[Tensor, list[int], Tensor]], order: Tensor | None) -> None:
    """Give columns their values in another order of the rows, or back in their own."""
    for tensor, places, values in kept:
        tensor[:, places] = values if order is None else values[order.to(values.device)]


def write_importance(importance: Importance, path: Path) -> Path:
    """Write a line per column: the mean by which the metric gets worse, its deviation, least and most."""
    table = pa.table({
        "column": list(importance.columns), "metric": [importance.metric] * len(importance.columns),
        "importance": importance.mean, "deviation": importance.deviation,
        "least": importance.worse.min(axis=1), "most": importance.worse.max(axis=1),
    })  # fmt: skip
    with replacing(path) as partial:
        pacsv.write_csv(table, partial, pacsv.WriteOptions(quoting_style="needed"))
    return path
