"""The rows that a fit is given: checked, without those that weigh nothing, split, equal ones merged."""

from __future__ import annotations

from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from dlcore.floats import Array
from dlcore.models.data import is_sparse

#: Equal rows are looked for in tables of up to so many numbers, where that costs next to nothing.
SMALL_TABLE = 2**16

#: Sparse tables of up to so many numbers are taken as dense ones.
FITS_DENSE = 2**24


class Rows(NamedTuple):
    """A table and what goes with it.

    Attributes
    ----------
    x : array, sparse matrix or data frame (rows, columns)
    y : array
        Targets or class numbers, not yet those of a loss.
    weight : array (rows,), float64, or None
        Sample and class weights together.
    """

    x: Any
    y: Array
    weight: Array | None

    @property
    def length(self) -> int:
        """How many rows."""
        return int(self.x.shape[0])

    def taken(self, chosen: Array) -> Rows:
        """Some of the rows, in that order."""
        from sklearn.utils import _safe_indexing

        return Rows(
            _safe_indexing(self.x, chosen), self.y[chosen], None if self.weight is None else self.weight[chosen]
        )

    def weights_about_one(self) -> tuple[Array | None, float]:
        """Weights whose mean is 1, and what they were divided by: the loss of a batch is a mean, whatever the unit."""
        if self.weight is None:
            return None, 1.0
        mean = float(self.weight.sum() / self.length)
        return self.weight / mean, mean


def checked_table(estimator: Any, X: Any, reset: bool) -> Any:
    """X as a matrix of float64 or float32, dense or CSR; with preprocessing, a frame that holds more than numbers.

    Sets or compares ``n_features_in_`` and ``feature_names_in_``.

    Raises
    ------
    ValueError, TypeError
        As scikit-learn's own estimators do.
    """
    from sklearn.utils.validation import validate_data

    if estimator.preprocessing is not None and _holds_more_than_numbers(X):
        validate_data(estimator, X, reset=reset, skip_check_array=True)
        if not len(X):
            raise ValueError(f"Found array with 0 sample(s) (shape={X.shape}) while a minimum of 1 is required.")
        return X
    finite = True if estimator.preprocessing is None or is_sparse(X) else "allow-nan"
    table = validate_data(
        estimator, X, accept_sparse="csr", dtype=(np.float64, np.float32), ensure_all_finite=finite, reset=reset
    )
    return table.toarray() if is_sparse(table) and table.shape[0] * table.shape[1] <= FITS_DENSE else table


def checked_weights(sample_weight: Any, X: Any) -> Array | None:
    """A weight for each row of X, or None.

    Raises
    ------
    ValueError
        If they are negative, not finite, all zero, or not one a row.
    """
    from sklearn.utils import check_array

    if sample_weight is None:
        return None
    rows = X.shape[0]
    if isinstance(sample_weight, Real):
        sample_weight = np.full(rows, float(sample_weight))
    found = np.asarray(check_array(sample_weight, dtype=np.float64, ensure_2d=False, input_name="sample_weight"))
    if found.ndim != 1:
        raise ValueError(f"Sample weights must be 1D array or scalar, got {found.ndim}D array.")
    if len(found) != rows:
        raise ValueError(f"sample_weight.shape == {found.shape}, expected {(rows,)}!")
    if (found < 0).any():
        raise ValueError("Negative values in data passed to `sample_weight`")
    if not found.any():
        raise ValueError("Sample weights must contain at least one non-zero number.")
    return found


def weighing(rows: Rows) -> Rows:
    """Those of the rows that weigh more than nothing: the others might as well not be there."""
    if rows.weight is None or rows.weight.all():
        return rows
    if not rows.weight.any():
        raise ValueError("Sample and class weights together must give at least one row a weight other than zero.")
    return rows.taken(np.flatnonzero(rows.weight))


def merged(rows: Rows) -> Rows:
    """The same table with equal rows as one, of their weight together, in an order of their own.

    A row that weighs two and a row that is there twice are one and the same then, to the last bit. Large tables, sparse
    ones and those of more than numbers stay as they are.
    """
    x, y = rows.x, rows.y
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f" or x.size > SMALL_TABLE:
        return rows
    table = np.column_stack([x, y.astype(np.float64)]) + 0.0  # which makes -0 equal 0
    keys = np.ascontiguousarray(table).view(np.dtype((np.void, table.itemsize * table.shape[1])))[:, 0]
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    weight = np.bincount(place.reshape(-1), rows.weight, len(first))
    return Rows(x[first], y[first], None if (weight == 1).all() else weight)


def split(rows: Rows, share: float, stratify: bool, seed: int) -> tuple[Rows, Rows]:
    """The rows to train on, and a share of the rows to validate with.

    Raises
    ------
    ValueError
        If there are too few.
    """
    from sklearn.model_selection import train_test_split

    places = np.arange(rows.length)
    classes = rows.y if stratify else None
    train, held = train_test_split(places, test_size=share, random_state=seed, stratify=classes)
    if len(held) < 2:
        raise ValueError("The validation set is too small. Increase 'validation_fraction' or the size of your dataset.")
    return rows.taken(train), rows.taken(held)


def first(x: Any) -> Any:
    """A table's first row."""
    return x.iloc[:1] if hasattr(x, "iloc") else x[:1]


def _holds_more_than_numbers(X: Any) -> bool:
    """Whether some column of a data frame, or of an array of objects, holds text, categories, dates or the like."""
    if hasattr(X, "dtypes") and hasattr(X, "columns"):
        return any(not _is_plain(dtype) for dtype in X.dtypes)
    array = X if isinstance(X, np.ndarray) else None
    if array is None or array.ndim != 2:
        return False
    return array.dtype.kind in "US" or (array.dtype == object and any(isinstance(value, str) for value in array.flat))


def _is_plain(dtype: Any) -> bool:
    return getattr(dtype, "kind", "O") in "fiub"
