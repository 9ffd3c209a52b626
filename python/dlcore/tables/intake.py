"""What a caller brings as a table: its columns, their names if it has any, and what each of them holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from dlcore.floats import Array
from dlcore.tables import cells


@dataclass(frozen=True)
class Coded:
    """A column of categories that comes as codes already: -1 is missing."""

    codes: Array
    values: list[Any]

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: Any) -> Coded:
        return Coded(self.codes[rows], self.values)


#: One column: numbers, booleans, dates, text or objects, one-dimensional; or codes.
Column: TypeAlias = "Array | Coded"


class Table(NamedTuple):
    """A table by columns. Where all are numbers of one dtype, ``matrix`` is the whole; where sparse, ``sparse`` is."""

    rows: int
    width: int
    names: list[str] | None = None
    columns: Sequence[Column] = ()
    matrix: Array | None = None
    sparse: Any = None

    def column(self, index: int) -> Column:
        """One column; of a sparse table, it is made dense."""
        if self.sparse is not None:
            dense: Array = self.sparse[:, [index]].toarray()[:, 0]
            return dense
        return self.columns[index] if self.matrix is None else self.matrix[:, index]

    def take(self, rows: Array) -> Table:
        """Some of the rows."""
        return self._replace(
            rows=len(rows),
            columns=[column[rows] for column in self.columns],
            matrix=None if self.matrix is None else self.matrix[rows],
            sparse=None if self.sparse is None else self.sparse[rows],
        )

    def choose(self, indexes: list[int]) -> Table:
        """Some of the columns of a table with names."""
        names = None if self.names is None else [self.names[i] for i in indexes]
        return self._replace(width=len(indexes), names=names, columns=[self.columns[i] for i in indexes])

    def label(self, index: int) -> str:
        """What messages call a column: its name, or its number."""
        return str(index) if self.names is None else repr(self.names[index])


#: Of such alone, NumPy makes an array of numbers.
_PLAIN = {bool, int, float}


def read(X: Any) -> Table:  # noqa: PLR0911 - one for each of them
    """A table of a data frame, structured array, matrix, sparse matrix, dict of columns, or list of rows.

    Raises
    ------
    TypeError
        If it is none of these.
    ValueError
        If it has not two axes, rows differ in length, or it holds complex numbers.
    """
    if type(X) is np.ndarray and X.dtype.kind in "fiub":
        return _matrix(X)
    if hasattr(X, "tocsr") and hasattr(X, "toarray"):
        return _sparse(X)
    if hasattr(X, "to_pandas") and not hasattr(X, "iloc"):  # polars, pyarrow
        X = X.to_pandas()
    if hasattr(X, "iloc"):
        return _frame(X)
    if isinstance(X, Mapping):
        return _named({str(name): as_column(_one_axis(name, column)) for name, column in X.items()})
    if X is None or isinstance(X, (str, bytes)) or np.isscalar(X):
        raise ValueError(f"Expected 2D array, got scalar array instead: X must be a table; got {X!r}")
    array = _unmasked(X) if isinstance(X, np.ma.MaskedArray) else _array(X)
    if array.dtype.names is not None:
        _check_axes(array, 1)
        return _named({name: as_column(array[name]) for name in array.dtype.names})
    if array.dtype.kind in "fiub":
        return _matrix(array)
    _check_axes(array, 2)
    rows, width = array.shape
    return Table(rows, width, columns=[as_column(array[:, i]) for i in range(width)])


def _array(X: Any) -> Array:
    """Rows as an array; as objects if they hold different things, so that numbers stay numbers beside text."""
    if isinstance(X, (list, tuple)) and any(isinstance(row, (list, tuple)) for row in X):
        lengths = {len(row) if isinstance(row, (list, tuple)) else -1 for row in X}
        if len(lengths) > 1:
            raise ValueError("the rows of X differ in length")
        array = np.array(X, dtype=object)
        kinds = {type(cell) for cell in array.ravel()}
        return np.array(X) if kinds and kinds <= _PLAIN else array
    try:
        return np.asarray(X)
    except ValueError as error:
        raise ValueError(f"X must be a table: {error}") from error


def _check_axes(array: Array, axes: int) -> None:
    if array.ndim == axes:
        return
    if array.ndim == 1:
        raise ValueError(
            f"Expected 2D array, got 1D array instead:\narray={array}.\nReshape your data either using "
            "array.reshape(-1, 1) if your data has a single feature or array.reshape(1, -1) if it contains a single "
            "sample."
        )
    if array.ndim == 0:
        raise ValueError(f"Expected 2D array, got scalar array instead:\narray={array}.")
    raise ValueError(f"Found array with dim {array.ndim}. X must have two axes: rows and columns; got {array.shape}")


def _matrix(array: Array) -> Table:
    _check_axes(array, 2)
    rows, width = array.shape
    return Table(rows, width, matrix=array)


def _sparse(X: Any) -> Table:
    if len(X.shape) != 2:
        raise ValueError(f"X must have two axes: rows and columns; got a sparse array of shape {X.shape}")
    if X.dtype.kind == "c":
        raise ValueError("Complex data not supported")
    if X.dtype.kind not in "fiub":
        raise TypeError(f"a sparse X holds numbers; got dtype {X.dtype}")
    rows, width = X.shape
    return Table(rows, width, sparse=X.tocsr())


def _frame(X: Any) -> Table:
    if not hasattr(X, "columns"):
        raise ValueError(
            f"Expected 2D array, got 1D array instead: a {type(X).__name__}; make it a frame of one column"
        )
    columns = [_series(X.iloc[:, i]) for i in range(len(X.columns))]
    named = all(isinstance(name, str) for name in X.columns)
    if not named and any(isinstance(name, str) for name in X.columns):
        raise TypeError(
            "Feature names are only supported if all input features have string names, but your input has "
            f"{sorted({type(name).__name__ for name in X.columns})} as feature name / column name types."
        )
    names = [str(name) for name in X.columns] if named else None
    if names is not None:
        _check_names(names)
    return Table(len(X), len(columns), names, columns)


def _named(columns: dict[str, Column]) -> Table:
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        raise ValueError(f"the columns of X differ in length: {', '.join(map(str, sorted(lengths)))}")
    return Table(next(iter(lengths), 0), len(columns), list(columns), list(columns.values()))


def _check_names(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise ValueError(f"the columns of X must have different names; {', '.join(map(repr, twice))} comes twice")


def _one_axis(name: Any, column: Any) -> Column:
    if hasattr(column, "iloc"):
        return _series(column)
    array: Array
    if isinstance(column, np.ndarray):
        array = column
    else:
        values = list(column)
        array = np.array(values) if {type(value) for value in values} <= _PLAIN else _objects(values)
    if array.ndim != 1:
        raise ValueError(f"column {name!r} of X must have one axis; got shape {array.shape}")
    return array


def _objects(values: list[Any]) -> Array:
    array = np.empty(len(values), object)
    array[:] = values
    return array


def _series(series: Any) -> Column:
    """A column of a data frame, whatever library's extension holds it."""
    dtype = series.dtype
    if isinstance(dtype, np.dtype):
        return as_column(series.to_numpy())
    if hasattr(dtype, "categories"):
        return Coded(np.asarray(series.cat.codes), [_category(value) for value in dtype.categories])
    if dtype.name.startswith("period"):
        series = series.dt.to_timestamp()
    elif getattr(dtype, "tz", None) is not None:
        series = series.dt.tz_localize(None)  # the time on the wall
    kind = getattr(series.dtype, "kind", "O")
    if kind in "biuf":
        numbers: Array = series.to_numpy(dtype=np.float64, na_value=np.nan)
        return numbers
    if kind == "M":
        return np.asarray(series.to_numpy(dtype="datetime64[ns]")).astype(cells.DATES)
    if kind == "m":
        return as_column(series.to_numpy(dtype="timedelta64[ns]"))
    return as_column(series.to_numpy(dtype=object))


def _category(value: Any) -> Any:
    """A category of a frame; one that no other table could hold, such as an interval, is its text."""
    try:
        return value if cells.is_missing(value) else cells.category(value, "")
    except TypeError:
        return str(value)


def _unmasked(array: Any) -> Array:
    """A masked array with its masked cells missing; one of records as it is, since each field has a mask of its own."""
    if array.dtype.names is not None:
        return array  # type: ignore[no-any-return]
    plain: Array = array.data.astype(np.float64 if array.dtype.kind in "fiub" else object)
    plain[np.ma.getmaskarray(array)] = np.nan if plain.dtype.kind == "f" else None
    return plain


def as_column(array: Any) -> Column:
    """A column of numbers, booleans, dates, text or objects; durations become seconds, masked cells missing."""
    if isinstance(array, Coded):
        return array
    if isinstance(array, np.ma.MaskedArray):
        array = _unmasked(array)
    kind = array.dtype.kind
    if kind == "c":
        raise ValueError("Complex data not supported")
    if kind == "M":
        dates: Array = array.astype(cells.DATES)
        return dates
    if kind == "m":
        return np.where(np.isnat(array), np.nan, array / np.timedelta64(1, "s"))
    if kind in "UST":
        return _objects(array.tolist())
    if kind not in "biufO":
        raise TypeError(f"X holds numbers, text and dates; got a column of dtype {array.dtype}")
    result: Array = array
    return result
