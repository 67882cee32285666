"""Memory: the peak of a cold training on a table of 5 million rows x 20 columns, over all of its processes."""

import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from benchmarks.harness import Claim, Measured, Result, judge

REPOSITORY = Path(__file__).resolve().parents[1]
ROWS, PIECE = 5_000_000, 500_000
BOUND = 4.0  # GiB
MARK = "TRAINYARD_BENCHMARK"
SAMPLE_SECONDS = 0.05
KINDS = ("csv", "parquet")


def run(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure the largest sum of the processes' memory, in GiB; what several share is counted once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {kind: write_table(folder / f"table.{kind}") for kind in KINDS}
        measured = {kind: [peak_of_training(path) for _ in range(rounds)] for kind, path in files.items()}
    claims = [Claim(f"{kind} / bound", kind, "bound", 1.0, cost=True) for kind in KINDS]
    bound = {"bound": [BOUND] * rounds}
    title = f"Memory of a cold training on {ROWS:,} rows x 20 columns, in GiB"
    return title, {**measured, **bound}, judge(claims, {**measured, **bound})


def write_table(path: Path) -> Path:
    """Write the table, a piece at a time: numbers, whole numbers, categories, flags, dates, and a target."""
    rng = np.random.default_rng(0)
    writer = None
    for start in range(0, ROWS, PIECE):
        piece = make_piece(rng, start)
        if writer is None:
            opened = csv.CSVWriter if path.suffix == ".csv" else parquet.ParquetWriter
            writer = opened(path, piece.schema)
        writer.write_table(piece)
    if writer is not None:
        writer.close()
    return path


def make_piece(rng: np.random.Generator, start: int) -> pa.Table:
    """Return some rows."""
    numbers = {f"number_{place}": rng.normal(size=PIECE) for place in range(12)}
    counts = {f"count_{place}": rng.integers(0, 1000, PIECE) for place in range(3)}
    town = pa.array([f"town {place}" for place in range(200)]).take(pa.array(rng.integers(0, 200, PIECE)))
    color = pa.array(["red", "green", "blue"]).take(pa.array(rng.integers(0, 3, PIECE)))
    day = np.datetime64("2020-01-01") + (start + np.arange(PIECE)) % 900
    target = sum(numbers.values()) + 0.01 * counts["count_0"] + rng.normal(size=PIECE)
    return pa.table({**numbers, **counts, "town": town, "color": color, "flag": rng.random(PIECE) < 0.3, "day": day,
                     "y": target})  # fmt: skip


def peak_of_training(path: Path) -> float:
    """Return the peak in GiB of one epoch on a table that was not prepared before."""
    with tempfile.TemporaryDirectory(dir=path.parent) as root:
        command = [
            sys.executable, str(REPOSITORY / "train.py"), "dataset=csv", f"dataset.path={path}", "dataset.target=y",
            "training.max_epochs=1", "training.batch_size=4096", "tracking=local",
        ]  # fmt: skip
        return peak_of(command, Path(root))


def peak_of(command: Sequence[str], root: Path) -> float:
    """Return the peak in GiB of a command and of all that it starts, in a project of its own."""
    mark = uuid.uuid4().hex
    env = {**os.environ, "TRAINYARD_ROOT": str(root), MARK: mark, "MLFLOW_DISABLE_TELEMETRY": "true"}
    training = subprocess.Popen(command, cwd=root, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    peak, ended = [0.0], threading.Event()
    watcher = threading.Thread(target=watch, args=(mark, peak, ended))
    watcher.start()
    output = training.communicate()[0]
    ended.set()
    watcher.join()
    if training.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {training.returncode}: {output[-2000:]}")
    return peak[0]


def watch(
    mark: str, peak: list[float], ended: threading.Event, count: Callable[[Path], int] | None = None
) -> None:
    """Keep the largest sum, in GiB, of the memory of all processes that bear the mark in their environment.

    `count` returns the bytes of a process: its share of all that it uses, unless told otherwise.
    """
    count = count or proportional_bytes
    while not ended.is_set():
        total = sum(count(process) for process in Path("/proc").iterdir() if bears(process, mark))
        peak[0] = max(peak[0], total / 2**30)
        time.sleep(SAMPLE_SECONDS)


def bears(process: Path, mark: str) -> bool:
    """Whether a process was started with the mark."""
    try:
        return process.name.isdigit() and mark.encode() in (process / "environ").read_bytes()
    except OSError:
        return False


def proportional_bytes(process: Path) -> int:
    """Return the memory of a process, its share of what others use as well; files that it maps count."""
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
