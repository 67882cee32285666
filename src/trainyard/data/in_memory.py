"""Rows prepared in memory: those of a dataset, or those that somebody hands over. Nothing is written."""

from dataclasses import fields
from pathlib import Path

import numpy as np

from trainyard.config.schema.dataset import Dataset
from trainyard.data.assemble import Assembled, Raw, assemble, assemble_rows
from trainyard.data.origin import origin_of
from trainyard.data.prepared import Prepared
from trainyard.data.request import TaskChoice
from trainyard.data.source import Source
from trainyard.data.sources import load_source
from trainyard.data.split import Split
from trainyard.data.target import Target


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
    return Prepared(
        key="", folder=Path(), dataset_name=dataset.name, source=dataset.source, numeric=made.train.x.shape[1],
        digest=source.digest, origin=origin_of(dataset), **shared,
    )  # fmt: skip
