"""Memory of a training beside a hand-written loop's: its fixed part, and what it adds per row.

Both are processes of their own on the same prepared table; the peak is that of the whole tree, with MLflow's mirror and
what draws the report, and memory that several share is counted once. Rows that a map reads from the cache count.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.harness import Claim, Measured, Result, judge
from benchmarks.memory import REPOSITORY, peak_of

COLUMNS, SMALL, LARGE = 100, 20_000, 1_000_000
FIXED = 400 / 1024  # GiB
MAKE = """
import sys, numpy as np
rng = np.random.default_rng(0)
rows = int(sys.argv[2])
x = rng.normal(size=(rows, {columns})).astype(np.float32)
np.savez(sys.argv[1], x=x, y=(x[:, 0] > 0).astype(np.int64))
"""
LOOP = """
import sys, numpy as np, torch
from torch import nn
from torch.nn import functional
held = np.load(sys.argv[1])
x, y = torch.from_numpy(held["x"]), torch.from_numpy(held["y"])
x = (x - x.mean(0)) / x.std(0)
cut = int(len(x) * 0.7)
x_val, y_val, x, y = x[cut:], y[cut:], x[:cut], y[:cut]
network = nn.Sequential(nn.Linear(x.shape[1], 256), nn.ReLU(), nn.Linear(256, 2))
optimizer = torch.optim.Adam(network.parameters(), fused=True)
for index in torch.randperm(len(x)).split(4096):
    optimizer.zero_grad()
    functional.cross_entropy(network(x[index]), y[index]).backward()
    optimizer.step()
with torch.no_grad():
    for start in range(0, len(x_val), 4096):
        network(x_val[start : start + 4096])
"""


def run(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure peaks in GiB for few rows and for many, warm cache."""
    measured: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows in (SMALL, LARGE):
            path = folder / f"{rows}.npz"
            subprocess.run([sys.executable, "-c", MAKE.format(columns=COLUMNS), str(path), str(rows)], check=True)
            loop = [sys.executable, "-c", LOOP, str(path)]
            ours = [sys.executable, str(REPOSITORY / "train.py"), "dataset=arrays", f"dataset.path={path}",
                    "training.max_epochs=1", "training.batch_size=4096", "tracking=local"]  # fmt: skip
            peak_of(ours, folder)  # prepares the rows
            for _ in range(rounds):
                measured.setdefault(f"trainyard, {rows:,} rows", []).append(peak_of(ours, folder))
                measured.setdefault(f"loop, {rows:,} rows", []).append(peak_of(loop, folder))
    for side in ("trainyard", "loop"):
        pairs = zip(measured[f"{side}, {LARGE:,} rows"], measured[f"{side}, {SMALL:,} rows"], strict=True)
        measured[f"{side}, growth"] = [large - small for large, small in pairs]
    fixed = zip(measured[f"trainyard, {SMALL:,} rows"], measured[f"loop, {SMALL:,} rows"], strict=True)
    measured["trainyard beyond the loop"] = [ours - loops for ours, loops in fixed]
    measured["bound"] = [FIXED] * rounds
    claims = [
        Claim("fixed part beyond the loop / 400 MiB", "trainyard beyond the loop", "bound", 1.0, cost=True),
        Claim("growth / the loop's", "trainyard, growth", "loop, growth", 1.3, cost=True),
    ]
    return f"Memory of a training, {COLUMNS} columns, in GiB", measured, judge(claims, measured)
