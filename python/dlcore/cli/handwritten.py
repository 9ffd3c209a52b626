"""The same training as its users write it in NumPy: what dlcore is compared with.

A dense network with ReLU hidden layers, softmax cross-entropy on integer labels and Adam, in float32, as well as
NumPy lets one write it: every buffer made once, every operation in place, all parameters in one flat array so that
Adam is a dozen calls whatever the depth, and the batch gathered into a buffer of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Float: TypeAlias = NDArray[np.float32]

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7


class HandwrittenTrainer:
    """A network of dense layers and its Adam, in plain NumPy.

    Parameters
    ----------
    weights : sequence of arrays
        Kernel and bias of each layer in turn, as ``Model.get_weights()`` gives them: (inputs, units), (units,), ...
        They are copied.
    batch_size : int
        Rows a step. The last batch of an epoch may be smaller.
    learning_rate : float
        Adam's.
    """

    def __init__(self, weights: Sequence[NDArray[Any]], batch_size: int, learning_rate: float = 1e-3) -> None:
        shapes = [w.shape for w in weights]
        ends = np.cumsum([w.size for w in weights])
        flat = np.concatenate([np.ravel(w) for w in weights]).astype(np.float32)
        self.parameters: Float = flat
        self.gradients, self.momentum, self.velocity, self.scratch = (np.zeros_like(flat) for _ in range(4))
        self.learning_rate = learning_rate
        self.steps = 0

        def views(array: Float) -> list[Float]:
            return [part.reshape(shape) for part, shape in zip(np.split(array, ends[:-1]), shapes, strict=True)]

        params, grads = views(self.parameters), views(self.gradients)
        self.kernels, self.biases = params[::2], params[1::2]
        self.kernel_gradients, self.bias_gradients = grads[::2], grads[1::2]
        units = [kernel.shape[1] for kernel in self.kernels]
        self.inputs: Float = np.zeros((batch_size, self.kernels[0].shape[0]), np.float32)
        self.labels = np.zeros(batch_size, np.int64)
        self.outputs = [np.empty((batch_size, n), np.float32) for n in units]
        self.deltas = [np.empty((batch_size, n), np.float32) for n in units]
        self.masks = [np.empty((batch_size, n), np.bool_) for n in units[:-1]]
        self.row_numbers = np.arange(batch_size)

    def fit(self, x: Float, y: NDArray[np.int64], epochs: int, rng: np.random.Generator | None) -> list[float]:
        """Train for so many epochs of mini-batches.

        Parameters
        ----------
        x : array of float32, (rows, inputs)
            The inputs.
        y : array of int64, (rows,)
            The labels.
        epochs : int
            Passes over the rows.
        rng : numpy.random.Generator, optional
            Shuffles the rows of every epoch; without it they are taken as they lie.

        Returns
        -------
        list of float
            The mean loss of each epoch.
        """
        rows, size = len(x), len(self.inputs)
        losses = []
        for _ in range(epochs):
            order = np.arange(rows) if rng is None else rng.permutation(rows)
            total = 0.0
            for start in range(0, rows, size):
                index = order[start : start + size]
                n = len(index)
                # mode="clip" lets take write straight into the buffer; the indices are in range as it is.
                np.take(x, index, axis=0, out=self.inputs[:n], mode="clip")
                np.take(y, index, axis=0, out=self.labels[:n], mode="clip")
                total += self.step(n)
            losses.append(total / rows)
        return losses

    def step(self, n: int) -> float:
        """Train on the first n rows of ``inputs`` and ``labels``; returns the sum of their losses."""
        logits = self._forward(n)
        labels, rows = self.labels[:n], self.row_numbers[:n]
        delta = self.deltas[-1][:n]
        np.subtract(logits, logits.max(axis=1, keepdims=True), out=delta)
        at_label = delta[rows, labels].sum()
        np.exp(delta, out=delta)
        sums = delta.sum(axis=1, keepdims=True)
        loss = float(np.log(sums).sum() - at_label)
        delta /= sums
        delta[rows, labels] -= 1
        delta *= np.float32(1 / n)
        self._backward(n)
        self._adam()
        return loss

    def predict(self, x: Float) -> Float:
        """The logits of every row, (rows, classes)."""
        for kernel, bias in zip(self.kernels[:-1], self.biases[:-1], strict=True):
            x = np.maximum(x @ kernel + bias, 0)
        result: Float = x @ self.kernels[-1] + self.biases[-1]
        return result

    def _forward(self, n: int) -> Float:
        h = self.inputs[:n]
        last = len(self.kernels) - 1
        for k, (kernel, bias) in enumerate(zip(self.kernels, self.biases, strict=True)):
            y = self.outputs[k][:n]
            np.matmul(h, kernel, out=y)
            y += bias
            if k < last:
                np.maximum(y, 0, out=y)
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
                np.greater(below, 0, out=self.masks[k - 1][:n])
                self.deltas[k - 1][:n] *= self.masks[k - 1][:n]

    def _adam(self) -> None:
        self.steps += 1
        rate = self.learning_rate * np.sqrt(1 - BETA_2**self.steps) / (1 - BETA_1**self.steps)
        g, m, v, s = self.gradients, self.momentum, self.velocity, self.scratch
        m *= np.float32(BETA_1)
        np.multiply(g, np.float32(1 - BETA_1), out=s)
        m += s
        np.multiply(g, g, out=g)
        g *= np.float32(1 - BETA_2)
        v *= np.float32(BETA_2)
        v += g
        np.sqrt(v, out=s)
        s += np.float32(EPSILON)
        np.divide(m, s, out=s)
        s *= np.float32(rate)
        self.parameters -= s
