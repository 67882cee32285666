"""The engine on a GPU: captured steps beside uncaptured ones, a bare captured loop, and NumPy on the CPU."""

from collections.abc import Callable
from functools import partial

import torch
from torch import nn
from torch.nn import functional

from benchmarks.engine import BATCH, EPOCHS, HIDDEN, RATE, SIDE, train
from benchmarks.harness import Claim, Measured, Result, alternate, judge, void
from benchmarks.peers import numpy_loop
from benchmarks.simulated import CLASSES, config, prepared, rows_of
from trainyard.config.schema.run import Config
from trainyard.training import graph_stepper

OURS, UNCAPTURED, BARE, NUMPY = "trainyard", "trainyard, nothing captured", "bare captured loop", "NumPy on the CPU"
CLAIMS = [
    Claim("Trainyard / NumPy on the CPU", OURS, NUMPY, 11.0),
    Claim("Trainyard / nothing captured", OURS, UNCAPTURED, 4.0),
    Claim("Trainyard / bare captured loop", OURS, BARE, 0.95),
]


def run(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure 784-500-10 with minibatches of 60 and plain gradient descent; nothing where there is no GPU."""
    title = f"784-500-10 on a GPU, batches of {BATCH}"
    if not torch.cuda.is_available():
        return f"{title}: no GPU here", {}, []
    made = config(
        12_000, SIDE, "accelerator=gpu", "network=mlp", f"network.hidden=[{HIDDEN}]", "optimizer=sgd",
        f"optimizer.lr={RATE}", "optimizer.momentum=0", "optimizer.nesterov=false", f"training.batch_size={BATCH}",
        f"training.max_epochs={EPOCHS}",
    )  # fmt: skip
    parts = rows_of(prepared(made))
    sides: dict[str, Callable[[], float | None]] = {
        OURS: partial(train, made, torch.device("cuda", 0)), UNCAPTURED: partial(train_uncaptured, made),
        BARE: partial(train_bare, *parts[0]),
        NUMPY: lambda: void(
            numpy_loop.train(parts, (SIDE**2, HIDDEN, CLASSES), epochs=EPOCHS, batch_size=BATCH, rate=RATE)
        ),
    }  # fmt: skip
    measured = alternate(sides, rounds)
    return title, measured, judge(CLAIMS, measured)


def train_uncaptured(made: Config) -> float:
    """Fit with the same stepper, which captures nothing."""
    capture = graph_stepper.capture
    graph_stepper.capture = lambda *_: None  # type: ignore[assignment]
    try:
        return train(made, torch.device("cuda", 0))
    finally:
        graph_stepper.capture = capture


def train_bare(x: object, y: object) -> None:
    """Train by one captured step on rows that lie on the GPU, and do nothing else."""
    rows, labels = torch.as_tensor(x, device="cuda"), torch.as_tensor(y, device="cuda")
    network = nn.Sequential(nn.Linear(SIDE**2, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES)).cuda()
    optimizer = torch.optim.SGD(network.parameters(), lr=RATE, fused=True)
    place, label = rows[:BATCH].clone(), labels[:BATCH].clone()

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        functional.cross_entropy(network(place), label).backward()
        optimizer.step()

    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    for _ in range(EPOCHS):
        for index in torch.randperm(len(rows), device="cuda").split(BATCH):
            if len(index) == BATCH:
                torch.index_select(rows, 0, index, out=place)
                torch.index_select(labels, 0, index, out=label)
                graph.replay()
    torch.cuda.synchronize()
