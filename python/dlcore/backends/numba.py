"""The fallback where the compiled core is missing: products by NumPy's BLAS, everything else jitted in one pass.

Deterministic: the kernels run on one thread, each sum in one order. Products are as repeatable as the BLAS: OpenBLAS
gives the same bits in every run on one machine, but may give others under another OPENBLAS_NUM_THREADS.
"""

# ruff: noqa: ARG002, D102 - the methods are documented in the contract.

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.backends.contract import ACTIVATIONS, Array, Backend, Engine, Parameters, Statistics
from dlcore.backends.network import Hyper, NetworkSpec, Shaping
from dlcore.backends.stepping import settle

#: What stands for a row and for a matrix that are not there, by the dtype's character.
_ABSENT = {char: (np.empty(0, char), np.empty((0, 0), char)) for char in "fd"}


def _product(a: Array, b: Array, out: Array) -> None:
    """The matrix product; overflow gives infinities without a warning, as in the compiled core."""
    with np.errstate(all="ignore"):
        np.dot(a, b, out=out)


def load() -> Backend:
    """The backend.

    Raises
    ------
    ImportError
        If Numba is not installed or does not work here.
    """
    try:
        import numba  # noqa: F401
    except ImportError as error:
        raise ImportError(f"Numba cannot be imported: {error}") from error
    return Numba()


class Numba:
    """:class:`dlcore.backends.contract.Backend` over the kernels of :mod:`dlcore.backends.jit`."""

    name = "numba"

    def __init__(self) -> None:
        from dlcore.backends.jit import activations, losses, normalization, updates

        self._forward, self._backward = activations.FORWARD, activations.BACKWARD
        self._moments, self._normalize = normalization.MOMENTS, normalization.FORWARD
        self._sums, self._toward_input = normalization.SUMS, normalization.TOWARD_INPUT
        self._loss, self._metric = losses.LOSS, losses.METRIC
        self._update, self._make_numbers = updates.UPDATE, updates.numbers
        # A training step updates every parameter with the same numbers.
        self._numbers: tuple[Any, Any] = (None, None)
        self._sum_of_absolutes, self._sum_of_squares = updates.sum_of_absolutes, updates.sum_of_squares
        self._all_finite = updates.all_finite
        self._weighted_average, self._permutation = updates.weighted_average, updates.permutation

    def dense_forward(
        self, x: Array, w: Array, b: Array | None, activation: str, alpha: float, z: Array | None, y: Array
    ) -> None:
        _product(x, w, y)
        no_row, no_matrix = _ABSENT[y.dtype.char]
        self._forward[activation](y, no_row if b is None else b, no_matrix if z is None else z, alpha)

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
        self._activation_backward(activation, alpha, dy, z, y, dz, db)
        if dx is not None:
            _product(dz, w.T, dx)
        if dw is not None:
            _product(x.T, dz, dw)

    def activation_forward(self, activation: str, alpha: float, z: Array, y: Array) -> None:
        if y is not z:
            np.copyto(y, z)
        self._forward[activation](y, *_ABSENT[y.dtype.char], alpha)

    def activation_backward(
        self, activation: str, alpha: float, dy: Array, z: Array | None, y: Array, dz: Array
    ) -> None:
        self._activation_backward(activation, alpha, dy, z, y, dz, None)

    def _activation_backward(
        self, activation: str, alpha: float, dy: Array, z: Array | None, y: Array, dz: Array, db: Array | None
    ) -> None:
        if dz is not dy:
            np.copyto(dz, dy)
        known = z if ACTIVATIONS[activation].needs_input else y
        self._backward[activation](dz, known, alpha, _ABSENT[dz.dtype.char][0] if db is None else db)

    def normalization_moments(self, kind: str, x: Array, mean: Array, variance: Array) -> None:
        self._moments[kind](x, mean, variance)

    def normalization_forward(
        self, kind: str, x: Array, mean: Array, inverse: Array, gamma: Array | None, beta: Array | None, y: Array
    ) -> None:
        no_row, _ = _ABSENT[x.dtype.char]
        self._normalize[kind](x, mean, inverse, no_row if gamma is None else gamma, no_row if beta is None else beta, y)

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
        self._sums[kind](dy, x, mean, inverse, dgamma, dbeta)
        if dx is not None:
            scale = _ABSENT[x.dtype.char][0] if gamma is None else gamma
            self._toward_input[kind](dy, x, mean, inverse, scale, dgamma, dbeta, dx)

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
        no_row, no_matrix = _ABSENT[y_pred.dtype.char]
        return self._loss[kind](
            y_true,
            y_pred,
            no_row if sample_weight is None else sample_weight,
            float(parameter),
            float(scale),
            values,
            no_matrix if grad is None else grad,
        )

    def metric(
        self, kind: str, y_true: Array, y_pred: Array, sample_weight: Array | None, parameter: float, values: Array
    ) -> float:
        weight = _ABSENT[y_pred.dtype.char][0] if sample_weight is None else sample_weight
        return self._metric[kind](y_true, y_pred, weight, float(parameter), values)

    def update(self, kind: str, p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
        held, numbers = self._numbers
        if held is None or held[0] is not hyper or held[1:] != (kind, p.dtype):
            held, numbers = (hyper, kind, p.dtype), self._make_numbers(kind, hyper, p.dtype)
            self._numbers = held, numbers
        if not p.flags.c_contiguous:
            for row in zip(p, g, *slots, strict=True):
                self.update(kind, row[0], row[1], row[2:], hyper)
            return
        if p.ndim != 1:
            p, g, slots = p.reshape(-1), g.reshape(-1), [slot.reshape(-1) for slot in slots]
        first, second, third = (*slots, None, None, None)[:3]
        self._update[kind](p, g, first, second, third, numbers)
        settle(slots, hyper.step)

    def sum_of_absolutes(self, x: Array) -> float:
        return self._sum_of_absolutes(x.reshape(-1))

    def sum_of_squares(self, x: Array) -> float:
        return self._sum_of_squares(x.reshape(-1))

    def all_finite(self, x: Array) -> bool:
        return bool(self._all_finite(x.reshape(-1)))

    def weighted_average(self, y: Array, beta: float, bias_correction: bool, out: Array) -> None:
        self._weighted_average(y, beta, bias_correction, out)

    def permutation(self, seed: int, stream: int, out: Array) -> None:
        self._permutation(np.uint64(seed), np.uint64(stream), out)

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
