"""The hand-written trainer is right: what dlcore is compared with must be a fair opponent."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import dlcore
from dlcore.cli.contest import classifier, handwritten_twin
from dlcore.cli.handwritten import HandwrittenTrainer


def float64_step(weights, x, y, learning_rate):
    """Loss and weights after one Adam step, written out in float64."""
    kernels, biases = weights[::2], weights[1::2]
    hidden = [x]
    for kernel, bias in zip(kernels[:-1], biases[:-1], strict=True):
        hidden.append(np.maximum(hidden[-1] @ kernel + bias, 0))
    logits = hidden[-1] @ kernels[-1] + biases[-1]
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y]).sum()
    delta = (p - np.eye(p.shape[1])[y]) / len(y)
    gradients = []
    for h, kernel in zip(reversed(hidden), reversed(kernels), strict=True):
        gradients = [h.T @ delta, delta.sum(0), *gradients]
        delta = (delta @ kernel.T) * (h > 0)
    rate = learning_rate * np.sqrt(1 - 0.999) / (1 - 0.9)
    return loss, [w - rate * 0.1 * g / (np.sqrt(0.001 * g * g) + 1e-7) for w, g in zip(weights, gradients, strict=True)]


@pytest.mark.parametrize("sizes", [(5, 3), (4, 16, 3), (7, 6, 5, 4)])
def test_one_step_against_float64(sizes, rng):
    weights = []
    for i, o in itertools.pairwise(sizes):
        weights += [rng.standard_normal((i, o)) / np.sqrt(i), rng.standard_normal(o)]
    x, y = rng.standard_normal((9, sizes[0])), rng.integers(0, sizes[-1], 9)
    trainer = HandwrittenTrainer(weights, batch_size=16, learning_rate=0.01)
    (loss,) = trainer.fit(x.astype(np.float32), y, epochs=1, rng=None)
    expected_loss, expected = float64_step(weights, x, y, 0.01)
    assert loss == pytest.approx(expected_loss / 9, rel=1e-5)
    parameters = [part for pair in zip(trainer.kernels, trainer.biases, strict=True) for part in pair]
    for got, want in zip(parameters, expected, strict=True):
        np.testing.assert_allclose(got, want, atol=2e-5)


def test_it_trains_as_dlcore_does(rng):
    """The same weights, batches and order: the same losses, an epoch whose last batch is smaller included."""
    x, y = rng.standard_normal((101, 8)).astype(np.float32), rng.integers(0, 3, 101)
    net = classifier((8, 24, 12, 3))
    twin = handwritten_twin(net, batch_size=16)
    losses = net.fit(x, y, batch_size=16, epochs=5, shuffle=False, verbose=0).history["loss"]
    np.testing.assert_allclose(twin.fit(x, y, epochs=5, rng=None), losses, rtol=1e-4)
    np.testing.assert_array_equal(twin.predict(x).argmax(1), net.predict(x, verbose=0).argmax(1))


def test_weights_are_copied(rng):
    net = classifier((4, 5, 2))
    before = net.get_weights()
    twin = handwritten_twin(net, batch_size=4)
    twin.fit(rng.standard_normal((8, 4)).astype(np.float32), np.zeros(8, np.int64), epochs=1, rng=rng)
    for now, then in zip(net.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    assert isinstance(net, dlcore.Sequential)
