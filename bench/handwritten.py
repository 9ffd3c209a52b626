"""The kernels as their users write them in NumPy: in place, into buffers made once, in the dtype of their input.

Each factory makes its buffers and returns a function without arguments that works on the arrays it was given.
(The whole training step is dlcore.cli.handwritten, which ``dlcore demo`` and ``dlcore bench`` time as well.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Call = Callable[[], object]


# --- activations: in place ----------------------------------------------------------------------------------------


def linear(y: Array) -> None:
    pass


def relu(y: Array) -> None:
    np.maximum(y, 0, out=y)


def sigmoid(y: Array) -> None:
    np.negative(y, out=y)
    np.exp(y, out=y)
    y += 1
    np.reciprocal(y, out=y)


def tanh(y: Array) -> None:
    np.tanh(y, out=y)


def silu(y: Array) -> None:
    s = y.copy()
    sigmoid(s)
    y *= s


def softplus(y: Array) -> None:
    np.logaddexp(y, 0, out=y)


def elu(y: Array) -> None:
    low = np.minimum(y, 0)
    np.expm1(low, out=low)
    np.maximum(y, 0, out=y)
    y += low


def softmax(y: Array) -> None:
    y -= y.max(axis=1, keepdims=True)
    np.exp(y, out=y)
    y /= y.sum(axis=1, keepdims=True)


ACTIVATIONS = {f.__name__: f for f in (linear, relu, sigmoid, tanh, silu, softplus, elu, softmax)}

#: dz = dy · activation', from the output y, in place of dy.
DERIVATIVES: dict[str, Callable[[Array, Array], object]] = {
    "linear": lambda dy, y: None,
    "relu": lambda dy, y: np.multiply(dy, y > 0, out=dy),
    "sigmoid": lambda dy, y: np.multiply(dy, y * (1 - y), out=dy),
    "tanh": lambda dy, y: np.multiply(dy, 1 - y * y, out=dy),
}


def dense_forward(x: Array, w: Array, b: Array, activation: str, out: Array) -> Call:
    act = ACTIVATIONS[activation]

    def run() -> None:
        np.matmul(x, w, out=out)
        np.add(out, b, out=out)
        act(out)

    return run


def dense_backward(dy: Array, x: Array, w: Array, y: Array, activation: str, dx: Array, dw: Array, db: Array) -> Call:
    derivative, dz = DERIVATIVES[activation], np.empty_like(dy)

    def run() -> None:
        np.copyto(dz, dy)
        derivative(dz, y)
        np.matmul(x.T, dz, out=dw)
        np.add.reduce(dz, axis=0, out=db)
        np.matmul(dz, w.T, out=dx)

    return run


# --- losses: the mean over the rows, and its gradient into `grad` -----------------------------------------------


def mean_squared_error(t: Array, p: Array, grad: Array) -> float:
    np.subtract(p, t, out=grad)
    value = np.vdot(grad, grad) / p.size
    np.multiply(grad, 2 / p.size, out=grad)
    return value


def mean_absolute_error(t: Array, p: Array, grad: Array) -> float:
    np.subtract(p, t, out=grad)
    value = np.abs(grad).sum() / p.size
    np.sign(grad, out=grad)
    np.multiply(grad, 1 / p.size, out=grad)
    return value


def huber(t: Array, p: Array, grad: Array) -> float:
    error = p - t
    np.clip(error, -1, 1, out=grad)
    error -= 0.5 * grad
    value = np.vdot(error, grad) / p.size
    np.multiply(grad, 1 / p.size, out=grad)
    return value


def binary_crossentropy_logits(t: Array, z: Array, grad: Array) -> float:
    e = np.abs(z)
    np.negative(e, out=e)
    np.exp(e, out=e)
    value = (np.maximum(z, 0) - z * t + np.log1p(e)).sum() / z.size
    np.copyto(grad, np.where(z >= 0, 1, e))
    e += 1
    np.divide(grad, e, out=grad)
    np.subtract(grad, t, out=grad)
    np.multiply(grad, 1 / z.size, out=grad)
    return value


def _log_softmax(z: Array, out: Array) -> None:
    np.subtract(z, z.max(axis=1, keepdims=True), out=out)
    np.subtract(out, np.log(np.exp(out).sum(axis=1, keepdims=True)), out=out)


def categorical_crossentropy_logits(t: Array, z: Array, grad: Array) -> float:
    _log_softmax(z, grad)
    value = -np.vdot(t, grad) / len(z)
    np.exp(grad, out=grad)
    np.subtract(grad, t, out=grad)
    np.multiply(grad, 1 / len(z), out=grad)
    return value


def sparse_categorical_crossentropy_logits(labels: Array, z: Array, grad: Array) -> float:
    _log_softmax(z, grad)
    rows = np.arange(len(z))
    value = -grad[rows, labels].sum() / len(z)
    np.exp(grad, out=grad)
    grad[rows, labels] -= 1
    np.multiply(grad, 1 / len(z), out=grad)
    return value


LOSSES = {
    f.__name__: f
    for f in (
        mean_squared_error,
        mean_absolute_error,
        huber,
        binary_crossentropy_logits,
        categorical_crossentropy_logits,
        sparse_categorical_crossentropy_logits,
    )
}


# --- optimizers: one step in place, with Keras's formulas -----------------------------------------------------------


def sgd(p: Array, g: Array) -> Call:
    s = np.empty_like(p)

    def run() -> None:
        np.multiply(g, 0.01, out=s)
        np.subtract(p, s, out=p)

    return run


def momentum(p: Array, g: Array, m: Array) -> Call:
    s = np.empty_like(p)

    def run() -> None:
        np.multiply(m, 0.9, out=m)
        np.multiply(g, 0.01, out=s)
        np.subtract(m, s, out=m)
        np.add(p, m, out=p)

    return run


def adagrad(p: Array, g: Array, a: Array) -> Call:
    s = np.empty_like(p)

    def run() -> None:
        np.multiply(g, g, out=s)
        np.add(a, s, out=a)
        np.add(a, 1e-7, out=s)
        np.sqrt(s, out=s)
        np.divide(g, s, out=s)
        np.multiply(s, 0.01, out=s)
        np.subtract(p, s, out=p)

    return run


def rmsprop(p: Array, g: Array, v: Array) -> Call:
    s = np.empty_like(p)

    def run() -> None:
        np.multiply(v, 0.9, out=v)
        np.multiply(g, g, out=s)
        np.multiply(s, 0.1, out=s)
        np.add(v, s, out=v)
        np.add(v, 1e-7, out=s)
        np.sqrt(s, out=s)
        np.divide(g, s, out=s)
        np.multiply(s, 0.01, out=s)
        np.subtract(p, s, out=p)

    return run


def adam(p: Array, g: Array, m: Array, v: Array) -> Call:
    s = np.empty_like(p)
    steps = [0]

    def run() -> None:
        steps[0] += 1
        rate = 0.01 * (1 - 0.999 ** steps[0]) ** 0.5 / (1 - 0.9 ** steps[0])
        np.subtract(g, m, out=s)
        np.multiply(s, 0.1, out=s)
        np.add(m, s, out=m)
        np.multiply(g, g, out=s)
        np.subtract(s, v, out=s)
        np.multiply(s, 0.001, out=s)
        np.add(v, s, out=v)
        np.sqrt(v, out=s)
        np.add(s, 1e-7, out=s)
        np.divide(m, s, out=s)
        np.multiply(s, rate, out=s)
        np.subtract(p, s, out=p)

    return run


UPDATES: dict[str, Callable[..., Call]] = {f.__name__: f for f in (sgd, momentum, adagrad, rmsprop, adam)}
