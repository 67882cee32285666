"""From the raw rows of a source to the arrays that are trained on, with all that was decided on the way."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar, cast

import numpy as np
import pyarrow as pa

from trainyard.config.rules.rule import BUILT_IN_TASKS
from trainyard.config.schema.dataset_keys import Dataset
from trainyard.data.assemble_images import ImageParts, check_no_columns
from trainyard.data.columns import Columns, check_names, choose_columns
from trainyard.data.describe import summarize, summarize_images
from trainyard.data.encode import Encoder
from trainyard.data.encoders import ColumnEncoder
from trainyard.data.example import example_rows, probe_rows
from trainyard.data.fit import Fit
from trainyard.data.image_encoder import ImageEncoder
from trainyard.data.pixels import Pixels
from trainyard.data.prepared import Part, Scalar, Task
from trainyard.data.sink import InMemory, Sink
from trainyard.data.source import Source
from trainyard.data.split import Split, split_rows
from trainyard.data.summary import LeftOut, Summary
from trainyard.data.target import Target, read_target, rows_with_target
from trainyard.data.target_power import TargetPower
from trainyard.data.target_transform import power_notes, transform_target
from trainyard.data.transforms import mean_and_deviation
from trainyard.data.weights import check_weights, read_weights
from trainyard.errors import DataError

PARTS = ("train", "val", "test")
PIECE = 1 << 18  # rows that are encoded at once

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
    probe_x: list[list[float]]
    probe_codes: list[list[int]]
    summary: Summary
    target_powers: tuple[TargetPower, ...]


def assemble(
    source: Source, dataset: Dataset, task: Literal["auto", "classification", "regression"], double: bool,
    target_transform: str = "none", sink: Sink | None = None,
) -> Assembled:  # fmt: skip
    """Prepare a source as `dataset` asks, for a task or the one that its target suggests, in float64 where `double`.

    `target_transform` is that of numeric targets: none, log, log1p or box_cox. Everything but classes and task is
    fitted on the training rows alone. The inputs go to `sink`, else into memory. Raises DataError with all faults
    found.
    """
    if source.pixels is not None:
        check_no_columns(dataset)
    return assemble_rows(choose_rows(source, dataset, task), source, dataset, double, target_transform, sink)


def assemble_rows(
    raw: "Raw", source: Source, dataset: Dataset, double: bool, target_transform: str = "none",
    sink: Sink | None = None,
) -> Assembled:  # fmt: skip
    """Prepare rows of a source whose target, weights and split are known. See `assemble`."""
    target, powers = transform_target(
        raw.target, dataset.target, target_transform, raw.split.train, raw.weight, raw.where
    )
    raw, source = replace(raw, target=target), source.noting(power_notes(dataset.target, powers))
    inputs = prepare_images if source.pixels is not None else prepare_table
    made = inputs(raw, source, dataset, "float64" if double else "float32", sink or InMemory())
    center, scale = target_scaling(raw)
    probe_x, probe_codes = made.encoder.encode(probe_rows(made.example, made.encoder.names))
    train, val, test = (make_part(raw, made, name, center, scale) for name in PARTS)
    classes = raw.target.classes
    return Assembled(
        task=raw.target.task, train=train, val=val, test=test,
        category_sizes=made.encoder.category_sizes, classes=classes,
        image_shape=None if source.pixels is None else source.pixels.shape,
        class_counts=None if classes is None else tuple(np.bincount(train.y, minlength=len(classes)).tolist()),
        targets=dataset.target, target_mean=tuple(center.tolist()), target_scale=tuple(scale.tolist()),
        preprocessing=made.encoder.to_dict(), example=made.example, probe_x=probe_x.tolist(),
        probe_codes=probe_codes.tolist(), summary=made.summary, target_powers=powers,
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


@dataclass(frozen=True)
class Inputs:
    """What a network is to see: x (n, F) and codes (n, C) of each part, how they came about, and two raw rows."""

    parts: dict[str, tuple[np.ndarray, np.ndarray]]
    encoder: Encoder | ImageEncoder
    example: list[dict[str, Any]]
    summary: Summary


def prepare_table(raw: Raw, source: Source, dataset: Dataset, dtype: str, sink: Sink) -> Inputs:
    """The columns of a table, each by an encoder that is fitted on the training rows."""
    columns = choose_columns(dataset, raw.table, raw.split.train, raw.where, raw.rows)
    if columns.faults:
        raise DataError(columns.faults)
    encoder = fit_encoder(raw, columns, dataset, dtype)
    parts = {name: encode_rows(raw, encoder, name, sink) for name in PARTS}
    example = example_rows(raw.table, encoder.names, raw.split.train)
    summary = summarize(raw.table, raw.target, raw.split, columns, encoder, raw.dropped, source.notes)
    return Inputs(parts, encoder, example, summary)


def prepare_images(raw: Raw, source: Source, dataset: Dataset, dtype: str, sink: Sink) -> Inputs:
    """The pixels of images as they are, with mean and deviation of the training part's."""
    images = ImageParts(cast(Pixels, source.pixels), dtype, sink)
    parts = {}
    for name in PARTS:
        rows = getattr(raw.split, name)
        x = images.write(name, raw.rows[rows], None if raw.weight is None else raw.weight[rows])
        parts[name] = x, np.empty((len(rows), 0), np.int32)
    encoder = images.encoder(dataset.transform)
    summary = summarize_images(raw.target, raw.split, encoder.shape, images.hashes, raw.dropped, source.notes)
    return Inputs(parts, encoder, images.example(raw.rows[raw.split.train]), summary)


def attempt(faults: list[str], step: Callable[[], T]) -> T | None:
    """The result of a step; None where it fails, with its faults added to the list."""
    try:
        return step()
    except DataError as error:
        faults += error.faults
        return None


def fit_encoder(raw: Raw, columns: Columns, dataset: Dataset, dtype: str) -> Encoder:
    """Fit the columns' encoders on the training rows; columns of no use move to those left out."""
    train = raw.split.train
    fit = Fit(raw.target, train, None if raw.weight is None else raw.weight[train], dataset.one_hot_limit)
    encoders: list[ColumnEncoder] = []
    for feature in list(columns.features):
        encoder = fit.column(feature, raw.table[feature.name].take(pa.array(train)))
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


def encode_rows(raw: Raw, encoder: Encoder, part: str, sink: Sink) -> tuple[np.ndarray, np.ndarray]:
    """x (n, F) and codes (n, C) of a part, some rows at a time."""
    rows = getattr(raw.split, part)
    x = sink.open(part, "x", (len(rows), len(encoder.features)), encoder.dtype)
    codes = sink.open(part, "codes", (len(rows), len(encoder.embedded)), np.int32)
    for start in range(0, len(rows), PIECE):
        encoded = encoder.encode(raw.table, rows=rows[start : start + PIECE], where=raw.where)
        x.append(encoded[0])
        codes.append(encoded[1])
    return x.close(), codes.close()


def make_part(raw: Raw, made: Inputs, name: str, center: np.ndarray, scale: np.ndarray) -> Part:
    """The arrays of a part, its targets standardised where they are numbers."""
    rows, (x, codes) = getattr(raw.split, name), made.parts[name]
    dtype = made.encoder.dtype
    y = raw.target.y[rows]
    if raw.target.classes is None:
        y = ((y - center) / scale).astype(dtype)
    weight = None if raw.weight is None else raw.weight[rows].astype(dtype)
    return Part(x=x, codes=codes, y=y, weight=weight, rows=raw.rows[rows])
