"""The NumPy network: its gradients and steps are those of autograd and of SGD."""

import itertools

import numpy as np
import pytest
import torch

from trainyard.benchmark.numpy_network import NumpyNetwork


@pytest.mark.parametrize("sizes", [(5, 3), (6, 4, 3), (6, 5, 4, 3)])
def test_gradients_and_steps_are_those_of_torch(sizes):
    draws = np.random.default_rng(0)
    shapes = list(itertools.pairwise(sizes))
    weights = [draws.normal(size=shape).astype(np.float32) for shape in shapes]
    biases = [draws.normal(size=shape[1]).astype(np.float32) for shape in shapes]
    inputs = draws.normal(size=(7, sizes[0])).astype(np.float32)
    labels = draws.integers(0, 3, size=7)
    parameters = [torch.tensor(array, requires_grad=True) for array in weights + biases]
    optimizer = torch.optim.SGD(parameters, lr=0.1)
    network = NumpyNetwork(weights, biases)
    for _ in range(3):
        values = torch.from_numpy(inputs)
        for layer in range(len(shapes)):
            values = (values.relu() if layer else values) @ parameters[layer] + parameters[len(shapes) + layer]
        expected = torch.nn.functional.cross_entropy(values, torch.from_numpy(labels))
        optimizer.zero_grad()
        expected.backward()
        loss, of_weights, of_biases = network.gradients(inputs, labels)
        assert loss == pytest.approx(expected.item(), rel=1e-5)
        for gradient, parameter in zip(of_weights + of_biases, parameters, strict=True):
            np.testing.assert_allclose(gradient, parameter.grad.numpy(), rtol=1e-4, atol=1e-6)
        optimizer.step()
        network.step(inputs, labels, 0.1)
    for array, parameter in zip(network.weights + network.biases, parameters, strict=True):
        np.testing.assert_allclose(array, parameter.detach().numpy(), rtol=1e-4, atol=1e-6)
