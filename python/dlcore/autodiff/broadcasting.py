"""Shapes and dtypes brought together: the adjoint of stretching an axis is summing along it."""

# ruff: noqa: ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dlcore.autodiff.seam import function, register
from dlcore.autodiff.tracer import Differentiable, Tensor, apply, as_tensors
from dlcore.floats import Array, floatx


def _sum_to(x: Array, shape: tuple[int, ...], dtype: Any) -> Array:
    """The adjoint of broadcasting an array of that shape and dtype to the shape of x."""
    extra = x.ndim - len(shape)
    stretched = tuple(i + extra for i, length in enumerate(shape) if length == 1 and x.shape[i + extra] != 1)
    axes = (*range(extra), *stretched)
    return (np.sum(x, axis=axes, keepdims=True) if axes else x).reshape(shape).astype(dtype, copy=False)


def like(g: Tensor, x: Tensor) -> Tensor:
    """The gradient g brought to the shape and dtype of an input that was broadcast."""
    if g.array.shape == x.array.shape and g.array.dtype == x.array.dtype:
        return g
    return apply("sum_to", g, shape=x.shape, dtype=x.dtype)


def floating(x: Array) -> Array:
    """Integers and booleans in the default floating dtype, anything else as it is."""
    return x if x.dtype.kind == "f" else x.astype(floatx())


def together(ufunc: np.ufunc, divides: bool = False) -> Callable[[Array, Array], Any]:
    """The ufunc with Keras's promotion: integers take the floating dtype they meet, instead of making it wider.

    Two integers stay integers, unless the ufunc ``divides``.
    """

    def forward(a: Array, b: Array) -> Any:
        if a.dtype is not b.dtype or divides:
            if a.dtype.kind == "f" != b.dtype.kind:
                b = b.astype(a.dtype)
            elif b.dtype.kind == "f" != a.dtype.kind:
                a = a.astype(b.dtype)
            elif divides:
                a, b = floating(a), floating(b)
        return ufunc(a, b)

    return forward


register("sum_to", _sum_to, lambda g, y, x, shape, dtype: broadcast_to(g, x.shape))
register("broadcast_to", lambda x, shape: np.broadcast_to(x, shape).copy(), lambda g, y, x, shape: like(g, x))
register("cast", lambda x, dtype: x.astype(dtype), lambda g, y, x, dtype: cast(g, x.dtype))


@function
def broadcast_to(x: Any, shape: Sequence[int]) -> Tensor:
    """The array stretched to a shape by NumPy's rules."""
    return apply("broadcast_to", x, shape=(shape,) if isinstance(shape, int) else tuple(shape))


@function
def cast(x: Any, dtype: Any) -> Tensor:
    """The same numbers in another dtype; as integers or booleans they are constants to the tape."""
    dtype = np.dtype(dtype)
    return apply("cast", x, dtype=dtype) if dtype.kind == "f" else Tensor(constant(x).astype(dtype))


def constant(x: Any) -> Array:
    """The numbers behind a Tensor, Variable or whatever else ``apply`` takes, off the tape."""
    return x.array if isinstance(x, Differentiable) else as_tensors(x)[0].array


def stop_gradient(variable: Any) -> Tensor:
    """The same numbers as a constant: no gradient flows through."""
    return Tensor(variable.array if isinstance(variable, Tensor) else np.array(constant(variable)))
