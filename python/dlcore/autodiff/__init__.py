"""Automatic differentiation: a tape that knows no numerics, and rules that register through one seam.

:mod:`~dlcore.autodiff.tracer` holds the seam (``register``, ``apply``) and the Tensor, :mod:`~dlcore.autodiff.tape`
walks backward, :mod:`~dlcore.autodiff.elementary` and :mod:`~dlcore.autodiff.kernels` register the operations.
"""

from __future__ import annotations

from dlcore.autodiff.elementary import (
    absolute,
    add,
    broadcast_to,
    cast,
    divide,
    exp,
    log,
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
)
from dlcore.autodiff.kernels import activation, dense, matmul
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
    "dense",
    "divide",
    "exp",
    "log",
    "matmul",
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
]
