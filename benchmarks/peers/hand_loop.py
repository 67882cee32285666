"""The loop that a careful person writes by hand: tensors in memory, fused Adam, nothing in between."""

import torch
from torch import nn
from torch.nn import functional

from benchmarks.digits import BATCH, CLASSES, HIDDEN, RATE, arrays


def train(epochs: int, times: int = 1) -> list[tuple[float, float, float, float]]:
    """Train on the rows `times` over, validate each epoch, log four metrics, keep the best weights; return the log."""
    x, y, x_val, y_val = (torch.from_numpy(array) for array in arrays(times))
    network = nn.Sequential(nn.Linear(x.shape[1], HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES))
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE, fused=True)
    best, log = float("inf"), []
    for _ in range(epochs):
        network.train()
        total = torch.zeros(())
        for index in torch.randperm(len(x)).split(BATCH):
            loss = functional.cross_entropy(network(x[index]), y[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(index)
        network.eval()
        with torch.no_grad():
            output = network(x_val)
            validation = functional.cross_entropy(output, y_val).item()
            predicted = output.argmax(1)
            accuracy = (predicted == y_val).float().mean().item()
            confusion = torch.bincount(y_val * CLASSES + predicted, minlength=CLASSES**2).view(CLASSES, CLASSES)
            sizes = (confusion.sum(0) + confusion.sum(1)).clamp_min(1)
            f1 = (2 * confusion.diagonal() / sizes).mean().item()
        log.append((total.item() / len(x), validation, accuracy, f1))
        if validation < best:
            best = validation
            best_weights = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    network.load_state_dict(best_weights)
    return log


def train_bare(epochs: int, times: int = 1) -> None:
    """Train and nothing else: no validation, no log, no best weights."""
    x, y, *_ = (torch.from_numpy(array) for array in arrays(times))
    network = nn.Sequential(nn.Linear(x.shape[1], HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES))
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE, fused=True)
    for _ in range(epochs):
        for index in torch.randperm(len(x)).split(BATCH):
            loss = functional.cross_entropy(network(x[index]), y[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
