"""New arrays, and from one kind of value to another, as ``keras.ops`` names them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from dlcore import autodiff
from dlcore.autodiff import Tensor
from dlcore.autodiff.tracer import Differentiable, as_tensors
from dlcore.floats import Array, floatx
from dlcore.ops.polymorphic import polymorphic

__all__ = [
    "arange",
    "array",
    "cast",
    "convert_to_numpy",
    "convert_to_tensor",
    "copy",
    "eye",
    "full",
    "full_like",
    "identity",
    "is_tensor",
    "linspace",
    "meshgrid",
    "nan_to_num",
    "ndim",
    "ones",
    "ones_like",
    "shape",
    "size",
    "stop_gradient",
    "tril",
    "triu",
    "zeros",
    "zeros_like",
]

# --- Conversions ---

cast = polymorphic(autodiff.cast)
stop_gradient = polymorphic(autodiff.stop_gradient)
copy = polymorphic(autodiff.copy)


def convert_to_tensor(x: Any, dtype: Any = None) -> Tensor:
    """X as a Tensor, whatever it is: a Tensor itself, a Variable's value now, an array, lists, a number."""
    (tensor,) = as_tensors(x, name="x")
    return tensor if dtype is None or tensor.dtype == np.dtype(dtype) else autodiff.cast(tensor, dtype)


def convert_to_numpy(x: Any) -> Array:
    """X as an array of its own or, if it is one already, itself."""
    return np.array(x.array) if isinstance(x, Differentiable) else np.asarray(x)


def is_tensor(x: Any) -> bool:
    """Whether x is a Tensor (an array and a Variable are none)."""
    return isinstance(x, Tensor)


def shape(x: Any) -> tuple[int, ...]:
    """The length of each axis of x."""
    return np.shape(x.array if isinstance(x, Differentiable) else x)


def size(x: Any) -> int:
    """How many numbers x holds."""
    return int(np.size(x.array if isinstance(x, Differentiable) else x))


def ndim(x: Any) -> int:
    """How many axes x has."""
    return len(shape(x))


# --- New arrays: of ``floatx()`` if no dtype is given ---


def zeros(shape: int | Sequence[int], dtype: Any = None) -> Array:
    """Zeros."""
    return np.zeros(shape, dtype or floatx())


def ones(shape: int | Sequence[int], dtype: Any = None) -> Array:
    """Ones."""
    return np.ones(shape, dtype or floatx())


@polymorphic
def array(x: Any, dtype: Any = None) -> Tensor:
    """X as a value of its own: a Tensor of a Tensor or Variable, an array of anything else."""
    made = autodiff.copy(x)
    return made if dtype is None else autodiff.cast(made, dtype)


def full(shape: int | Sequence[int], fill_value: Any, dtype: Any = None) -> Array:
    """One value everywhere."""
    return np.full(shape, fill_value, dtype or floatx())


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Array:
    """N rows and M columns (N, if None) with ones along the diagonal k places above the main one."""
    return np.eye(index(N), None if M is None else index(M), index(k), dtype or floatx())


def identity(n: int, dtype: Any = None) -> Array:
    """The unit matrix."""
    return np.eye(n, dtype=dtype or floatx())


def arange(start: float, stop: float | None = None, step: float = 1, dtype: Any = None) -> Array:
    """The numbers from start (0, if only one is given) by steps to before stop; int32, or floatx() with fractions."""
    if dtype is None:
        given = [np.asarray(v).dtype for v in (start, stop, step) if v is not None]
        dtype = np.int32 if all(kind.kind in "iub" for kind in given) else floatx()
    first, last = (0, start) if stop is None else (start, stop)
    limits: Any = (first, last, step)
    made: Array = np.arange(*limits, dtype=dtype)
    return made


def linspace(
    start: float,
    stop: float,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """So many numbers by equal steps from start to stop (without endpoint to before it); the step too if retstep."""
    y, step = np.linspace(start, stop, num, endpoint, retstep=True, dtype=dtype or floatx(), axis=axis)
    return (y, step) if retstep else y


@polymorphic
def zeros_like(x: Any, dtype: Any = None) -> Any:
    """Zeros in the shape and dtype of x."""
    return np.zeros_like(as_tensors(x)[0].array, dtype)


@polymorphic
def ones_like(x: Any, dtype: Any = None) -> Any:
    """Ones in the shape and dtype of x."""
    return np.ones_like(as_tensors(x)[0].array, dtype)


@polymorphic
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """One value everywhere, in the shape and dtype of x."""
    return np.full_like(as_tensors(x)[0].array, fill_value, dtype)


def _lower(shape: tuple[int, ...], k: int) -> Array:
    rows, columns = shape[-2:]
    below: Array = np.tri(rows, columns, k) != 0
    return below


@polymorphic
def tril(x: Any, k: int = 0) -> Any:
    """X with zeros above the diagonal k places above the main one."""
    (x,) = as_tensors(x)
    return autodiff.where(_lower(x.shape, k), x, 0)


@polymorphic
def triu(x: Any, k: int = 0) -> Any:
    """X with zeros below the diagonal k places above the main one."""
    (x,) = as_tensors(x)
    return autodiff.where(_lower(x.shape, k - 1), 0, x)


@polymorphic
def meshgrid(*x: Any, indexing: str = "xy") -> Any:
    """For each vector an array of all points of the grid that they span; axes 0 and 1 are swapped with "xy"."""
    vectors = [tensor.array for tensor in as_tensors(*x)]
    return list(np.meshgrid(*vectors, indexing="ij" if indexing == "ij" else "xy"))


@polymorphic
def nan_to_num(x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    """X with numbers for NaN and the infinities (the largest finite ones, if None); no gradient flows to those."""
    (x,) = as_tensors(x)
    if x.dtype.kind != "f":
        return x
    return autodiff.where(np.isfinite(x.array), x, np.nan_to_num(x.array, nan=nan, posinf=posinf, neginf=neginf))
