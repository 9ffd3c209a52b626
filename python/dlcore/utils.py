"""Small helpers under Keras's names: seeds, one-hot labels, sequences of one length, a fresh start."""

from __future__ import annotations

from collections import abc
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcore import naming, streams
from dlcore.checks import whole
from dlcore.floats import Array, numbers
from dlcore.pydataset import PyDataset
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
    "PyDataset",
    "Sequence",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "register_keras_serializable",
    "serialize_keras_object",
    "set_random_seed",
    "to_categorical",
    "unpack_x_y_sample_weight",
]

#: The name that PyDataset had in Keras 2.
Sequence = PyDataset


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


def normalize(x: Any, axis: int = -1, order: float = 2) -> Array:
    """Vectors along an axis over their norm of that order; those of length 0 stay."""
    values = numbers("x", x)
    lengths = np.linalg.norm(values, order, axis, keepdims=True)
    result: Array = values / np.where(lengths == 0, np.ones_like(lengths), lengths)
    return result


def pad_sequences(
    sequences: abc.Sequence[abc.Sequence[Any]],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> Array:
    """Sequences of several lengths as the rows of one array.

    Parameters
    ----------
    sequences : sequence of sequences
        Their entries may be arrays, all of one shape.
    maxlen : int, optional
        Length of the rows. Default: that of the longest sequence.
    dtype
        Of the array.
    padding, truncating : "pre" or "post"
        Where short sequences are filled, and where long ones lose entries.
    value
        What they are filled with.

    Returns
    -------
    array, (number of sequences, maxlen, ``*shape`` of an entry)

    Raises
    ------
    ValueError
        If ``sequences`` holds something else, entries differ in shape, or an argument is none of those allowed.
    """
    for name, side in (("padding", padding), ("truncating", truncating)):
        if side not in ("pre", "post"):
            raise ValueError(f"{name} must be 'pre' or 'post'; got {side!r}")
    if not hasattr(sequences, "__len__") or not all(hasattr(sequence, "__len__") for sequence in sequences):
        raise ValueError("`sequences` must be a list of iterables, each with a length")
    length = max(map(len, sequences), default=0) if maxlen is None else whole("maxlen", maxlen, 0, 2**31 - 1)
    entry = next((np.shape(sequence)[1:] for sequence in sequences if len(sequence)), ())
    result = np.full((len(sequences), length, *entry), value, dtype)
    for row, sequence in zip(result, sequences, strict=True):
        kept = np.asarray(sequence[max(len(sequence) - length, 0) :] if truncating == "pre" else sequence[:length])
        if not len(kept):
            continue
        if kept.shape[1:] != entry:
            raise ValueError(f"entries must all have one shape; got {entry} and {kept.shape[1:]}")
        row[slice(length - len(kept), None) if padding == "pre" else slice(len(kept))] = kept
    return result


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """The three parts of a batch; what is missing is None.

    Raises
    ------
    ValueError
        If it is a tuple of some other length.
    """
    if not isinstance(data, (tuple, list)):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(f"a batch must be (x,), (x, y) or (x, y, sample_weight); got {len(data)} entries")
    x, y, weight = (*data, None, None)[:3]
    return x, y, weight


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """The parts as ``train_step`` takes them: a tuple, or x alone."""
    if y is None:
        return x if not isinstance(x, (list, tuple)) else (x,)
    return (x, y) if sample_weight is None else (x, y, sample_weight)
