"""The digits that every training loop is measured on: the project's own prepared rows, as plain arrays."""

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from trainyard.config.compose import compose
from trainyard.config.schema.run import Config
from trainyard.data.pixels import pixel_scale
from trainyard.data.prepare import prepare
from trainyard.data.prepared import Part, Prepared

BATCH, HIDDEN, CLASSES, RATE = 64, 256, 10, 1e-3


@cache
def root() -> Path:
    """Return a project root of this process, so that nothing of a benchmark lands in the checkout."""
    return Path(tempfile.mkdtemp(prefix="trainyard-bench-"))


@cache
def config(epochs: int) -> Config:
    """Return the config of the measured training: 64-256-10, batch 64, Adam, one thread, no early stopping."""
    return compose([
        "dataset=digits", "model=classifier", "network=mlp", "optimizer=adam", "accelerator=cpu",
        "accelerator.threads=1", f"training.max_epochs={epochs}", "training.patience=null", "tracking=off",
    ])  # fmt: skip


@cache
def prepared(times: int = 1) -> Prepared:
    """Return the prepared digits, the rows of train `times` over."""
    made = prepare(config(1).dataset, task="classification", double=False, root=root())
    rows = np.tile(np.arange(len(made.train.y)), times)
    part = made.train
    return made if times == 1 else replace(
        made, train=Part(part.x[rows], part.codes[rows], part.y[rows], part.weight, part.rows[rows])
    )


@cache
def arrays(times: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return x (N, 64) float32 and y (N,) int64 of train, `times` over, then of val."""
    made = prepared(times)
    scale = pixel_scale(made.preprocessing)
    x = [scale(part.x.reshape(-1, 1, 8, 8)).reshape(-1, 64) for part in (made.train, made.val)]  # type: ignore[misc]
    return x[0], np.array(made.train.y), x[1], np.array(made.val.y)
