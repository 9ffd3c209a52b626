"""Small helpers under Keras's names: seeds, one-hot labels, a fresh start."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcore import naming, streams
from dlcore.checks import whole
from dlcore.floats import numbers
from dlcore.registry import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)

__all__ = [
    "CustomObjectScope",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "register_keras_serializable",
    "serialize_keras_object",
    "set_random_seed",
    "to_categorical",
]


def set_random_seed(seed: int) -> None:
    """Seed dlcore, Python's :mod:`random` and NumPy's global generator.

    One seed gives one result: initial weights and the order of the rows depend on it alone.

    Parameters
    ----------
    seed : int
        In [0, 2³²).
    """
    import random as python_random  # here: it costs milliseconds that an import of dlcore need not

    seed = streams.check_seed(seed)  # a plain int, which is all that Python's generator takes
    streams.set_seed(seed)
    python_random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - the global generator is what Keras's function seeds


def clear_session() -> None:
    """Start the automatic names (``dense``, ``dense_1``, …) anew."""
    naming.reset()


def to_categorical(x: ArrayLike, num_classes: int | None = None) -> NDArray[np.float64]:
    """One-hot rows from integer labels.

    Parameters
    ----------
    x : array of int, any shape
        Labels in [0, num_classes). A last axis of length 1 is dropped, as in Keras.
    num_classes : int, optional
        Default: the largest label + 1.

    Returns
    -------
    ndarray, float64, shape of x + (num_classes,)
        1 at the label, 0 elsewhere.

    Raises
    ------
    ValueError, TypeError
        If a label is not a whole number in range, or num_classes is not one above 0.
    """
    values = numbers("x", x)
    with np.errstate(invalid="ignore"):
        labels = values.astype(np.int64)
    if not np.array_equal(labels, values):
        raise ValueError(f"x must hold whole numbers; got dtype {values.dtype} with fractions or NaN")
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    largest = int(labels.max(initial=-1))
    classes = largest + 1 if num_classes is None else whole("num_classes", num_classes, 1, 2**31 - 1)
    if labels.size and (labels.min() < 0 or largest >= classes):
        raise ValueError(f"x must hold labels in [0, {classes}); found {labels.min()} to {largest}")
    result = np.zeros((*labels.shape, classes))
    np.put_along_axis(result, labels[..., None], 1, axis=-1)
    return result
