"""The hand-written trainer for other activations, losses and optimizers, in the same manner: in place, all at once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from bench.grid.rows import Net

from dlcore.cli.handwritten import BETA_1, HandwrittenTrainer

ROOT = np.float32(1 / math.sqrt(2 * math.pi))


class NetTrainer(HandwrittenTrainer):
    """:class:`dlcore.cli.handwritten.HandwrittenTrainer` for any :class:`bench.grid.rows.Net`."""

    def __init__(self, net: Net, weights: Any, rate: float) -> None:
        super().__init__(weights, net.batch_size, rate)
        self.net = net
        self.slopes = [np.empty_like(y) for y in self.outputs[:-1]]
        if net.loss == "mse":
            self.labels = np.empty_like(self.outputs[-1])

    def step(self, n: int) -> float:
        """Train on the first n rows; returns the sum of their losses."""
        if self.net.loss == "crossentropy":
            return super().step(n)
        delta = self.deltas[-1][:n]
        np.subtract(self._forward(n), self.labels[:n], out=delta)
        loss = float(np.vdot(delta, delta)) / delta.shape[1]
        delta *= np.float32(2 / delta.size)
        self._backward(n)
        self._adam()
        return loss

    def _forward(self, n: int) -> Any:
        h, last = self.inputs[:n], len(self.kernels) - 1
        for k, (kernel, bias) in enumerate(zip(self.kernels, self.biases, strict=True)):
            y = self.outputs[k][:n]
            np.matmul(h, kernel, out=y)
            y += bias
            if k < last:
                ACTIVATIONS[self.net.activation](y, self.slopes[k][:n])
            h = y
        return h

    def _backward(self, n: int) -> None:
        for k in range(len(self.kernels) - 1, -1, -1):
            delta = self.deltas[k][:n]
            below = self.outputs[k - 1][:n] if k else self.inputs[:n]
            np.matmul(below.T, delta, out=self.kernel_gradients[k])
            np.add.reduce(delta, axis=0, out=self.bias_gradients[k])
            if k:
                np.matmul(delta, self.kernels[k].T, out=self.deltas[k - 1][:n])
                self.deltas[k - 1][:n] *= self.slopes[k - 1][:n]

    def _adam(self) -> None:
        if self.net.optimizer == "adam":
            super()._adam()
            return
        self.gradients *= np.float32(self.learning_rate)
        self.momentum *= np.float32(BETA_1)
        self.momentum -= self.gradients
        self.parameters += self.momentum


# --- Activations, in place, and their slopes ---


def relu(y: Any, slope: Any) -> None:
    np.maximum(y, 0, out=y)
    np.greater(y, 0, out=slope, casting="unsafe")


def tanh(y: Any, slope: Any) -> None:
    np.tanh(y, out=y)
    np.multiply(y, y, out=slope)
    np.subtract(1, slope, out=slope)


def sigmoid(y: Any, slope: Any) -> None:
    np.negative(y, out=y)
    np.exp(y, out=y)
    y += 1
    np.reciprocal(y, out=y)
    np.multiply(y, y, out=slope)
    np.subtract(y, slope, out=slope)


def gelu(y: Any, slope: Any) -> None:
    from scipy.special import ndtr

    normal = ndtr(y)
    np.multiply(y, y, out=slope)
    slope *= np.float32(-0.5)
    np.exp(slope, out=slope)
    slope *= ROOT
    slope *= y
    slope += normal
    y *= normal


ACTIVATIONS = {function.__name__: function for function in (relu, tanh, sigmoid, gelu)}
