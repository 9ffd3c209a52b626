"""Norms of vectors and matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff.arithmetic import power
from dlcore.autodiff.elementary import absolute
from dlcore.autodiff.reductions import max as largest
from dlcore.autodiff.reductions import min as smallest
from dlcore.autodiff.reductions import norm2
from dlcore.autodiff.reductions import sum as total
from dlcore.autodiff.seam import function
from dlcore.autodiff.shapes import places
from dlcore.autodiff.tracer import Tensor, as_tensors


def _vectors(x: Tensor, order: Any, axis: int | None, keepdims: bool) -> Tensor:
    if order == 2:
        return norm2(x, axis, keepdims)
    if order == 1:
        return total(absolute(x), axis, keepdims)
    if order == np.inf:
        return largest(absolute(x), axis, keepdims)
    if order == -np.inf:
        return smallest(absolute(x), axis, keepdims)
    if order == 0:
        return Tensor(np.sum(x.array != 0, axis=axis, keepdims=keepdims).astype(x.dtype))
    if isinstance(order, (int, float)):
        return power(total(power(absolute(x), order), axis, keepdims), 1 / order)
    raise ValueError(f"ord of vectors must be a number or None; got {order!r}")


def _matrices(x: Tensor, order: Any, axes: tuple[int, ...], keepdims: bool) -> Tensor:
    if order == "fro":
        return norm2(x, axes, keepdims)
    if order not in (1, -1, np.inf, -np.inf):
        raise ValueError(f"ord of matrices must be one of 'fro', 1, -1, inf, -inf or None; got {order!r}")
    summed, kept = axes if abs(order) == 1 else axes[::-1]
    found = (largest if order > 0 else smallest)(total(absolute(x), summed, keepdims=True), kept, keepdims=True)
    return found if keepdims else found[tuple(0 if i in axes else slice(None) for i in range(x.ndim))]


@function
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The norm of vectors along one axis, or of matrices in two. The gradient of a 2-norm at 0 is 0.

    Parameters
    ----------
    x : array
    ord : number, "fro" or None
        Of vectors: 2 (None), 1, inf, -inf, 0 or any p of ``(Σ |x|^p)^(1/p)``. Of matrices: "fro" (None), or 1, -1, inf
        and -inf for the largest and smallest sums of columns and rows.
    axis : int, (int, int) or None
        None: the only axis or the only two; all elements if ord is None too.
    keepdims : bool

    Raises
    ------
    ValueError
        If there is no such norm.
    """
    (x,) = as_tensors(x)
    if axis is None and ord is None:
        return norm2(x, None, keepdims)
    axes = places(range(x.ndim) if axis is None else axis, x.ndim)
    if len(axes) == 1:
        return _vectors(x, 2 if ord is None else ord, axes[0], keepdims)
    if len(axes) == 2:
        return _matrices(x, "fro" if ord is None else ord, axes, keepdims)
    raise ValueError(f"norm takes one axis (vectors) or two (matrices); got axis={axis} for shape {x.shape}")
