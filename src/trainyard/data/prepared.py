"""A prepared dataset: the arrays that training reads, with what is needed to understand them. Imports numpy only."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from trainyard.data.summary import Summary
from trainyard.data.target_power import TargetPower

Task = Literal["classification", "regression"]
Scalar = str | int | float | bool


@dataclass(frozen=True)
class Part:
    """The rows of train, val or test; read-only, mapped from the cache's files.

    - x: (N, F) float32 or float64, the numeric features, transformed; the pixels of images are raw, uint8 or floats,
      and data.pixels.pixel_scale says how a network sees them
    - codes: (N, C) int32, the embedded categories, 0 = never seen in train; C may be 0
    - y: (N,) int64 class index, or (N, T) float of x's width, standardised targets
    - weight: (N,) float of x's width, or None when every row counts 1
    - rows: (N,) int64, index of the source's row
    """

    x: np.ndarray
    codes: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Prepared:
    """A dataset, read, typed, split and transformed.

    - key, folder: its entry in the cache
    - dataset_name, source: name in the config, and which source (csv, digits, ...)
    - numeric: F; category_sizes: cardinality of each embedded column, bucket 0 (unseen) included
    - image_shape: (channels, height, width) when the F features are pixels
    - classes, class_counts: labels in order of class index, and rows of each in train; None for regression
    - targets: names of the target columns; target_mean, target_scale: of train, () for classification
    - target_powers: the transform of each target before it was standardised, () for none
    - preprocessing: JSON; the column schema and fitted transforms that data.encode.Encoder takes
    - digest: md5 of the source's bytes; origin: where the rows come from, for a person
    - example: two raw rows as JSON values
    - probe_x, probe_codes: data.example.probe_rows as the network sees them, F and C numbers a row
    """

    key: str
    folder: Path
    task: Task
    dataset_name: str
    source: str
    train: Part
    val: Part
    test: Part
    numeric: int
    category_sizes: tuple[int, ...]
    image_shape: tuple[int, int, int] | None
    classes: tuple[Scalar, ...] | None
    class_counts: tuple[int, ...] | None
    targets: tuple[str, ...]
    target_mean: tuple[float, ...]
    target_scale: tuple[float, ...]
    preprocessing: dict[str, Any]
    digest: str
    origin: str
    example: list[dict[str, Any]]
    summary: Summary
    target_powers: tuple[TargetPower, ...] = ()
    probe_x: list[list[float]] = field(default_factory=list)
    probe_codes: list[list[int]] = field(default_factory=list)
