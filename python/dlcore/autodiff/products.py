"""Products of matrices and of arrays of any number of axes.

The product of two matrices is the active backend's kernel: on the tape it has the bits that the fused engine gives.
"""

# ruff: noqa: ARG001, ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dlcore.autodiff.arithmetic import multiply
from dlcore.autodiff.broadcasting import like
from dlcore.autodiff.indexing import getitem
from dlcore.autodiff.reductions import sum as total
from dlcore.autodiff.seam import function, register
from dlcore.autodiff.shapes import places, reshape, swapaxes, transpose
from dlcore.autodiff.tracer import Tensor, apply, as_tensors
from dlcore.backends import get_backend
from dlcore.floats import Array, as_float


def pair(a: Array, b: Array) -> tuple[Array, Array]:
    """Both ready for kernels and of one dtype, the wider."""
    a, b = as_float(a), as_float(b)
    if a.dtype is b.dtype:
        return a, b
    dtype = np.promote_types(a.dtype, b.dtype)
    return a.astype(dtype, copy=False), b.astype(dtype, copy=False)


# --- Matrices ---


def _dense(x: Array, w: Array, b: Array | None) -> Array:
    x, w = _floats(x, w)
    y = np.empty((x.shape[0], w.shape[1]), x.dtype)
    start = None if b is None else as_float(b, x.dtype)
    get_backend().dense_forward(x, w, start, "linear", 0.0, None, y)
    return y


def _floats(a: Array, b: Array) -> tuple[Array, Array]:
    """Both in the floating dtype of the product: integers take the dtype they meet."""
    if a.dtype.kind != "f" == b.dtype.kind:
        a = a.astype(b.dtype)
    elif b.dtype.kind != "f" == a.dtype.kind:
        b = b.astype(a.dtype)
    return pair(a, b)


def _matmul(a: Array, b: Array) -> Array:
    """The matrices in the last two axes, each of a with its fellow of b."""
    if a.ndim < 2 or b.ndim < 2:
        raise ValueError("it takes matrices, or arrays of them in their last two axes")
    if a.shape[-1] != b.shape[-2]:
        raise ValueError(f"it needs as many columns as rows; got {a.shape[-1]} columns and {b.shape[-2]} rows")
    if a.dtype.kind != "f" != b.dtype.kind:
        whole: Array = np.matmul(a, b)
        return whole
    if b.ndim == 2:
        rows = a.reshape(math.prod(a.shape[:-1]), a.shape[-1])
        return _dense(rows, b, None).reshape(*a.shape[:-1], b.shape[-1])
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = _floats(np.broadcast_to(a, batch + a.shape[-2:]), np.broadcast_to(b, batch + b.shape[-2:]))
    y = np.empty((*batch, a.shape[-2], b.shape[-1]), a.dtype)
    for place in np.ndindex(*batch):
        get_backend().dense_forward(a[place], b[place], None, "linear", 0.0, None, y[place])
    return y


def _toward_left(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    return like(matmul(g, swapaxes(b, -1, -2)), a)


def _toward_right(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    if b.ndim > 2:
        return like(matmul(swapaxes(a, -1, -2), g), b)
    rows = math.prod(a.shape[:-1])
    return like(apply("weight_gradient", reshape(a, (rows, a.shape[-1])), reshape(g, (rows, g.shape[-1]))), b)


def _weight_gradient(x: Array, g: Array) -> Array:
    """xᵀ · g, its sum over the rows cut into the chunks of the engine."""
    x, g = _floats(x, g)
    dw = np.empty((x.shape[1], g.shape[1]), x.dtype)
    get_backend().dense_backward(g, x, np.zeros_like(dw), None, g, "linear", 0.0, np.empty_like(g), None, dw, None)
    return dw


def _bias_gradient(g: Array) -> Array:
    """The sum of g over its rows, cut into the chunks of the engine."""
    g = as_float(g)
    x, w, db = np.empty((len(g), 0), g.dtype), np.empty((0, g.shape[1]), g.dtype), np.empty(g.shape[1], g.dtype)
    get_backend().dense_backward(g, x, w, None, g, "linear", 0.0, np.empty_like(g), None, None, db)
    return db


register("matmul", _matmul, _toward_left, _toward_right)
register(
    "dense",
    _dense,
    lambda g, y, x, w, b: like(matmul(g, transpose(w)), x),
    lambda g, y, x, w, b: like(apply("weight_gradient", x, g), w),
    lambda g, y, x, w, b: like(apply("bias_gradient", g), b),
)
register(
    "weight_gradient",
    _weight_gradient,
    lambda g, y, x, dy: like(matmul(dy, transpose(g)), x),
    lambda g, y, x, dy: like(matmul(x, g), dy),
)
register("bias_gradient", _bias_gradient, lambda g, y, dy: reshape(g, (1, -1)) + np.zeros(dy.shape, dy.dtype))


@function
def matmul(x1: Any, x2: Any) -> Tensor:
    """The product of two matrices, of arrays of them (in their last two axes, the others broadcast), or with vectors.

    A vector on the left is a row, on the right a column, which the result has not.
    """
    a, b = as_tensors(x1, x2)
    if a.ndim > 1 < b.ndim:
        return apply("matmul", a, b)
    if not a.ndim or not b.ndim:
        raise ValueError(f"matmul of shapes {a.shape} and {b.shape}: it takes no single numbers; multiply them")
    y = apply("matmul", reshape(a, (1, -1)) if a.ndim == 1 else a, reshape(b, (-1, 1)) if b.ndim == 1 else b)
    gone = (a.ndim == 1, b.ndim == 1)
    shape = (*y.shape[:-2], *(n for n, out in zip(y.shape[-2:], gone, strict=True) if not out))
    return reshape(y, shape)


def dense(x: Any, w: Any, b: Any = None) -> Tensor:
    """The affine map x · w + b of a batch x (rows, inputs), w (inputs, units) and b (units)."""
    return apply("matmul", x, w) if b is None else apply("dense", x, w, b)


# --- Arrays ---


@function
def dot(x1: Any, x2: Any) -> Tensor:
    """The sum of products over the last axis of x1 and the last but one (or only) axis of x2; numbers multiply."""
    a, b = as_tensors(x1, x2)
    if not a.ndim or not b.ndim:
        return multiply(a, b)
    return tensordot(a, b, ([-1], [-1 if b.ndim == 1 else -2]))


@function
def vdot(x1: Any, x2: Any) -> Tensor:
    """The sum of the products of all elements."""
    a, b = as_tensors(x1, x2)
    return dot(reshape(a, (-1,)), reshape(b, (-1,)))


@function
def inner(x1: Any, x2: Any) -> Tensor:
    """The sum of products over the last axes of both."""
    a, b = as_tensors(x1, x2)
    return multiply(a, b) if not a.ndim or not b.ndim else tensordot(a, b, ([-1], [-1]))


@function
def outer(x1: Any, x2: Any) -> Tensor:
    """Every element of x1 (a row each) times every element of x2 (a column each)."""
    a, b = as_tensors(x1, x2)
    return multiply(reshape(a, (-1, 1)), reshape(b, (1, -1)))


@function
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Tensor:
    """The sum of products over some axes.

    Parameters
    ----------
    x1, x2 : array
    axes : int, or (axes of x1, axes of x2)
        Which axes go together and vanish; a number n: the last n of x1 with the first n of x2.
    """
    a, b = as_tensors(x1, x2)
    if isinstance(axes, (int, np.integer)):
        left, right = tuple(range(a.ndim - int(axes), a.ndim)), tuple(range(int(axes)))
    else:
        left, right = places(axes[0], a.ndim), places(axes[1], b.ndim)
    shared = [a.shape[i] for i in left]
    if shared != [b.shape[i] for i in right]:
        raise ValueError(f"tensordot of shapes {a.shape} and {b.shape}: axes {axes} differ in length")
    rows = [i for i in range(a.ndim) if i not in left]
    columns = [i for i in range(b.ndim) if i not in right]
    k, m, n = math.prod(shared), [a.shape[i] for i in rows], [b.shape[i] for i in columns]
    first = reshape(transpose(a, (*rows, *left)), (math.prod(m), k))
    second = reshape(transpose(b, (*right, *columns)), (k, math.prod(n)))
    return reshape(apply("matmul", first, second), (*m, *n))


@function
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The sum of the diagonal of two axes."""
    return total(diagonal(x, offset, axis1, axis2), axis=-1)


@function
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The diagonal of two axes (``offset`` above the main one), as the last axis."""
    (x,) = as_tensors(x)
    first, second = places((axis1, axis2), x.ndim)
    x = transpose(x, (*(i for i in range(x.ndim) if i not in (first, second)), first, second))
    rows, columns = _diagonal(x.shape[-2], x.shape[-1], offset)
    return getitem(x, (..., rows, columns))


@function
def diag(x: Any, k: int = 0) -> Tensor:
    """The k-th diagonal of a matrix, or a matrix of zeros with a vector there."""
    (x,) = as_tensors(x)
    if x.ndim == 2:
        return diagonal(x, k)
    if x.ndim != 1:
        raise ValueError(f"diag takes a vector or a matrix; got shape {x.shape}")
    n = x.size + abs(k)
    return apply("scatter", x, shape=(n, n), key=_diagonal(n, n, k))


def _diagonal(rows: int, columns: int, k: int) -> tuple[Array, Array]:
    """The places of the k-th diagonal."""
    i = np.arange(max(min(rows + min(k, 0), columns - max(k, 0)), 0))
    return i - min(k, 0), i + max(k, 0)


def _lower(x: Tensor, k: int) -> Array:
    """Where the last two axes are on the k-th diagonal or below it."""
    if x.ndim < 2:
        raise ValueError(f"tril and triu take matrices, or arrays of them in the last two axes; got shape {x.shape}")
    return np.tri(x.shape[-2], x.shape[-1], k, dtype=bool)


@function
def tril(x: Any, k: int = 0) -> Tensor:
    """The elements up to the k-th diagonal of the last two axes, zeros above."""
    (x,) = as_tensors(x)
    return apply("where", x, np.zeros((), x.dtype), condition=_lower(x, k))


@function
def triu(x: Any, k: int = 0) -> Tensor:
    """The elements from the k-th diagonal of the last two axes on, zeros below."""
    (x,) = as_tensors(x)
    return apply("where", x, np.zeros((), x.dtype), condition=~_lower(x, k - 1))
