"""Arrays and numbers at the border: what a caller brings is taken, converted knowingly, or refused with a reason.

Inputs may be anything that says the same as a float32 or float64 array: strided, misaligned, big-endian, read-only,
integers, lists. They are converted, never changed. Outputs and arrays updated in place are taken as they are or
refused, since a result written to a copy would vanish with it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy import may_share_memory, ndarray

from dlcore.floats import Array, floatx, numbers
from dlcore.labels import labels_in_range

Named: TypeAlias = tuple[str, Any]

_DTYPES = _FLOAT32, _FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
_BOOLEANS = bool, np.bool_
_WANTED = "must be an array of float32 or float64, or of integers or booleans (which are converted)"


def inputs(names: tuple[str, ...], *values: Any) -> Sequence[Array]:
    """The arrays as kernels want them: one dtype, native, C-contiguous and aligned; copied only where they are not.

    The dtype is the wider of the floating dtypes among them. Integers, booleans and plain Python numbers take the
    dtype of the others, or :func:`dlcore.floats.floatx` if there is no other.

    Raises
    ------
    TypeError
        If one is None, masked, or of complex, object, string or any other dtype.
    ValueError
        If one is a nested list with rows of different lengths.
    """
    dtype = getattr(values[0], "dtype", None)
    if dtype is _FLOAT32 or dtype is _FLOAT64:
        for value in values:
            if type(value) is not ndarray or value.dtype is not dtype or not value.flags.carray:
                break
        else:
            return values
    arrays = [_array(name, value) for name, value in zip(names, values, strict=True)]
    own = [array.dtype for array, value in zip(arrays, values, strict=True) if _brings_dtype(array, value)]
    return [np.require(array, np.result_type(*own) if own else floatx(), ["C", "A"]) for array in arrays]


def one_input(name: str, value: Any) -> Array:
    """The only input, or the one whose dtype decides; see :func:`inputs`."""
    if type(value) is ndarray and value.dtype in _DTYPES and value.flags.carray:
        return value
    return inputs((name,), value)[0]


def converted(name: str, value: Any, dtype: np.dtype[Any]) -> Array:
    """One input as kernels want it, in the given dtype; see :func:`inputs`."""
    if type(value) is ndarray and value.dtype is dtype and value.flags.carray:
        return value
    return np.require(_array(name, value), dtype, ["C", "A"])


def _array(name: str, value: Any) -> Array:
    """The input as an array of a dtype that may be converted."""
    if value is None:
        raise TypeError(f"{name} {_WANTED}; got None")
    if np.ma.isMaskedArray(value):
        raise TypeError(f"{name} {_WANTED}; got a masked array: fill it first, as in {name}.filled(0)")
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} {_WANTED}; got {type(value).__name__}: {error}") from error
    if array.dtype.newbyteorder("=") not in _DTYPES and array.dtype.kind not in "biu":
        kind = f"dtype {array.dtype}" if isinstance(value, np.ndarray) else f"{type(value).__name__} ({array.dtype})"
        raise TypeError(f"{name} {_WANTED}; got {kind}")
    return array


def _brings_dtype(array: Array, value: Any) -> bool:
    return array.dtype.kind == "f" and hasattr(value, "dtype")


def shape(name: str, array: Array, expected: tuple[int, ...], meaning: str) -> None:
    """Check the shape; ``meaning`` names its axes in the error.

    Raises
    ------
    ValueError
        If it is another shape.
    """
    if array.shape != expected:
        raise ValueError(f"{name} must have shape {expected} {meaning}; got {array.shape}")


def matrix(name: str, array: Array, meaning: str) -> tuple[int, int]:
    """The two lengths of a matrix; ``meaning`` names its axes in the error.

    Raises
    ------
    ValueError
        If the array has more axes than two, or fewer.
    """
    if array.ndim != 2:
        hint = f"; a single row is {name}[None, :]" if array.ndim == 1 else ""
        raise ValueError(f"{name} must have two axes {meaning}; got shape {array.shape}{hint}")
    rows, columns = array.shape
    return rows, columns


def output(name: str, value: Any, expected: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """The array to write to, as it is, or a new one if None; :func:`apart` has yet to look at it.

    Raises
    ------
    TypeError
        If it is no array, or of another dtype.
    ValueError
        If its shape differs, or if it is not C-contiguous, aligned and writeable.
    """
    if value is None:
        return np.empty(expected, dtype)
    checked = in_place(name, value)
    if checked.dtype != dtype:
        raise TypeError(f"{name} must have dtype {dtype}, that of the result; got {checked.dtype}")
    if checked.shape != expected:
        raise ValueError(f"{name} must have shape {expected}, that of the result; got {checked.shape}")
    return checked


def in_place(name: str, value: Any) -> Array:
    """An array that is going to be changed, as it is; see :func:`output` for what is refused."""
    if type(value) is not ndarray and (not isinstance(value, ndarray) or np.ma.isMaskedArray(value)):
        raise TypeError(f"{name} is written to, so it must be a NumPy array; got {type(value).__name__}")
    array: Array = value
    if array.dtype not in _DTYPES:
        raise TypeError(
            f"{name} is written to, so it must be float32 or float64 (native byte order); got {array.dtype}"
        )
    flags = array.flags
    if not flags.carray:
        for held, what in (
            (flags.c_contiguous, "C-contiguous"),
            (flags.aligned, "aligned"),
            (flags.writeable, "writeable"),
        ):
            if not held:
                raise ValueError(f"{name} is written to, so it must be {what}; got an array that is not")
    return array


def in_place_together(first: Any, *others: Any) -> bool:
    """Whether arrays are, at a glance, fit for a step in place: all alike, and each with memory of its own.

    True says what :func:`in_place`, :func:`shape`, :func:`converted` and :func:`apart` would find out one by one,
    in a fraction of their time. False says nothing.
    """
    if type(first) is not ndarray:
        return False
    dtype, expected, flags = first.dtype, first.shape, first.flags
    if dtype not in _DTYPES or not flags.carray or not flags.owndata:
        return False
    last = first
    for array in others:
        if type(array) is not ndarray or array.dtype is not dtype or array.shape != expected:
            return False
        flags = array.flags
        if not flags.carray or not flags.owndata or array is first or array is last:
            return False
        last = array
    # Of three arrays, the first and the last are all that come before.
    return len(others) < 3 or len(set(map(id, others))) == len(others)


def apart(names: tuple[str, ...], array: Array, *others: Any) -> None:
    """Check that an array to write to shares no memory with the others, of which None is no array.

    Raises
    ------
    ValueError
        If it does; ``names`` are its own and theirs.
    """
    for position, other in enumerate(others, 1):
        if other is not None and may_share_memory(array, other) and overlap(array, other):
            raise ValueError(f"{names[0]} is written to, so it must not share memory with {names[position]}")


def plainly_apart(written: tuple[Any, ...], read: tuple[Any, ...]) -> bool:
    """Whether arrays to write to lie in memory that different arrays own, and the others in that of yet others.

    True says what :func:`apart` would find out pair by pair; False says nothing.
    """
    own, others = _owners(written), _owners(read)
    return own is not None and others is not None and len(set(own)) == len(own) and set(own).isdisjoint(others)


def _owners(values: tuple[Any, ...]) -> list[int] | None:
    """The id of the array that owns the memory, for each value but None; None unless every one has such an owner."""
    owners = []
    for value in values:
        if value is not None:
            if type(value) is not ndarray:
                return None
            base = value.base
            owner = value if base is None else base
            if type(owner) is not ndarray or not owner.flags.owndata:
                return None
            owners.append(id(owner))
    return owners


def overlap(a: Array, b: Any) -> bool:
    """Whether an array and anything like one share memory. Doubt, where finding out would take long, counts as yes."""
    if not may_share_memory(a, b):  # looks at bounds only
        return False
    return bool(may_share_memory(a, b, max_work=10_000))  # type: ignore[arg-type]  # any number is allowed


def number(
    name: str,
    value: Any,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    open_low: bool = False,
    open_high: bool = True,
) -> float:
    """A number between the bounds, as a float. The upper bound is left out by default, the lower one is not.

    Raises
    ------
    TypeError
        If it is not a real number; text and booleans are none.
    ValueError
        If it is NaN or outside the bounds.
    """
    result = value if type(value) is float else _real(name, value)
    if (low < result if open_low else low <= result) and (result < high if open_high else result <= high):
        return result
    brackets = "(" if open_low or low == -math.inf else "[", ")" if open_high else "]"
    raise ValueError(f"{name} must lie in {brackets[0]}{low:g}, {high:g}{brackets[1]}; got {value!r}")


def _real(name: str, value: Any) -> float:
    """What is no float yet as one."""
    if isinstance(value, (str, bytes, *_BOOLEANS)):
        raise _not("a number", name, value)
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise _not("a number", name, value) from error


def whole(name: str, value: Any, low: int, high: int) -> int:
    """A whole number from low to high, both included.

    Raises
    ------
    TypeError
        If it is not an integer; a boolean is none.
    ValueError
        If it is outside the bounds.
    """
    if isinstance(value, _BOOLEANS):
        raise _not("an integer", name, value)
    try:
        result = operator.index(value)
    except TypeError as error:
        raise _not("an integer", name, value) from error
    if not low <= result <= high:
        raise ValueError(f"{name} must lie between {low} and {high}; got {result}")
    return result


def several(name: str, value: Any, wanted: str) -> list[Any]:
    """The entries of a list or of anything like one; ``wanted`` says of what, in the error.

    Raises
    ------
    TypeError
        If it has no entries to give; text and dicts are not asked for theirs.
    """
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise _not(wanted, name, value)
    return list(value)


def _not(wanted: str, name: str, value: Any) -> TypeError:
    return TypeError(f"{name} must be {wanted}; got {value!r}")


def labels(name: str, value: Any, rows: int, classes: int) -> Array:
    """Class labels as int64 of shape (rows,); (rows, 1) is taken too.

    Raises
    ------
    TypeError
        If they are not integers.
    ValueError
        If there are not as many as rows, or one is outside [0, classes).
    """
    array = numbers(name, value)
    if array.dtype.kind not in "iu" and (array.size or hasattr(value, "dtype")):
        raise TypeError(f"{name} must hold integers, the labels of the classes; got dtype {array.dtype}")
    if array.shape not in ((rows,), (rows, 1)):
        raise ValueError(f"{name} must have shape ({rows},), a label a row; got {array.shape}")
    return labels_in_range(array.reshape(rows), classes, name)
