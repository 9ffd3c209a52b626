"""Automatic differentiation: a tape that knows no numerics, and rules that register through one seam.

:mod:`~dlcore.autodiff.tracer` holds the seam (``register``, ``apply``) and the Tensor, :mod:`~dlcore.autodiff.tape`
walks backward, and the operations register from :mod:`~dlcore.autodiff.elementary`, :mod:`~dlcore.autodiff.kernels`
and :mod:`~dlcore.autodiff.losses`.
"""

from __future__ import annotations

from dlcore.autodiff.elementary import (
    absolute,
    add,
    broadcast_to,
    cast,
    clip,
    divide,
    exp,
    log,
    maximum,
    multiply,
    negative,
    power,
    reduce_mean,
    reduce_sum,
    reshape,
    sqrt,
    square,
    subtract,
    transpose,
    where,
)
from dlcore.autodiff.kernels import activation, dense, matmul
from dlcore.autodiff.losses import loss
from dlcore.autodiff.tape import GradientTape
from dlcore.autodiff.tracer import Tensor, apply, register

__all__ = [
    "GradientTape",
    "Tensor",
    "absolute",
    "activation",
    "add",
    "apply",
    "broadcast_to",
    "cast",
    "clip",
    "dense",
    "divide",
    "exp",
    "log",
    "loss",
    "matmul",
    "maximum",
    "multiply",
    "negative",
    "power",
    "reduce_mean",
    "reduce_sum",
    "register",
    "reshape",
    "sqrt",
    "square",
    "subtract",
    "transpose",
    "where",
]
