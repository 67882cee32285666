"""The engine beside NumPy's, and its faster ways beside plain ones: one thread, through the training itself."""

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from benchmarks.harness import Claim, Measured, Result, alternate, judge, void
from benchmarks.peers import numpy_loop
from benchmarks.simulated import CLASSES, config, prepared, rows_of
from trainyard.config.schema.run import Config
from trainyard.tracking.journal import Journal
from trainyard.training.checkpoint import Checkpoints
from trainyard.training.fit import fit
from trainyard.training.plan import plan_run

AUTO, PLAIN, NUMPY = "trainyard", "trainyard, precision=32", "NumPy"
PRODUCTS = {"in 32 bits": torch.float32, "in bf16": torch.bfloat16}
SIDE, HIDDEN, BATCH, RATE, EPOCHS = 28, 500, 60, 0.05, 5
ROWS = 72_000  # of which 50,400 train, as many as MNIST's
CPU = torch.device("cpu")


def train(made: Config, device: torch.device = CPU) -> float:
    """Fit as `python train.py` does, with a journal and checkpoints; return the seconds, preparing left out."""
    rows, started = prepared(made), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal.create(Path(folder), kind="run", experiment="bench", name="bench")
        plan = plan_run(made, rows, device)
        checkpoints = Checkpoints(Path(folder), made.training)
        fit(
            plan, checkpoints=checkpoints,
            on_epoch=lambda member, _model, metrics, _best: journal.metrics(metrics, step=member.epoch),
        )  # fmt: skip
        journal.end("FINISHED")
    return time.perf_counter() - started


def run(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure 784-500-10 with minibatches of 60 and plain gradient descent, and what its matrix products alone take."""
    torch.set_num_threads(1)
    overrides = (
        "network=mlp", f"network.hidden=[{HIDDEN}]", "optimizer=sgd", f"optimizer.lr={RATE}", "optimizer.momentum=0",
        "optimizer.nesterov=false", f"training.batch_size={BATCH}", f"training.max_epochs={EPOCHS}",
    )  # fmt: skip
    auto = config(ROWS, SIDE, *overrides)
    plain = config(ROWS, SIDE, *overrides, "accelerator.precision=32")
    parts = rows_of(prepared(auto))
    steps = EPOCHS * -(-len(parts[0][0]) // BATCH)
    sizes = (SIDE**2, HIDDEN, CLASSES)
    sides: dict[str, Callable[[], float | None]] = {
        AUTO: partial(train, auto), PLAIN: partial(train, plain),
        NUMPY: lambda: void(numpy_loop.train(parts, sizes, epochs=EPOCHS, batch_size=BATCH, rate=RATE)),
        **{f"products alone {name}": partial(multiply, steps, dtype) for name, dtype in PRODUCTS.items()},
    }  # fmt: skip
    measured = alternate(sides, rounds)
    claims = [Claim("Trainyard / NumPy", AUTO, NUMPY, 1.8)]
    return f"784-500-10, batches of {BATCH}, {steps:,} steps", measured, judge(claims, measured)


def multiply(steps: int, dtype: torch.dtype) -> None:
    """Do the matrix products of so many steps and nothing else: forward, to the weights, to the hidden units."""
    x, hidden, output = (torch.ones(BATCH, size, dtype=dtype) for size in (SIDE**2, HIDDEN, CLASSES))
    first, second = torch.ones(HIDDEN, SIDE**2, dtype=dtype), torch.ones(CLASSES, HIDDEN, dtype=dtype)
    for _ in range(steps):
        torch.mm(x, first.t())
        torch.mm(hidden, second.t())
        torch.mm(output, second)
        torch.mm(output.t(), hidden)
        torch.mm(hidden.t(), x)


def run_wide(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure 1024-1024-1024-10 with minibatches of 1024."""
    overrides = ("network=mlp", "network.hidden=[1024,1024]", "training.batch_size=1024", "training.max_epochs=2")
    return _beside_plain("Two layers of 1024, batches of 1024", rounds, 2.0, partial(config, 12_000, 32, *overrides))


def run_cnn(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure a convolutional network on color images."""
    overrides = ("network=cnn", "training.batch_size=64", "training.max_epochs=6")
    make = partial(config, 1_500, 32, *overrides, channels=3)
    return _beside_plain("A convolutional network on 32 x 32 x 3, batches of 64", rounds, 2.0, make)


def _beside_plain(
    title: str, rounds: int, bound: float, make: Callable[..., Config]
) -> tuple[str, Measured, list[Result]]:
    torch.set_num_threads(1)
    auto, plain = make(), make("accelerator.precision=32", "accelerator.layout=contiguous")
    measured = alternate({AUTO: partial(train, auto), PLAIN: partial(train, plain)}, rounds)
    claims = [Claim("Trainyard / 32 bits, channels apart", AUTO, PLAIN, bound)]
    return title, measured, judge(claims, measured)
