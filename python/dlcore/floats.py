"""What counts as numbers: the default floating type, which floating types there are, what may become an array."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]

FLOATS = ("float32", "float64")

_floatx = "float32"


def floatx() -> str:
    """The floating type of whatever is made without one: "float32" unless :func:`set_floatx` said otherwise."""
    return _floatx


def set_floatx(value: str) -> None:
    """Make "float32" or "float64" the default floating type."""
    global _floatx  # noqa: PLW0603 - one default for the whole process is what this sets
    _floatx = float_dtype(value).name


def float_dtype(dtype: Any) -> np.dtype[Any]:
    """A floating dtype the kernels know; None means :func:`floatx`.

    Raises
    ------
    ValueError
        If it is neither float32 nor float64.
    """
    if dtype is None:
        return np.dtype(_floatx)
    try:
        result = np.dtype(dtype)
    except TypeError as error:
        raise ValueError(f"dtype must be one of {', '.join(FLOATS)}; got {dtype!r}") from error
    if result.name not in FLOATS:
        raise ValueError(f"dtype must be one of {', '.join(FLOATS)}; got {result.name}")
    native: np.dtype[Any] = result.newbyteorder("=")
    return native


def as_float(x: Array, dtype: Any = None) -> Array:
    """The array as kernels want it: C-contiguous, aligned, of a floating dtype.

    Without a dtype float32 and float64 stay, anything else becomes :func:`floatx`. The array itself, if it is so.
    """
    if dtype is None:
        dtype = x.dtype.newbyteorder("=") if x.dtype.char in "fd" else _floatx
    if x.dtype == dtype and x.flags.c_contiguous and x.flags.aligned and x.dtype.isnative:
        return x
    return np.require(x, dtype, ["C", "A"])


def numbers(name: str, value: Any) -> Array:
    """Whatever holds real numbers as an array, as it is where it is one: the door for values that are read.

    Parameters
    ----------
    name : str
        What error messages call it.
    value
        An array, nested lists, a Tensor, a Variable, a data frame, a number.

    Raises
    ------
    TypeError
        If it holds anything else: nothing (None), text, complex numbers, objects.
    ValueError
        If rows differ in length, or entries are masked.
    """
    array: Array
    if type(value) is np.ndarray:
        array = value
    else:
        if isinstance(value, np.ma.MaskedArray) and np.ma.getmaskarray(value).any():
            raise ValueError(f"{name} has masked entries; fill them first")
        try:
            array = np.asarray(value)
        except ValueError as error:
            raise ValueError(f"{name} must be an array of numbers: {error}") from error
    if array.dtype.kind not in "fiub":
        kind = f"dtype {array.dtype}" if hasattr(value, "dtype") else f"{type(value).__name__} (dtype {array.dtype})"
        raise TypeError(f"{name} must hold real numbers; got {kind}")
    return array


def masked(x: Array, where: Array, scale: float = 1.0) -> Array:
    """The elements of a floating array where the mask is true, times ``scale``; 0 elsewhere, whatever x is there."""
    # The bits times 1 or 0: several times as fast as np.where, and infinities that are not kept leave 0 too.
    bits = np.multiply(x.view(f"u{x.itemsize}"), where, dtype=f"u{x.itemsize}")
    result: Array = bits.view(x.dtype)
    return result if scale == 1 else result * x.dtype.type(scale)
