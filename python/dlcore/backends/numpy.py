"""The oracle: every kernel in plain NumPy, as short as the mathematics allows.

Deterministic for a given NumPy and BLAS. Nothing here is tuned; temporaries are made freely.
"""

# ruff: noqa: ARG001, ARG002, ARG005, D102 - functions of a table share one signature; the contract has the docs.

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

import numpy as np

from dlcore.backends import contract, philox, special
from dlcore.backends.contract import EPSILON, Array, Backend, Engine, Hyper, NetworkSpec

P = ParamSpec("P")
R = TypeVar("R")


def load() -> Backend:
    """The backend. NumPy is always there, so this never fails."""
    return Numpy()


def _quiet(function: Callable[P, R]) -> Callable[P, R]:
    """Overflow, division by zero and NaN give their IEEE values without a warning, as in the compiled core."""

    @functools.wraps(function)
    def silent(*args: P.args, **kwargs: P.kwargs) -> R:
        with np.errstate(all="ignore"):
            return function(*args, **kwargs)

    return silent


# --- Activations: name -> function of (z, alpha), and name -> dz from (dy, z, y, alpha) ---


def _sigmoid(z: Array) -> Any:
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def _softplus(z: Array) -> Any:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def _log_softmax(z: Array) -> Any:
    shifted = z - z.max(axis=1, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _softmax(z: Array) -> Any:
    e = np.exp(z - z.max(axis=1, keepdims=True, initial=-np.inf))
    return e / e.sum(axis=1, keepdims=True)


def _row_sum(values: Array) -> Any:
    return values.sum(axis=1, keepdims=True)


def _silu_slope(z: Array) -> Any:
    s = _sigmoid(z)
    return s * (1 + z * (1 - s))


FORWARD: dict[str, Callable[[Array, Any], Array]] = {
    "linear": lambda z, alpha: z,
    "relu": lambda z, alpha: np.maximum(z, 0),
    "leaky_relu": lambda z, alpha: np.where(z > 0, z, alpha * z),
    "sigmoid": lambda z, alpha: _sigmoid(z),
    "tanh": lambda z, alpha: np.tanh(z),
    "softplus": lambda z, alpha: _softplus(z),
    "elu": lambda z, alpha: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))),
    "gelu": lambda z, alpha: special.gelu(z),
    "silu": lambda z, alpha: z * _sigmoid(z),
    "softmax": lambda z, alpha: _softmax(z),
    "log_softmax": lambda z, alpha: _log_softmax(z),
}

BACKWARD: dict[str, Callable[[Array, Any, Array, Any], Array]] = {
    "linear": lambda dy, z, y, alpha: dy,
    "relu": lambda dy, z, y, alpha: np.where(y > 0, dy, 0),
    "leaky_relu": lambda dy, z, y, alpha: np.where(z > 0, dy, alpha * dy),
    "sigmoid": lambda dy, z, y, alpha: dy * (y * (1 - y)),
    "tanh": lambda dy, z, y, alpha: dy * ((1 - y) * (1 + y)),
    "softplus": lambda dy, z, y, alpha: dy * _sigmoid(z),
    "elu": lambda dy, z, y, alpha: np.where(z > 0, dy, dy * (alpha * np.exp(np.minimum(z, 0)))),
    "gelu": lambda dy, z, y, alpha: dy * special.gelu_slope(z),
    "silu": lambda dy, z, y, alpha: dy * _silu_slope(z),
    "softmax": lambda dy, z, y, alpha: y * (dy - _row_sum(dy * y)),
    "log_softmax": lambda dy, z, y, alpha: dy - np.exp(y) * _row_sum(dy),
}


# --- Losses: name -> (loss of each row, its gradient) from (targets, prediction, parameter) ---


def _one_hot(labels: Array, like: Array) -> Array:
    t = np.zeros_like(like)
    t[np.arange(len(labels)), labels] = 1
    return t


def _columns(pred: Array) -> int:
    return max(len(pred.T), 1)


def _smooth(t: Array, smoothing: Any, target: float) -> Array:
    return t * (1 - smoothing) + smoothing * t.dtype.type(target) if smoothing else t


def _clip(p: Array) -> tuple[Array, Array]:
    """The probabilities within [EPSILON, 1 - EPSILON], and where the clip lets a gradient through."""
    low, high = p.dtype.type(EPSILON), p.dtype.type(1 - EPSILON)
    return np.clip(p, low, high), (p >= low) & (p <= high)


def _categorical(t: Array, pred: Array, smoothing: Any) -> tuple[Array, Array]:
    total = _row_sum(pred)
    q = pred / total
    p, inside = _clip(q)
    t = _smooth(t, smoothing, 1 / _columns(pred))
    dq = np.where(inside, -t / p, 0)
    return -(t * np.log(p)).sum(axis=1), (dq - _row_sum(dq * q)) / total


def _categorical_logits(t: Array, pred: Array, smoothing: Any) -> tuple[Array, Array]:
    log_p = _log_softmax(pred)
    t = _smooth(t, smoothing, 1 / _columns(pred))
    # A target of 0 contributes 0 even where the logit is -inf.
    return -np.where(t == 0, 0, t * log_p).sum(axis=1), np.exp(log_p) * _row_sum(t) - t


def _binary(t: Array, pred: Array, smoothing: Any) -> tuple[Array, Array]:
    p, inside = _clip(pred)
    t = _smooth(t, smoothing, 0.5)
    loss = -(t * np.log(p) + (1 - t) * np.log(1 - p))
    return loss.sum(axis=1) / _columns(pred), np.where(inside, (p - t) / (p * (1 - p)), 0) / _columns(pred)


def _binary_logits(t: Array, pred: Array, smoothing: Any) -> tuple[Array, Array]:
    t = _smooth(t, smoothing, 0.5)
    loss = np.maximum(pred, 0) - pred * t + np.log1p(np.exp(-np.abs(pred)))
    return loss.sum(axis=1) / _columns(pred), (_sigmoid(pred) - t) / _columns(pred)


def _absolute(t: Array, pred: Array, parameter: Any) -> tuple[Array, Array]:
    d = pred - t
    return np.abs(d).sum(axis=1) / _columns(pred), np.sign(d) / _columns(pred)


def _squared(t: Array, pred: Array, parameter: Any) -> tuple[Array, Array]:
    d = pred - t
    return (d * d).sum(axis=1) / _columns(pred), 2 * d / _columns(pred)


def _huber(t: Array, pred: Array, delta: Any) -> tuple[Array, Array]:
    d = pred - t
    a = np.abs(d)
    loss = np.where(a <= delta, 0.5 * d * d, delta * a - 0.5 * delta * delta)
    return loss.sum(axis=1) / _columns(pred), np.clip(d, -delta, delta) / _columns(pred)


def _smooth_l1(t: Array, pred: Array, beta: Any) -> tuple[Array, Array]:
    d = pred - t
    a = np.abs(d)
    loss = np.where(a < beta, 0.5 * d * d / beta, a - 0.5 * beta)
    return loss.sum(axis=1) / _columns(pred), np.where(a < beta, d / beta, np.sign(d)) / _columns(pred)


LOSSES: dict[str, Callable[[Array, Array, Any], tuple[Array, Array]]] = {
    "categorical_crossentropy": _categorical,
    "categorical_crossentropy_logits": _categorical_logits,
    "sparse_categorical_crossentropy": lambda y, pred, parameter: _categorical(_one_hot(y, pred), pred, 0),
    "sparse_categorical_crossentropy_logits": lambda y, pred, parameter: _categorical_logits(
        _one_hot(y, pred), pred, 0
    ),
    "binary_crossentropy": _binary,
    "binary_crossentropy_logits": _binary_logits,
    "mean_absolute_error": _absolute,
    "mean_squared_error": _squared,
    "huber": _huber,
    "smooth_l1": _smooth_l1,
}


# --- Metrics: name -> value of each row from (targets, prediction, parameter) ---


def _first_largest(values: Array) -> Array:
    return values.argmax(axis=1) if values.shape[1] else np.zeros(len(values), np.int64)


METRICS: dict[str, Callable[[Array, Array, Any], Array]] = {
    "categorical_accuracy": lambda t, pred, parameter: _first_largest(t) == _first_largest(pred),
    "sparse_categorical_accuracy": lambda y, pred, parameter: y == _first_largest(pred),
    "binary_accuracy": lambda t, pred, threshold: ((pred > threshold) == t).sum(axis=1) / _columns(pred),
    "mean_absolute_error": lambda t, pred, parameter: np.abs(pred - t).sum(axis=1) / _columns(pred),
    "mean_squared_error": lambda t, pred, parameter: np.square(pred - t).sum(axis=1) / _columns(pred),
}


# --- Updates: name -> step of (p, g, slots, hyper) in place ---


def _sgd(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    p -= p.dtype.type(hyper.learning_rate) * g


def _momentum(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    (m,) = slots
    m[...] = p.dtype.type(hyper.momentum) * m - p.dtype.type(hyper.learning_rate) * g
    p += m


def _nesterov(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    (m,) = slots
    momentum, step = p.dtype.type(hyper.momentum), p.dtype.type(hyper.learning_rate) * g
    m[...] = momentum * m - step
    p += momentum * m - step


def _adagrad(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    (accumulator,) = slots
    accumulator += g * g
    p -= p.dtype.type(hyper.learning_rate) * g / np.sqrt(accumulator + p.dtype.type(hyper.epsilon))


def _rmsprop(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper, centered: bool, momentum: bool) -> None:
    kind = p.dtype.type
    v = slots[0]
    v[...] = kind(hyper.rho) * v + kind(1 - hyper.rho) * (g * g)
    denominator = v + kind(hyper.epsilon)
    if centered:
        average = slots[1]
        average[...] = kind(hyper.rho) * average + kind(1 - hyper.rho) * g
        denominator -= average * average
    increment = kind(hyper.learning_rate) * g / np.sqrt(denominator)
    if momentum:
        m = slots[-1]
        m[...] = kind(hyper.momentum) * m + increment
        increment = m
    p -= increment


def _adam(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    kind = p.dtype.type
    m, v = slots[0], slots[1]
    m += (g - m) * kind(1 - hyper.beta_1)
    v += (g * g - v) * kind(1 - hyper.beta_2)
    if len(slots) == 3:  # amsgrad
        v = np.maximum(slots[2], v, out=slots[2])
    p -= m * kind(contract.adam_step_size(hyper, p.dtype)) / (np.sqrt(v) + kind(hyper.epsilon))


UPDATES: dict[str, Callable[[Array, Array, Sequence[Array], Hyper], None]] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": functools.partial(_rmsprop, centered=False, momentum=False),
    "rmsprop_momentum": functools.partial(_rmsprop, centered=False, momentum=True),
    "rmsprop_centered": functools.partial(_rmsprop, centered=True, momentum=False),
    "rmsprop_centered_momentum": functools.partial(_rmsprop, centered=True, momentum=True),
    "adam": _adam,
    "adam_amsgrad": _adam,
}


class Numpy:
    """:class:`dlcore.backends.contract.Backend` over the tables above."""

    name = "numpy"

    @_quiet
    def dense_forward(
        self, x: Array, w: Array, b: Array | None, activation: str, alpha: float, z: Array | None, y: Array
    ) -> None:
        np.matmul(x, w, out=y)
        if b is not None:
            y += b
        if z is not None:
            z[...] = y
        self.activation_forward(activation, alpha, y, y)

    @_quiet
    def dense_backward(
        self,
        dy: Array,
        x: Array,
        w: Array,
        z: Array | None,
        y: Array,
        activation: str,
        alpha: float,
        dz: Array,
        dx: Array | None,
        dw: Array | None,
        db: Array | None,
    ) -> None:
        self.activation_backward(activation, alpha, dy, z, y, dz)
        if dx is not None:
            np.matmul(dz, w.T, out=dx)
        if dw is not None:
            np.matmul(x.T, dz, out=dw)
        if db is not None:
            np.sum(dz, axis=0, out=db)

    @_quiet
    def activation_forward(self, activation: str, alpha: float, z: Array, y: Array) -> None:
        y[...] = FORWARD[activation](z, z.dtype.type(alpha))

    @_quiet
    def activation_backward(
        self, activation: str, alpha: float, dy: Array, z: Array | None, y: Array, dz: Array
    ) -> None:
        dz[...] = BACKWARD[activation](dy, z, y, y.dtype.type(alpha))

    @_quiet
    def loss(
        self,
        kind: str,
        y_true: Array,
        y_pred: Array,
        sample_weight: Array | None,
        parameter: float,
        scale: float,
        values: Array,
        grad: Array | None,
    ) -> float:
        number = y_pred.dtype.type
        values[...], slope = LOSSES[kind](y_true, y_pred, number(parameter))
        weight = number(scale)
        if sample_weight is not None:
            values *= sample_weight
            weight = (weight * sample_weight)[:, None]
        if grad is not None:
            grad[...] = weight * slope
        return float(values.sum(dtype=np.float64))

    @_quiet
    def metric(
        self, kind: str, y_true: Array, y_pred: Array, sample_weight: Array | None, parameter: float, values: Array
    ) -> float:
        values[...] = METRICS[kind](y_true, y_pred, y_pred.dtype.type(parameter))
        if sample_weight is not None:
            values *= sample_weight
        return float(values.sum(dtype=np.float64))

    @_quiet
    def update(self, kind: str, p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
        if hyper.weight_decay:
            p -= p * p.dtype.type(hyper.weight_decay * hyper.learning_rate)
        UPDATES[kind](p, g, slots, hyper)

    def weighted_average(self, y: Array, beta: float, bias_correction: bool, out: Array) -> None:
        s, weight = 0.0, 1.0
        for t, value in enumerate(y.tolist()):
            s = beta * s + (1 - beta) * value
            weight *= beta
            out[t] = s / (1 - weight) if bias_correction else s

    def permutation(self, seed: int, stream: int, out: Array) -> None:
        words = philox.words(seed, stream, len(out)).tolist()
        order = list(range(len(out)))
        for i in range(len(out) - 1, 0, -1):
            j = (words[i] * (i + 1)) >> 32
            order[i], order[j] = order[j], order[i]
        out[...] = order

    def engine(
        self,
        spec: NetworkSpec,
        parameters: Sequence[tuple[Array, Array | None]],
        slots: Sequence[tuple[Sequence[Array], Sequence[Array]]],
    ) -> Engine | None:
        return None

    def get_num_threads(self) -> int:
        """Always 1: only the products may use more, and how many is the BLAS's own affair."""
        return 1

    def set_num_threads(self, count: int) -> None:
        """Changes nothing: NumPy has no say in its BLAS's threads (OPENBLAS_NUM_THREADS does, before the import)."""
