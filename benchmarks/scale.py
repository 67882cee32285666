"""Scale: how the cost of a training grows with rows, columns, width and classes, through `python train.py`."""

import csv
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import Claim, Measured, Result, judge
from benchmarks.memory import MARK, bears
from benchmarks.scale_train import CPU_SECONDS

REPOSITORY = Path(__file__).resolve().parents[1]
TABLE, PLOT = REPOSITORY / "benchmarks" / "results" / "scale.csv", REPOSITORY / "docs" / "pictures" / "scale.png"
PIECE = 500_000  # rows written at once
BATCH, EVAL_BATCH = 1024, 4096
ROWS_TRAINED = 2_000_000  # about so many in all, so that short epochs are measured often
PARTS = 0.15  # of the rows each to validate and to test
FIXED = 0.38  # GiB: Python, torch and Lightning, and the process that prepares or the one that draws
SAMPLE_SECONDS = 0.05


@dataclass(frozen=True)
class Case:
    """A training: its data, its network, and whether rows are read from the files. No classes: regression."""

    rows: int = 100_000
    columns: int = 20
    width: int = 64
    classes: int = 0
    mapped: bool = False

    @property
    def name(self) -> str:
        """Return it in words."""
        what = f", {self.classes:,} classes" if self.classes else ""
        where = ", mapped" if self.mapped else ""
        return f"{self.rows:,} rows x {self.columns:,}, width {self.width:,}{what}{where}"

    @property
    def predicted_preparing(self) -> float:
        """The memory in GiB of preparing that the system cannot take back: see docs/performance.md."""
        return FIXED + self.rows * (50 + 6 * self.columns) / 2**30

    @property
    def predicted(self) -> float:
        """The memory in GiB of training and testing that the system cannot take back: see docs/performance.md."""
        data = self.rows * (45 if self.mapped else 70 + 4 * self.columns)
        judged = PARTS * self.rows * self.classes * 24
        network = EVAL_BATCH * self.width * 48
        return FIXED + (data + judged + network) / 2**30


@dataclass(frozen=True)
class Cost:
    """What a case cost: processor seconds of its cheapest epoch, with validation; seconds to prepare, and of all.

    In GiB of memory, `preparing` is the peak until the run began, `memory` that of all that followed.
    """

    epoch: float
    prepare: float
    all: float
    preparing: float
    memory: float


AXES: dict[str, list[Case]] = {
    "rows": [Case(rows=10**power) for power in (4, 5, 6, 7)],
    "rows, mapped": [Case(rows=10**power, mapped=True) for power in (4, 5, 6, 7)],
    "columns": [Case(columns=columns) for columns in (10, 100, 1000)],
    "width": [Case(width=width) for width in (64, 256, 1024)],
    "classes": [Case(classes=classes) for classes in (10, 100, 1000, 10_000)],
}
SMALL, LARGE = Case(rows=10**5), Case(rows=10**7)


def run(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure every case in turn, keep the table and the plot, and judge what is promised of them."""
    from benchmarks.scale_plot import draw_scale

    cases = list(dict.fromkeys(case for axis in AXES.values() for case in axis))
    costs: dict[Case, list[Cost]] = {case: [] for case in cases}
    for _ in range(rounds):
        for case in cases:
            costs[case].append(measure(case))
            print(f"  {case.name}: {costs[case][-1]}", file=sys.stderr, flush=True)
    middle = {case: median(costs[case]) for case in cases}
    write_table(TABLE, middle)
    draw_scale(AXES, middle, PLOT)
    measured, claims = promised(costs)
    title = "Scale: time of a million rows of an epoch, and memory, of which 1 ms stands for a thousandth of a GiB"
    return title, measured, judge(claims, measured)


def promised(costs: dict[Case, list[Cost]]) -> tuple[Measured, list[Claim]]:
    """Return what the promises are about: time a row does not grow, and memory is no more than predicted."""
    measured: dict[str, list[float]] = {}
    claims = []
    for mapped in (False, True):
        few, many = (replace(case, mapped=mapped) for case in (SMALL, LARGE))
        for case in (few, many):
            measured[case.name] = [cost.epoch / case.rows * 1e6 for cost in costs[case]]
        bound = 1.3 if mapped else 1.2  # the small pages of a mapped file are found more slowly
        claims.append(Claim(f"time a row, {many.name} / {few.name}", many.name, few.name, bound, cost=True))
    for case, found in costs.items():
        for what, peaks, predicted in (
            ("preparing", [cost.preparing for cost in found], case.predicted_preparing),
            ("training", [cost.memory for cost in found], case.predicted),
        ):
            name = f"memory of {what} {case.name}"
            measured[name], measured[f"{name}, predicted"] = peaks, [predicted] * len(found)
            claims.append(Claim(f"{name} / predicted", name, f"{name}, predicted", 1.15, cost=True))
    return measured, claims


def median(costs: Sequence[Cost]) -> Cost:
    """Return the medians of what a case cost in each round."""
    return Cost(*(statistics.median(getattr(cost, field.name) for cost in costs) for field in fields(Cost)))


def measure(case: Case) -> Cost:
    """Train a case once on data that are not prepared yet, in one thread, and return what it cost."""
    with tempfile.TemporaryDirectory(prefix="trainyard-scale-") as name:
        folder, mark = Path(name), uuid.uuid4().hex
        write_rows(folder, case)
        env = {**os.environ, "TRAINYARD_ROOT": name, MARK: mark, "TRAINYARD_MAPPED": "1" if case.mapped else ""}
        samples: list[tuple[float, float]] = []
        ended = threading.Event()
        watcher = threading.Thread(target=watch, args=(mark, samples, ended))
        watcher.start()
        done = subprocess.run(command(case), cwd=folder, env=env, capture_output=True, text=True, check=False)
        ended.set()
        watcher.join()
        if done.returncode != 0:
            raise RuntimeError(f"{case.name} ended with {done.returncode}: {done.stderr[-2000:]}")
        latest = folder / "runs" / "latest"
        phases = json.loads((latest / "profile.json").read_text())["phases"]
        begun = json.loads((latest / "journal.jsonl").read_text().splitlines()[0])["time"]
        told = [float(line) for line in (folder / CPU_SECONDS).read_text().splitlines()]
    epoch = min(after - before for before, after in pairwise(told))
    preparing, training = (max(size for at, size in samples if (at < begun) is before) for before in (True, False))
    return Cost(epoch, phases["prepare"], sum(phases.values()), preparing, training)


def command(case: Case) -> list[str]:
    """Return the command that trains a case."""
    work = case.rows * max(1, (case.columns + case.width + case.classes) // 100)
    epochs = max(4, min(50, ROWS_TRAINED // work))
    return [
        sys.executable, str(REPOSITORY / "benchmarks" / "scale_train.py"), "dataset=arrays", "dataset.path=x.npy",
        "dataset.y_path=y.npy", "model=classifier" if case.classes else "model=regressor", "network=mlp",
        f"network.hidden=[{case.width},{case.width}]", "accelerator=cpu", "accelerator.threads=1",
        f"training.batch_size={BATCH}", f"training.eval_batch_size={EVAL_BATCH}", f"training.max_epochs={epochs}",
        "training.patience=null", "training.profile=true", "tracking=off",
    ]  # fmt: skip


def write_rows(folder: Path, case: Case) -> None:
    """Write x.npy (N, F) float32 and y.npy (N,), a piece at a time: numbers by chance, each class as often."""
    rng = np.random.default_rng(0)
    x = np.lib.format.open_memmap(folder / "x.npy", mode="w+", dtype=np.float32, shape=(case.rows, case.columns))
    for start, stop in pieces(case.rows):
        x[start:stop] = rng.standard_normal((stop - start, case.columns), dtype=np.float32)
    y = rng.permutation(case.rows) % case.classes if case.classes else x[:, 0] + rng.standard_normal(case.rows)
    np.save(folder / "y.npy", y if case.classes else y.astype(np.float32))


def pieces(rows: int) -> Iterator[tuple[int, int]]:
    """Yield where each piece of the rows begins and ends."""
    starts = [*range(0, rows, PIECE), rows]
    return pairwise(starts)


def watch(mark: str, samples: list[tuple[float, float]], ended: threading.Event) -> None:
    """Note when all processes that bear the mark in their environment have how much memory together, in GiB."""
    while not ended.is_set():
        total = sum(anonymous_bytes(process) for process in Path("/proc").iterdir() if bears(process, mark))
        samples.append((time.time(), total / 2**30))
        time.sleep(SAMPLE_SECONDS)


def anonymous_bytes(process: Path) -> int:
    """Return the memory of a process that the system cannot take back: what is mapped from files does not count."""
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss_Anon:")), 0)


def write_table(path: Path, costs: dict[Case, Cost]) -> None:
    """Write a line for each case."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*(field.name for field in fields(Case)), *(field.name for field in fields(Cost)),
                                       "predicted_preparing", "predicted"], lineterminator="\n")  # fmt: skip
        writer.writeheader()
        for case, cost in costs.items():
            row: dict[str, Any] = {
                **asdict(case), **asdict(cost), "predicted_preparing": case.predicted_preparing,
                "predicted": case.predicted,
            }  # fmt: skip
            writer.writerow({name: round_to(value) for name, value in row.items()})


def round_to(value: Any) -> Any:
    """Return a number with four digits that count."""
    return value if not isinstance(value, float) or value == 0 else round(value, 3 - math.floor(math.log10(value)))
