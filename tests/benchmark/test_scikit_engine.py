"""The engine of scikit-learn: the given initial weights, plain steps, one a minibatch."""

from pathlib import Path

import numpy as np
import pytest

from trainyard.benchmark.case import arrays, layer_weights
from trainyard.benchmark.scikit_engine import ScikitEngine, opened


@pytest.mark.parametrize("kind", ["linear", "mlp"])
def test_it_begins_at_the_given_weights_in_their_own_precision(laid_out, kind):
    case = laid_out(kind)
    estimator = opened(case, *arrays(case.open_rows(64)))
    weights, biases = layer_weights(Path(case.folder))
    for own, given in zip([*estimator.coefs_, *estimator.intercepts_], [*weights, *biases], strict=True):
        assert own.dtype == np.float32
        np.testing.assert_array_equal(own, given)


def test_a_turn_of_the_gate_is_an_epoch_of_steps(laid_out, gate, monkeypatch):
    case, played = laid_out("mlp"), gate(2)
    steps = []
    update = "sklearn.neural_network._stochastic_optimizers.SGDOptimizer.update_params"
    monkeypatch.setattr(update, lambda self, params, grads: steps.append(len(grads)))
    ScikitEngine().train(case, played)
    assert played.closed == 2
    assert len(steps) == 1 + 2 * case.rows // case.batch_size  # one to have it make its arrays
