"""Simulated rows of 28 x 28 numbers in ten classes, made once, as an entry that every engine maps."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from trainyard.data.prepared import Part
from trainyard.data.store import write
from trainyard.data.summary import Summary

SIDE, CLASSES = 28, 10
NOISE = 0.3  # deviation of the classes' scores, whose own is 1


def write_simulated(folder: Path, rows: int, validated: int, seed: int = 0) -> None:
    """Write `rows` rows to train and `validated` to validate, a pure function of the numbers and `seed`.

    x (N, 784) float32 is standard normal, y (N,) the class whose linear score is highest, with some noise.
    """
    draws = np.random.default_rng(seed)
    truth = draws.standard_normal((SIDE * SIDE, CLASSES), np.float32) / SIDE

    def part(count: int) -> Part:
        x = draws.standard_normal((count, SIDE * SIDE), np.float32)
        scores = x @ truth + NOISE * draws.standard_normal((count, CLASSES), np.float32)
        codes = np.empty((count, 0), np.int32)
        return Part(x, codes, scores.argmax(1).astype(np.int64), None, np.arange(count))

    folder.mkdir(parents=True, exist_ok=True)
    parts = {"train": part(rows), "val": part(validated), "test": part(0)}
    write(folder, parts, meta(parts["train"], validated))


def meta(train: Part, validated: int) -> dict[str, Any]:
    """Return what an entry says besides its arrays."""
    summary = Summary(
        rows={"train": len(train), "val": validated, "test": 0}, dropped=0, split="simulated",
        kinds={"numeric": SIDE * SIDE}, left_out=(), numeric=SIDE * SIDE, one_hot=0, indicators=0, embedded=0,
        task="classification", task_reason="simulated so",
    )  # fmt: skip
    return {
        "task": "classification", "numeric": SIDE * SIDE, "category_sizes": [], "image_shape": [1, SIDE, SIDE],
        "classes": list(range(CLASSES)), "class_counts": np.bincount(train.y, minlength=CLASSES).tolist(),
        "targets": ["class"], "target_mean": [], "target_scale": [], "target_powers": [], "preprocessing": {},
        "digest": "", "example": [], "probe_x": [], "probe_codes": [], "summary": asdict(summary),
    }  # fmt: skip
