"""Integer labels, checked."""

from __future__ import annotations

import numpy as np

from dlcore.floats import Array

_INT64, _UINT64 = np.dtype(np.int64), np.dtype(np.uint64)


def labels_in_range(y: Array, classes: int, name: str = "y_true") -> Array:
    """Labels as C-contiguous int64, of the shape they came in.

    Parameters
    ----------
    y : array of whole numbers
        Of any real dtype.
    classes : int
        Labels are in [0, classes).
    name : str
        What the error messages call y.

    Raises
    ------
    TypeError, ValueError
        If a label is no whole number in that range.
    """
    if y.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold integer labels; got dtype {y.dtype}")
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        raise ValueError(f"{name} must hold integer labels; it contains NaN or infinity")
    if y.dtype == _INT64:
        unsigned = y.view(_UINT64)  # a negative label, read so, is far too large
        within = not y.size or unsigned.item(unsigned.argmax()) < classes
    else:
        within = not y.size or (y.min() >= 0 and y.max() < classes)
    if not within:
        raise ValueError(
            f"{name} must hold labels in [0, {classes}), one for each column of the prediction; "
            f"found {y.min()} to {y.max()}"
        )
    if y.dtype == _INT64 and y.flags.carray:
        return y
    labels: Array = np.require(y, _INT64, ["C", "A"])
    if y.dtype.kind == "f" and not np.array_equal(labels, y):
        raise ValueError(f"{name} must hold integer labels; it contains fractions")
    return labels
