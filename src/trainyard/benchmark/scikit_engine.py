"""The engine of scikit-learn: MLPClassifier by plain gradient descent, without hidden layers where it is linear."""

from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from trainyard.benchmark.case import Case, Floats, Numbers, arrays, checked_minibatches, layer_weights
from trainyard.benchmark.gate import Gate


class ScikitEngine:
    """Trains an MLPClassifier by partial_fit: cross-entropy, no momentum, no penalty, the given batch size."""

    def facts(self) -> dict[str, Any]:
        """Return the versions that it rests on."""
        return {"versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__}}

    def check(self, case: Case) -> list[float]:
        """See Engine. A call of partial_fit with the rows of one minibatch is one step."""
        x, y = arrays(case.open_rows(case.checked_rows()))
        estimator = opened(case, x, y)
        return [float(estimator.partial_fit(x[index], y[index]).loss_) for index in checked_minibatches(case)]

    def train(self, case: Case, gate: Gate) -> None:
        """See Engine. A call of partial_fit with all rows is an epoch in an order of its own."""
        x, y = arrays(case.open_rows(case.rows))
        estimator = opened(case, x, y)
        estimator.set_params(shuffle=True)
        while gate.open():
            estimator.partial_fit(x, y)
            gate.close()


def opened(case: Case, x: Floats, y: Numbers) -> MLPClassifier:
    """Return the estimator with the initial weights of all engines.

    It makes its own at its first step; they are overwritten in place, and without momentum nothing of that step is
    left. Its solver and loss are as they always are.
    """
    weights, biases = layer_weights(Path(case.folder))
    estimator = MLPClassifier(
        hidden_layer_sizes=[weight.shape[1] for weight in weights[:-1]], activation="relu", solver="sgd", alpha=0.0,
        batch_size=case.batch_size, learning_rate="constant", learning_rate_init=case.learning_rate, momentum=0.0,
        nesterovs_momentum=False, shuffle=False, random_state=0,
    )  # fmt: skip
    few = min(len(y), case.batch_size)
    estimator.partial_fit(x[:few], y[:few], classes=np.arange(weights[-1].shape[1]))
    for own, given in zip([*estimator.coefs_, *estimator.intercepts_], [*weights, *biases], strict=True):
        own[...] = given
    return estimator
