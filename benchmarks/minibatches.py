"""Minibatches: rows a second, against DataLoader(TensorDataset), in memory and from a memory-mapped cache."""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, TensorDataset

from benchmarks.digits import BATCH, prepared
from benchmarks.harness import Claim, Measured, Result, alternate, judge
from trainyard.data.minibatches import Minibatches
from trainyard.data.pixels import pixel_scale
from trainyard.data.prepared import Part
from trainyard.data.rows import Rows

ROWS, COLUMNS, READ = 1_000_000, 64, 200  # READ minibatches of the large table are read a round
EPOCHS = 100  # of the digits
CPU = torch.device("cpu")
CLAIMS = [
    Claim("minibatches in memory (digits) / DataLoader", "digits in memory", "digits, DataLoader(TensorDataset)", 40),
    Claim("minibatches from the map (1M x 64) / DataLoader", "1M x 64 mapped", "1M x 64, DataLoader over the map", 15),
]


class Mapped(Dataset[tuple[torch.Tensor, int]]):
    """A memory-mapped array as a Dataset in the usual style: one row at a time."""

    def __init__(self, x: np.ndarray, y: np.ndarray):
        self.x, self.y = x, y

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, row: int) -> tuple[torch.Tensor, int]:
        return torch.from_numpy(np.array(self.x[row])), self.y[row]


def run(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure whole shuffled epochs of the digits, and minibatches of a table of a million rows.

    The large table's order is drawn outside of the clock for both; its in-memory rows are told without a promise, as
    they are bound by the memory's latency.
    """
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        x, y = _mapped(Path(folder) / "x.npy")
        large = Part(x=x, codes=np.zeros((ROWS, 0), np.int32), y=y, weight=None, rows=np.arange(ROWS))
        digits = Rows(prepared().train, CPU, (1, 8, 8), scale=pixel_scale(prepared().preprocessing))
        in_memory = TensorDataset(torch.from_numpy(np.array(x)), torch.from_numpy(y))
        tensors = TensorDataset(digits.x, digits.y)
        sides = {
            "digits in memory": _epochs(Minibatches(digits, BATCH, seed=0)),
            "digits, DataLoader(TensorDataset)": _loader_epochs(DataLoader(tensors, BATCH, shuffle=True)),
            "1M x 64 in memory": _first(Minibatches(Rows(large, CPU), BATCH, seed=0)),
            "1M x 64, DataLoader(TensorDataset)": _loader_first(in_memory),
            "1M x 64 mapped": _first(Minibatches(Rows(large, CPU, resident=False), BATCH, seed=0)),
            "1M x 64, DataLoader over the map": _loader_first(Mapped(x, y)),
        }
        measured = alternate(sides, rounds)
    title = f"Minibatches of {BATCH}: {EPOCHS} epochs of digits, {READ} minibatches of {ROWS:,} x {COLUMNS}"
    return title, measured, judge(CLAIMS, measured)


def _mapped(path: Path) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    np.save(path, rng.normal(size=(ROWS, COLUMNS)).astype(np.float32))
    return np.load(path, mmap_mode="r"), rng.integers(0, 10, ROWS)


def _epochs(minibatches: Minibatches) -> Callable[[], None]:
    return lambda: [_take(minibatches.read(epoch)) for epoch in range(EPOCHS)] and None


def _loader_epochs(loader: Iterable[object]) -> Callable[[], None]:
    return lambda: [_take(loader) for _ in range(EPOCHS)] and None


def _first(minibatches: Minibatches) -> Callable[[], None]:
    minibatches.order(0)
    return lambda: _take(minibatches.read(0, 0, READ))


def _loader_first(dataset: Dataset[object]) -> Callable[[], None]:
    order = torch.randperm(ROWS, generator=torch.Generator().manual_seed(0)).tolist()[: READ * BATCH]
    return lambda: _take(DataLoader(dataset, BATCH, sampler=order))


def _take(minibatches: Iterable[object]) -> None:
    for _ in minibatches:
        pass
