"""From the raw rows of a source to the arrays that are trained on, with all that was decided on the way."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

import numpy as np
import pyarrow as pa

from trainyard.config.rules.rule import BUILT_IN_TASKS
from trainyard.config.schema.dataset import Dataset
from trainyard.data.columns import Columns, Feature, check_names, choose_columns
from trainyard.data.describe import summarize
from trainyard.data.encode import Encoder
from trainyard.data.encoders import ColumnEncoder
from trainyard.data.example import example_rows
from trainyard.data.fit import Fit
from trainyard.data.prepared import Part, Scalar, Task
from trainyard.data.source import Source
from trainyard.data.split import Split, split_rows
from trainyard.data.summary import LeftOut, Summary
from trainyard.data.target import Target, read_target, rows_with_target
from trainyard.data.target_power import TargetPower
from trainyard.data.target_transform import power_notes, transform_target
from trainyard.data.transforms import mean_and_deviation
from trainyard.data.weights import check_weights, read_weights
from trainyard.errors import DataError

T = TypeVar("T")


@dataclass(frozen=True)
class Assembled:
    """A dataset, read, typed, split and transformed. The fields are those of data.prepared.Prepared."""

    task: Task
    train: Part
    val: Part
    test: Part
    category_sizes: tuple[int, ...]
    image_shape: tuple[int, int, int] | None
    classes: tuple[Scalar, ...] | None
    class_counts: tuple[int, ...] | None
    targets: tuple[str, ...]
    target_mean: tuple[float, ...]
    target_scale: tuple[float, ...]
    preprocessing: dict[str, Any]
    example: list[dict[str, Any]]
    summary: Summary
    target_powers: tuple[TargetPower, ...]


def assemble(
    source: Source, dataset: Dataset, task: Literal["auto", "classification", "regression"], double: bool,
    target_transform: str = "none",
) -> Assembled:  # fmt: skip
    """Prepare a source as `dataset` asks, for a task or the one that its target suggests, in float64 where `double`.

    `target_transform` is that of numeric targets: none, log, log1p or box_cox.
    Everything but classes and task is fitted on the training rows alone. Raises DataError with all faults found.
    """
    raw = choose_rows(source, dataset, task)
    target, powers = transform_target(
        raw.target, dataset.target, target_transform, raw.split.train, raw.weight, raw.where
    )
    raw = replace(raw, target=target)
    columns = choose_columns(source, dataset, raw.table, raw.split.train, raw.where, raw.rows)
    if columns.faults:
        raise DataError(columns.faults)
    encoder = fit_encoder(raw, columns, dataset, source.image_shape is not None, double)
    center, scale = target_scaling(raw)
    train, val, test = (encode_part(raw, encoder, rows, center, scale)
                        for rows in (raw.split.train, raw.split.val, raw.split.test))  # fmt: skip
    classes = raw.target.classes
    return Assembled(
        task=raw.target.task, train=train, val=val, test=test,
        category_sizes=encoder.category_sizes, image_shape=source.image_shape, classes=classes,
        class_counts=None if classes is None else tuple(np.bincount(train.y, minlength=len(classes)).tolist()),
        targets=dataset.target, target_mean=tuple(center.tolist()), target_scale=tuple(scale.tolist()),
        preprocessing=encoder.to_dict(), example=example_rows(raw.table, encoder.names, raw.split.train),
        summary=summarize(raw.table, raw.target, raw.split, columns, encoder, raw.dropped,
                          (*source.notes, *power_notes(dataset.target, powers))),
        target_powers=powers,
    )  # fmt: skip


@dataclass(frozen=True)
class Raw:
    """The rows that have a target: `rows` (N,) of the source; with the target, the weights and the split of them."""

    table: pa.Table
    rows: np.ndarray
    where: Callable[[int], str]
    target: Target
    weight: np.ndarray | None
    split: Split
    dropped: int


def choose_rows(source: Source, dataset: Dataset, task: Literal["auto", "classification", "regression"]) -> Raw:
    """The rows that are used, and what for."""
    faults = list(check_names(source, dataset))
    if faults:
        raise DataError(faults)
    rows = rows_with_target(source.table, dataset.target, dataset.missing_target, source.where)
    table, files = source.table, source.parts
    dropped = table.num_rows - len(rows)
    if dropped:
        table, files = table.take(pa.array(rows)), None if files is None else files[rows]

    def where(row: int) -> str:
        return source.where(int(rows[row]))

    settled = (dataset.source, dataset.target) in BUILT_IN_TASKS
    target = attempt(faults, lambda: read_target(table, dataset.target, task, where, settled))
    weight = attempt(faults, lambda: read_weights(table, dataset.weight, where))
    if target is None:
        raise DataError(faults)
    split = attempt(faults, lambda: split_rows(table, dataset, files, target, where))
    if split is None or faults:
        raise DataError(faults)
    check_weights(weight, dataset.weight, split)
    return Raw(table, rows, where, target, weight, split, dropped)


def attempt(faults: list[str], step: Callable[[], T]) -> T | None:
    """The result of a step; None where it fails, with its faults added to the list."""
    try:
        return step()
    except DataError as error:
        faults += error.faults
        return None


def fit_encoder(raw: Raw, columns: Columns, dataset: Dataset, image: bool, double: bool) -> Encoder:
    """Fit the columns' encoders on the training rows; columns of no use move to those left out."""
    train = raw.split.train
    fit = Fit(raw.target, train, None if raw.weight is None else raw.weight[train], dataset.one_hot_limit)
    dtype = "float64" if double else "float32"

    def values(feature: Feature) -> pa.ChunkedArray:
        return raw.table[feature.name].take(pa.array(train))

    if image:
        return Encoder(tuple(fit.pixels(columns.features, [values(feature) for feature in columns.features])), dtype)
    encoders: list[ColumnEncoder] = []
    for feature in list(columns.features):
        encoder = fit.column(feature, values(feature))
        if isinstance(encoder, str):
            columns.features.remove(feature)
            columns.left_out.append(LeftOut(feature.name, encoder))
        else:
            encoders.append(encoder)
    if not encoders:
        raise DataError(columns.nothing_left())
    return Encoder(tuple(encoders), dtype)


def target_scaling(raw: Raw) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation (T,) of numeric targets over the training rows; of size 0 for classes."""
    if raw.target.classes is not None:
        return np.empty(0), np.empty(0)
    train = raw.split.train
    weight = None if raw.weight is None else raw.weight[train]
    center, scale = np.array([mean_and_deviation(y, weight) for y in raw.target.y[train].T]).T
    return center, scale


def encode_part(raw: Raw, encoder: Encoder, rows: np.ndarray, center: np.ndarray, scale: np.ndarray) -> Part:
    """The arrays of some rows (n,) of the table."""
    x, codes = encoder.encode(raw.table, rows=rows, where=raw.where)
    y = raw.target.y[rows]
    if raw.target.classes is None:
        y = ((y - center) / scale).astype(encoder.dtype)
    weight = None if raw.weight is None else raw.weight[rows].astype(encoder.dtype)
    return Part(x=x, codes=codes, y=y, weight=weight, rows=raw.rows[rows])
