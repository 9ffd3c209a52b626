"""Data as the engines want it: checked, of one dtype, contiguous; copied only where it must be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from dlcore.backends import get_backend
from dlcore.checks import number
from dlcore.floats import Array, numbers
from dlcore.labels import labels_in_range

#: x, y (None only where the model needs none), sample_weight.
Data: TypeAlias = "tuple[Array, Any, Array | None]"

_ONE_HOT_HINT = "; for one-hot rows use the loss categorical_crossentropy"
_LABEL_HINT = "; for integer labels use the loss sparse_categorical_crossentropy"


def features(
    x: Any, inputs: int | None, dtype: np.dtype[Any], layer: str, name: str = "x", flatten: bool = False
) -> Array:
    """The input of a network as a matrix (rows, inputs).

    Parameters
    ----------
    x : array-like, (rows, inputs), or (rows,) where inputs is 1
        Real numbers.
    inputs : int or None
        How many columns the first layer takes; None if it takes what comes.
    dtype
        Of the result.
    layer, name : str
        For error messages.
    flatten : bool
        Whether rows may have any shape.

    Returns
    -------
    ndarray, C-contiguous
        x itself where it is already so.
    """
    array = _matrix(x, dtype, name)
    if array.ndim == 1 and (inputs == 1 or is_column(x)):
        array = array.reshape(-1, 1)
    rows = array.reshape(len(array), math.prod(array.shape[1:])) if flatten and array.ndim else array
    if rows.ndim != 2 or (inputs is not None and rows.shape[1] != inputs):
        expected = f"(rows, {inputs})" if inputs is not None else "(rows, columns)"
        after = " after Flatten" if flatten else ""
        raise ValueError(f"{name}: layer {layer!r} expects shape {expected}{after}; found {array.shape}")
    return rows


def targets(y: Any, rows: int, units: int, sparse: bool, dtype: np.dtype[Any], loss: str, name: str = "y") -> Array:
    """What a network is to predict: labels (rows,) for a sparse loss, else a matrix (rows, units)."""
    if y is None:
        raise ValueError(f"{name} is needed: the targets, one row for each row of x")
    if sparse:
        array = dense(name, y)
        if array.ndim == 2 and array.shape[1] == 1:
            array = array[:, 0]
        if array.shape != (rows,):
            raise ValueError(
                f"{name} must have the shape ({rows},), an integer label a row, for the loss {loss}; "
                f"found {array.shape}" + (_ONE_HOT_HINT if array.shape == (rows, units) else "")
            )
        return labels_in_range(array, units, name)
    array = _matrix(y, dtype, name)
    if array.ndim == 1 and units == 1:
        array = array.reshape(-1, 1)
    if array.shape != (rows, units):
        hint = _LABEL_HINT if "categorical" in loss and array.size == rows else ""
        raise ValueError(f"{name} must have the shape ({rows}, {units}) for the loss {loss}; found {array.shape}{hint}")
    return array


def weights(sample_weight: Any, rows: int, dtype: np.dtype[Any], name: str = "sample_weight") -> Array | None:
    """A weight for each row, (rows,), or None."""
    if sample_weight is None:
        return None
    array = _matrix(sample_weight, dtype, name)
    if array.shape not in ((rows,), (rows, 1)):
        raise ValueError(f"{name} must have the shape ({rows},), a weight a row; found {array.shape}")
    return array.reshape(rows)


def any_array(value: Any, rows: int | None, dtype: np.dtype[Any], name: str) -> Array:
    """Numbers of any shape with so many rows (None: as many as there are); floating ones of that dtype."""
    array = dense(name, value)
    if array.ndim == 0 or (rows is not None and len(array) != rows):
        raise ValueError(
            f"{name} must have {'rows' if rows is None else f'{rows} rows, as x has'}; found {array.shape}"
        )
    return array.astype(dtype, copy=False) if array.dtype.kind == "f" else array


def class_weights(y: Array | None, class_weight: Mapping[Any, float], name: str = "class_weight") -> Array:
    """A weight for each row from that of its class; classes that are not named weigh 1.

    Parameters
    ----------
    y : array
        Integer labels, (rows,) or (rows, 1), or one column a class.
    class_weight : dict of int to float
        The weight of each class.

    Raises
    ------
    ValueError
        If it is no dict, or a key no class; or y has no classes.
    """
    if not isinstance(class_weight, Mapping):
        raise ValueError(f"{name} must be a dict-like mapping from class to weight; got {class_weight!r}")
    if y is None:
        raise ValueError(f"{name} needs y: the classes of the rows")
    weights = {_label(label, name): number(f"{name}[{label!r}]", w, 0) for label, w in class_weight.items()}
    wide = y.ndim == 2 and y.shape[1] > 1
    if y.ndim > 2 or (y.ndim == 2 and not y.shape[1]):
        raise ValueError(f"{name} takes y with one label a row, or one column a class; found {y.shape}")
    labels = y.argmax(axis=1) if wide else y.reshape(len(y))
    result = np.ones(len(y))
    for label, weight in weights.items():
        result[labels == label] = weight
    return result


def _label(key: Any, name: str) -> int:
    """A class as keys say it: also as "1", as in files, or 1.0."""
    try:
        label = int(key)
        if isinstance(key, str) or label == key:
            return label
    except (TypeError, ValueError):
        pass
    raise ValueError(f"{name} must have integer keys: the classes; got {key!r}")


def is_sparse(x: Any) -> bool:
    """Whether x is one of scipy's sparse matrices or arrays."""
    return hasattr(x, "tocsr") and hasattr(x, "toarray")


def is_column(x: Any) -> bool:
    """Whether x is one column of a data frame: as rows, it has one column."""
    return hasattr(x, "to_numpy") and getattr(x, "ndim", len(getattr(x, "shape", ()))) == 1


def dense(name: str, value: Any) -> Array:
    """Whatever holds real numbers as an array: also a sparse matrix, or a data frame of nullable columns."""
    if isinstance(value, np.ndarray):
        return numbers(name, value)
    if is_sparse(value):
        value = value.toarray()
    elif hasattr(value, "to_numpy"):
        array = value.to_numpy()
        try:
            value = array.astype(np.float64) if array.dtype == object else array
        except (TypeError, ValueError):
            raise TypeError(
                f"{name} must hold real numbers; some columns of the data frame hold something else"
            ) from None
    return numbers(name, value)


def _matrix(x: Any, dtype: np.dtype[Any], name: str) -> Array:
    """Finite numbers of that dtype, contiguous and aligned."""
    array = dense(name, x)
    flags = array.flags
    if array.dtype == dtype and flags.c_contiguous and flags.aligned:
        ready = array
    else:
        with np.errstate(over="ignore"):
            ready = np.require(array, dtype, ["C", "A"])
    if array.dtype.kind == "f" and not get_backend().all_finite(ready):
        raise _not_finite(ready, array, name)
    return ready


def check_finite(x: Array, name: str) -> None:
    """Say where the first number is that is not finite, if there is one."""
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        raise _not_finite(x, x, name)


def _not_finite(ready: Array, given: Array, name: str) -> ValueError:
    """What is to be said of the first number that is not finite."""
    place = tuple(int(i) for i in np.argwhere(~np.isfinite(ready))[0])
    value = given[place]
    where = f"at index {place[0] if len(place) == 1 else place}"
    if np.isfinite(value):
        return ValueError(f"{name} holds {value} {where}, beyond the range of {ready.dtype}")
    return ValueError(f"{name} contains NaN or infinity: {value} {where}")
