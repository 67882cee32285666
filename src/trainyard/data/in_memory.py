"""Rows prepared in memory: those of a dataset, or those that somebody hands over. Nothing is written."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from trainyard.config.schema.dataset_keys import Dataset
from trainyard.data.assemble import Assembled, Raw, assemble, assemble_rows
from trainyard.data.encoding import load_encoder
from trainyard.data.image_encoder import ImageEncoder
from trainyard.data.origin import origin_of
from trainyard.data.prepare import check_augment
from trainyard.data.prepared import Part, Prepared
from trainyard.data.request import TaskChoice
from trainyard.data.source import Source
from trainyard.data.sources import load_source
from trainyard.data.split import Split
from trainyard.data.target import Target
from trainyard.data.target_units import TargetUnits


def prepare_in_memory(
    dataset: Dataset, *, task: TaskChoice, double: bool, target_transform: str = "none", trusted: tuple[str, ...] = ()
) -> Prepared:
    """The dataset as data.prepare.prepare gives it, bit for bit, made here and now. Raises DataError."""
    source = load_source(dataset, None, trusted)
    return prepared(assemble(source, dataset, task, double, target_transform), source, dataset)


def prepare_given(
    source: Source, dataset: Dataset, target: Target, *, weight: np.ndarray | None, held_out: np.ndarray,
    double: bool, target_transform: str = "none",
) -> Prepared:  # fmt: skip
    """Rows with their `target` (N,) and `weight` (N,), those of `held_out` (n,) for validation and none for a test.

    The table of `source` holds no target. What `dataset` says of columns holds; how rows are split, it has no say in.
    Raises DataError.
    """
    rows = np.arange(len(target.y))
    split = Split(np.setdiff1d(rows, held_out), np.sort(held_out), rows[:0], "as handed over")
    raw = Raw(source.table, rows, source.where, target, weight, split, dropped=0)
    return prepared(assemble_rows(raw, source, dataset, double, target_transform), source, dataset)


def prepared(made: Assembled, source: Source, dataset: Dataset) -> Prepared:
    """What was assembled, without an entry of the cache."""
    shared = {field.name: getattr(made, field.name) for field in fields(made)}
    found = Prepared(
        key="", folder=Path(), dataset_name=dataset.name, source=dataset.source, numeric=made.train.x.shape[1],
        digest=source.digest, origin=origin_of(dataset), **shared,
    )  # fmt: skip
    check_augment(dataset, found)
    return found


def prepare_alike(
    before: Prepared, rows: Any, target: Target, *, weight: np.ndarray | None, held_out: np.ndarray, digest: str = ""
) -> Prepared:
    """Other raw `rows` of the same columns, seen as those `before` were: columns and targets keep their transforms.

    `digest` is theirs, and the other arguments are those of `prepare_given`. Raises DataError.
    """
    encoder = load_encoder(before.preprocessing)
    if isinstance(encoder, ImageEncoder):  # images stay raw until they are on the device
        images = encoder.images_of(rows)
        x, codes = images.reshape(len(images), -1), np.empty((len(images), 0), np.int32)
    else:
        x, codes = encoder.encode(rows)
    y, dtype = target.y, encoder.dtype
    if before.classes is None:
        y = TargetUnits.of(before).standardized(torch.from_numpy(y)).numpy().astype(dtype)
    weight = None if weight is None else weight.astype(dtype)
    places = np.arange(len(y))

    def part(chosen: np.ndarray) -> Part:
        return Part(x[chosen], codes[chosen], y[chosen], None if weight is None else weight[chosen], places[chosen])

    train, val = part(np.setdiff1d(places, held_out)), part(np.sort(held_out))
    counts = None if before.classes is None else tuple(np.bincount(train.y, minlength=len(before.classes)).tolist())
    summary = replace(before.summary, rows={"train": len(train), "val": len(val), "test": 0})
    return replace(before, train=train, val=val, class_counts=counts, digest=digest, summary=summary)


def without_rows(prepared: Prepared) -> Prepared:
    """What was decided on the way, without the rows that it was decided by."""
    none = np.empty(0)
    nothing = Part(x=none, codes=none, y=none, weight=None, rows=none)
    return replace(prepared, train=nothing, val=nothing, test=nothing)
