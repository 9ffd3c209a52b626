"""Other shapes and parts of an array, as ``keras.ops`` names them; see :mod:`dlcore.ops`."""

from __future__ import annotations

from typing import Any

from dlcore import autodiff
from dlcore.autodiff import Tensor
from dlcore.autodiff.tracer import as_tensors
from dlcore.ops.polymorphic import polymorphic

__all__ = [
    "append",
    "broadcast_to",
    "concatenate",
    "diag",
    "diagonal",
    "diff",
    "dot",
    "einsum",
    "expand_dims",
    "flip",
    "hstack",
    "inner",
    "matmul",
    "moveaxis",
    "outer",
    "pad",
    "ravel",
    "repeat",
    "reshape",
    "roll",
    "sort",
    "split",
    "squeeze",
    "stack",
    "swapaxes",
    "take",
    "take_along_axis",
    "tensordot",
    "tile",
    "trace",
    "transpose",
    "unstack",
    "vdot",
    "vstack",
]

# --- Shapes ---

reshape = polymorphic(autodiff.reshape)
ravel = polymorphic(autodiff.ravel)
transpose = polymorphic(autodiff.transpose)
swapaxes = polymorphic(autodiff.swapaxes)
moveaxis = polymorphic(autodiff.moveaxis)
squeeze = polymorphic(autodiff.squeeze)
expand_dims = polymorphic(autodiff.expand_dims)
broadcast_to = polymorphic(autodiff.broadcast_to)

# --- Joined and split ---

concatenate = polymorphic(autodiff.concatenate)
stack = polymorphic(autodiff.stack)
hstack = polymorphic(autodiff.hstack)
vstack = polymorphic(autodiff.vstack)
split = polymorphic(autodiff.split)
unstack = polymorphic(autodiff.unstack)

# --- Repeated and padded ---

tile = polymorphic(autodiff.tile)
repeat = polymorphic(autodiff.repeat)
pad = polymorphic(autodiff.pad)
roll = polymorphic(autodiff.roll)

# --- Parts ---

take = polymorphic(autodiff.take)
take_along_axis = polymorphic(autodiff.take_along_axis)
flip = polymorphic(autodiff.flip)
sort = polymorphic(autodiff.sort)

# --- Products and diagonals ---

matmul = polymorphic(autodiff.matmul)
dot = polymorphic(autodiff.dot)
tensordot = polymorphic(autodiff.tensordot)
outer = polymorphic(autodiff.outer)
einsum = polymorphic(autodiff.einsum)
diag = polymorphic(autodiff.diag)
diagonal = polymorphic(autodiff.diagonal)
trace = polymorphic(autodiff.trace)


@polymorphic
def append(x1: Any, x2: Any, axis: int | None = None) -> Tensor:
    """x2 joined to x1 along the axis (both laid out along one, if None)."""
    return autodiff.concatenate([x1, x2], axis)


@polymorphic
def inner(x1: Any, x2: Any) -> Tensor:
    """The sums of products along the last axes of both."""
    a, b = as_tensors(x1, x2)
    return autodiff.tensordot(a, b, ([-1], [-1])) if a.ndim and b.ndim else a * b


@polymorphic
def vdot(x1: Any, x2: Any) -> Tensor:
    """The sum of the products of all numbers."""
    return autodiff.dot(autodiff.ravel(x1), autodiff.ravel(x2))


@polymorphic
def diff(a: Any, n: int = 1, axis: int = -1) -> Tensor:
    """The differences between neighbours along the axis, taken n times."""
    (x,) = as_tensors(a)
    for _ in range(n):
        before = (slice(None),) * range(x.ndim)[axis]
        x = autodiff.getitem(x, (*before, slice(1, None))) - autodiff.getitem(x, (*before, slice(None, -1)))
    return x
