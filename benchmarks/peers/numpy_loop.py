"""The loop of NumPy alone around the hand-written network: shuffled minibatches, validation, the best weights."""

import copy
import itertools
from collections.abc import Sequence

import numpy as np

from trainyard.benchmark.numpy_network import NumpyNetwork

Rows = tuple[np.ndarray, np.ndarray]


def train(parts: Sequence[Rows], sizes: Sequence[int], *, epochs: int, batch_size: int, rate: float) -> float:
    """Train a network of these layer sizes on x and y of the first part, validate on the second; return its best loss.

    Weights begin as torch's linear layers do: uniform in plus and minus 1 / sqrt(inputs).
    """
    rng = np.random.default_rng(0)
    pairs = list(itertools.pairwise(sizes))
    network = NumpyNetwork(
        [rng.uniform(-(inputs**-0.5), inputs**-0.5, (inputs, units)).astype(np.float32) for inputs, units in pairs],
        [rng.uniform(-(inputs**-0.5), inputs**-0.5, units).astype(np.float32) for inputs, units in pairs],
    )
    (x, y), (x_val, y_val) = parts
    best, kept = float("inf"), network
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            index = order[start : start + batch_size]
            network.step(x[index], y[index], rate)
        logits = network.forward(x_val)[-1]
        shifted = logits - logits.max(axis=1, keepdims=True)
        loss = float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y_val)), y_val]))
        if loss < best:
            best, kept = loss, copy.deepcopy(network)
    del kept
    return best
