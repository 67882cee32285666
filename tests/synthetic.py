"""Small prepared datasets and configs, made without the data rooms."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from trainyard.config.schema.accelerator import Accelerator
from trainyard.config.schema.dataset import Digits
from trainyard.config.schema.model import AutoModel, Mlp
from trainyard.config.schema.optimization import AdamW, Constant
from trainyard.config.schema.run import Config, Tracking, Training
from trainyard.data.prepared import Part, Prepared
from trainyard.data.summary import Summary


def make_part(x: np.ndarray, codes: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> Part:
    return Part(x=x, codes=codes, y=y, weight=weight, rows=np.arange(len(y)))


def make_prepared(
    task: str = "classification", rows: int = 200, classes: int = 3, targets: int = 1, *, weighted: bool = False,
    categories: tuple[int, ...] = (), double: bool = False, seed: int = 0,
) -> Prepared:  # fmt: skip
    """Rows whose target follows from the features: `rows` to train, half as many each to validate and to test."""
    rng = np.random.default_rng(seed)
    dtype = np.float64 if double else np.float32
    truth = rng.normal(size=(5, max(classes, targets)))

    def part(count: int) -> Part:
        x = rng.normal(size=(count, 5))
        signal = x @ truth + 0.3 * rng.normal(size=(count, truth.shape[1]))
        y = signal[:, :classes].argmax(1) if task == "classification" else signal[:, :targets].astype(dtype)
        codes = np.stack([rng.integers(0, size, count) for size in categories], 1) if categories else None
        weight = rng.uniform(0.5, 2, count).astype(dtype) if weighted else None
        empty = np.zeros((count, 0), np.int32)
        return make_part(x.astype(dtype), empty if codes is None else codes.astype(np.int32), y, weight)

    train, val, test = part(rows), part(rows // 2), part(rows // 2)
    classification = task == "classification"
    return Prepared(
        key="k", folder=Path(), task=cast(Any, task), dataset_name="made", source="made",
        train=train, val=val, test=test, numeric=5, category_sizes=categories, image_shape=None,
        classes=tuple(range(classes)) if classification else None,
        class_counts=tuple(np.bincount(train.y, minlength=classes).tolist()) if classification else None,
        targets=("label",) if classification else tuple(f"target_{index}" for index in range(targets)),
        target_mean=() if classification else tuple(10.0 * index for index in range(targets)),
        target_scale=() if classification else tuple(2.0 + index for index in range(targets)),
        preprocessing={}, digest="d" * 32, origin="made", example=[],
        summary=Summary(
            rows={"train": rows, "val": rows // 2, "test": rows // 2}, dropped=0, split="random", kinds={"numeric": 5},
            left_out=(), numeric=5, one_hot=0, indicators=0, embedded=len(categories), task=task, task_reason="made so",
        ),
    )  # fmt: skip


def make_images(rows: int = 100, side: int = 8, channels: int = 1) -> Prepared:
    """Images with a bright half, whose class is which half that is."""
    prepared = make_prepared(rows=rows, classes=2)

    def part(before: Part) -> Part:
        images = np.random.default_rng(len(before.y)).normal(size=(len(before.y), channels, side, side))
        images = images.astype(np.float32)
        images[before.y == 0, :, : side // 2] += 1
        images[before.y == 1, :, side // 2 :] += 1
        return replace(before, x=images.reshape(len(images), -1))

    return replace(
        prepared, train=part(prepared.train), val=part(prepared.val), test=part(prepared.test),
        numeric=channels * side * side, image_shape=(channels, side, side),
    )  # fmt: skip


def make_config(**training: Any) -> Config:
    """A small config; keys of Config (network=..., seed=...) go there, all others to its training section."""
    whole = {name: training.pop(name) for name in list(training) if name in Config.__dataclass_fields__}
    config = Config(
        dataset=Digits(name="made", target=("label",)), model=AutoModel(), network=Mlp(hidden=(16,)),
        optimizer=AdamW(lr=0.01), schedule=Constant(), accelerator=Accelerator(name="cpu", threads=1),
        tracking=Tracking(name="off"), experiment_name="made",
        training=Training(**{"max_epochs": 3, "batch_size": 16, "progress": False, **training}),
    )  # fmt: skip
    return replace(config, **whole)
