"""The engine in NumPy alone."""

from pathlib import Path
from typing import Any

import numpy as np

from trainyard.benchmark.case import Case, arrays, checked_minibatches, layer_weights, minibatches
from trainyard.benchmark.gate import Gate
from trainyard.benchmark.numpy_network import NumpyNetwork


class NumpyEngine:
    """Trains the NumPy network; every epoch in an order of its own, gathered a minibatch at a time."""

    def facts(self) -> dict[str, Any]:
        """Return the versions that it rests on."""
        built = np.show_config(mode="dicts")
        blas = built["Build Dependencies"]["blas"]
        return {"versions": {"numpy": f"{np.__version__} ({blas['name']} {blas['version']})"}}

    def check(self, case: Case) -> list[float]:
        """See Engine."""
        x, y = arrays(case.open_rows(case.checked_rows()))
        network = NumpyNetwork(*layer_weights(Path(case.folder)))
        return [network.step(x[index], y[index], case.learning_rate) for index in checked_minibatches(case)]

    def train(self, case: Case, gate: Gate) -> None:
        """See Engine."""
        x, y = arrays(case.open_rows(case.rows))
        network = NumpyNetwork(*layer_weights(Path(case.folder)))
        random = np.random.default_rng(case.seed)
        while gate.open():
            for index in minibatches(random.permutation(len(y)), case.batch_size):
                network.step(x[index], y[index], case.learning_rate)
            gate.close()
