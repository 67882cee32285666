"""A multilayer perceptron in NumPy alone, with hand-written forward, backward and update, which others are held to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass
class NumpyNetwork:
    """Weights [inputs, outputs] and biases [outputs] of each layer, float32; rectified linear units between layers.

    One layer is logistic regression. The loss is the mean cross-entropy of the softmax, in nats.
    """

    weights: list[Floats]
    biases: list[Floats]

    def forward(self, inputs: Floats) -> list[Floats]:
        """Return the inputs of each layer and, last, the logits, each [rows, units]."""
        values = [inputs]
        last = len(self.weights) - 1
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            output = values[-1] @ weight
            output += bias
            if layer < last:
                np.maximum(output, 0, out=output)
            values.append(output)
        return values

    def gradients(self, inputs: Floats, labels: NDArray[np.int64]) -> tuple[float, list[Floats], list[Floats]]:
        """Return the loss of a minibatch and its gradients with respect to the weights and the biases."""
        *values, logits = self.forward(inputs)
        rows = np.arange(len(labels))
        shifted = logits - logits.max(axis=1, keepdims=True)
        delta = np.exp(shifted)
        totals = delta.sum(axis=1, keepdims=True)
        loss = float(np.mean(np.log(totals[:, 0]) - shifted[rows, labels]))
        delta /= totals
        delta[rows, labels] -= 1
        delta /= np.float32(len(labels))
        of_weights: list[Floats] = []
        of_biases: list[Floats] = []
        for layer in reversed(range(len(self.weights))):
            of_weights.append(values[layer].T @ delta)
            of_biases.append(delta.sum(axis=0))
            if layer:
                delta = delta @ self.weights[layer].T
                delta *= values[layer] > 0
        return loss, of_weights[::-1], of_biases[::-1]

    def step(self, inputs: Floats, labels: NDArray[np.int64], learning_rate: float) -> float:
        """Descend once along the gradient of a minibatch, in place; return the loss before the step."""
        loss, of_weights, of_biases = self.gradients(inputs, labels)
        for parameter, gradient in zip(self.weights + self.biases, of_weights + of_biases, strict=True):
            gradient *= np.float32(learning_rate)
            parameter -= gradient
        return loss
