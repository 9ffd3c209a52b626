"""The oracle: every kernel in plain NumPy, as short as the mathematics allows.

Deterministic for a given NumPy and BLAS. Nothing here is tuned; temporaries are made freely.
"""

# ruff: noqa: ARG002, D102 - the contract has the docs.

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

import numpy as np

from dlcore.backends import philox
from dlcore.backends.contract import Array, Backend, Engine, Parameters, Statistics
from dlcore.backends.network import Hyper, NetworkSpec, Shaping
from dlcore.backends.plain.activations import BACKWARD, FORWARD
from dlcore.backends.plain.losses import LOSSES, METRICS
from dlcore.backends.plain.updates import UPDATES
from dlcore.backends.stepping import prepared, settle

P = ParamSpec("P")
R = TypeVar("R")


#: Along which axis each kind of normalization takes its means.
_ALONG = {"batch": 0, "layer": 1}


def _standard(kind: str, x: Array, mean: Array, inverse: Array) -> Array:
    result: Array = (x - np.expand_dims(mean, _ALONG[kind])) * np.expand_dims(inverse, _ALONG[kind])
    return result


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
    def normalization_moments(self, kind: str, x: Array, mean: Array, variance: Array) -> None:
        axis = _ALONG[kind]
        np.mean(x, axis=axis, out=mean)
        np.mean(np.square(x - np.expand_dims(mean, axis)), axis=axis, out=variance)

    @_quiet
    def normalization_forward(
        self, kind: str, x: Array, mean: Array, inverse: Array, gamma: Array | None, beta: Array | None, y: Array
    ) -> None:
        y[...] = _standard(kind, x, mean, inverse)
        if gamma is not None:
            y *= gamma
        if beta is not None:
            y += beta

    @_quiet
    def normalization_backward(
        self,
        kind: str,
        dy: Array,
        x: Array,
        mean: Array,
        inverse: Array,
        gamma: Array | None,
        dx: Array | None,
        dgamma: Array,
        dbeta: Array,
    ) -> None:
        axis, standard = _ALONG[kind], _standard(kind, x, mean, inverse)
        np.sum(dy * standard, axis=0, out=dgamma)
        np.sum(dy, axis=0, out=dbeta)
        if dx is not None:
            h = dy if gamma is None else dy * gamma
            slope = np.mean(h * standard, axis=axis, keepdims=True)
            dx[...] = (h - np.mean(h, axis=axis, keepdims=True) - standard * slope) * np.expand_dims(inverse, axis)

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
        numbers = prepared(kind, hyper, p.dtype)
        if numbers.weight_decay:
            p -= p * p.dtype.type(numbers.weight_decay)
        UPDATES[kind](p, g, slots, numbers)
        settle(slots, hyper.step)

    @_quiet
    def sum_of_absolutes(self, x: Array) -> float:
        return float(np.abs(x).sum(dtype=np.float64))

    @_quiet
    def sum_of_squares(self, x: Array) -> float:
        return float(np.square(x, dtype=np.float64).sum())

    def all_finite(self, x: Array) -> bool:
        return bool(np.isfinite(x).all())

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
        parameters: Sequence[Parameters],
        slots: Sequence[tuple[Sequence[Array], Sequence[Array]]],
        shaping: Shaping | None = None,
        draws: Sequence[Array | None] = (),
        statistics: Sequence[Statistics | None] = (),
    ) -> Engine | None:
        return None

    def get_num_threads(self) -> int:
        """Always 1: only the products may use more, and how many is the BLAS's own affair."""
        return 1

    def set_num_threads(self, count: int) -> None:
        """Changes nothing: NumPy has no say in its BLAS's threads (OPENBLAS_NUM_THREADS does, before the import)."""
