"""Other shapes and parts of an array, as ``keras.ops`` names them; see :mod:`dlcore.ops`."""

from __future__ import annotations

from dlcore import autodiff
from dlcore.ops.polymorphic import polymorphic

__all__ = [
    "broadcast_to",
    "concatenate",
    "diag",
    "diagonal",
    "dot",
    "einsum",
    "expand_dims",
    "flip",
    "hstack",
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
