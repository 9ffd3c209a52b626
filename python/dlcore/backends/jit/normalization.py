"""Batch and layer normalization: a kernel for each kind, whose name is a constant to the compiler."""

# ruff: noqa: ARG001 - kernels of one family share one signature.

from __future__ import annotations

from collections.abc import Callable

from dlcore.backends.contract import NORMALIZATIONS, Array
from dlcore.backends.jit.compilation import kernel


def _moments(name: str) -> Callable[..., None]:
    @kernel
    def moments(x: Array, mean: Array, variance: Array) -> None:
        """See ``Backend.normalization_moments``."""
        rows, columns = x.shape
        mean[:] = 0
        variance[:] = 0
        for i in range(rows):
            for j in range(columns):
                mean[i if name == "layer" else j] += x[i, j]
        mean /= x.dtype.type(columns if name == "layer" else rows)
        for i in range(rows):
            for j in range(columns):
                at = i if name == "layer" else j
                variance[at] += (x[i, j] - mean[at]) ** 2
        variance /= x.dtype.type(columns if name == "layer" else rows)

    return moments


def _forward(name: str) -> Callable[..., None]:
    @kernel
    def forward(x: Array, mean: Array, inverse: Array, gamma: Array, beta: Array, y: Array) -> None:
        """See ``Backend.normalization_forward``; gamma and beta may be empty."""
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                at = i if name == "layer" else j
                value = (x[i, j] - mean[at]) * inverse[at]
                if gamma.size:
                    value *= gamma[j]
                if beta.size:
                    value += beta[j]
                y[i, j] = value

    return forward


def _sums(name: str) -> Callable[..., None]:
    @kernel
    def sums(dy: Array, x: Array, mean: Array, inverse: Array, dgamma: Array, dbeta: Array) -> None:
        """The sums over rows that ``Backend.normalization_backward`` asks for."""
        dgamma[:] = 0
        dbeta[:] = 0
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                at = i if name == "layer" else j
                dgamma[j] += dy[i, j] * ((x[i, j] - mean[at]) * inverse[at])
                dbeta[j] += dy[i, j]

    return sums


@kernel
def _down_columns(
    dy: Array, x: Array, mean: Array, inverse: Array, gamma: Array, dgamma: Array, dbeta: Array, dx: Array
) -> None:
    """The gradient toward x where columns were normalized: the means over them follow from the sums."""
    rows = x.dtype.type(x.shape[0])
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            standard = (x[i, j] - mean[j]) * inverse[j]
            scale = inverse[j] * gamma[j] if gamma.size else inverse[j]
            dx[i, j] = (dy[i, j] - dbeta[j] / rows - standard * (dgamma[j] / rows)) * scale


@kernel
def _along_rows(
    dy: Array, x: Array, mean: Array, inverse: Array, gamma: Array, dgamma: Array, dbeta: Array, dx: Array
) -> None:
    """The gradient toward x where rows were normalized; the sums over rows are of no use here."""
    kind = x.dtype.type
    columns = kind(x.shape[1])
    for i in range(x.shape[0]):
        offset, slope = kind(0), kind(0)
        for j in range(x.shape[1]):
            h = dy[i, j] * gamma[j] if gamma.size else dy[i, j]
            dx[i, j] = h
            offset += h
            slope += h * ((x[i, j] - mean[i]) * inverse[i])
        offset /= columns
        slope /= columns
        for j in range(x.shape[1]):
            dx[i, j] = (dx[i, j] - offset - (x[i, j] - mean[i]) * inverse[i] * slope) * inverse[i]


MOMENTS = {name: _moments(name) for name in NORMALIZATIONS}
FORWARD = {name: _forward(name) for name in NORMALIZATIONS}
SUMS = {name: _sums(name) for name in NORMALIZATIONS}
TOWARD_INPUT = {"batch": _down_columns, "layer": _along_rows}
