"""Simulated images of ten classes, grey or in color: of the size that is asked for, and not quite separable."""

from collections.abc import Sequence

import numpy as np

from benchmarks.digits import root
from trainyard.config.compose import compose
from trainyard.config.schema.run import Config
from trainyard.data.pixels import pixel_scale
from trainyard.data.prepare import prepare
from trainyard.data.prepared import Part, Prepared

CLASSES = 10


def config(rows: int, side: int, *overrides: str, channels: int = 1) -> Config:
    """Return the config of a training on `rows` images of side x side, on the CPU, without early stopping."""
    path = root() / f"simulated-{rows}-{side}-{channels}.npz"
    if not path.exists():
        rng = np.random.default_rng(0)
        shape = (side, side, channels) if channels > 1 else (side, side)
        y = rng.integers(0, CLASSES, rows)
        seen = rng.normal(size=(CLASSES, *shape))[y] * 16 + rng.normal(size=(rows, *shape)) * 48 + 128
        np.savez(path, x=seen.clip(0, 255).astype(np.uint8), y=y)
    return compose([
        "dataset=arrays", f"dataset.path={path}", "model=classifier", "accelerator=cpu", "accelerator.threads=1",
        "training.patience=null", "tracking=off", *overrides,
    ])  # fmt: skip


def prepared(made: Config) -> Prepared:
    """Return the prepared images of a config."""
    return prepare(made.dataset, task="classification", double=False, root=root())


def rows_of(made: Prepared) -> Sequence[tuple[np.ndarray, np.ndarray]]:
    """Return x (N, pixels) float32 and y (N,) int64 of train, then of val."""
    scale = pixel_scale(made.preprocessing)

    def part(of: Part) -> tuple[np.ndarray, np.ndarray]:
        images = of.x.reshape(-1, *made.image_shape)  # type: ignore[misc]
        scaled = images if scale is None else scale(images)
        return np.ascontiguousarray(scaled.reshape(len(of.y), -1), dtype=np.float32), np.array(of.y)

    return part(made.train), part(made.val)
