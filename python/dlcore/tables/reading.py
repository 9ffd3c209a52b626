"""Tables from files: CSV and its kin, Parquet, NumPy's .npz, as one data frame, or an error that says what is wrong."""

from __future__ import annotations

import difflib
import errno
import os
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.tables.text import COMPRESSIONS, parsed, read_text

#: Endings of files of text, and the separator where the ending says it.
TEXTS: dict[str, str | None] = {".csv": None, ".tsv": "\t", ".tab": "\t", ".txt": None}
PARQUET = (".parquet", ".pq")
NPZ = ".npz"

#: What may be read, for help and messages.
READABLE = (
    f"{', '.join(TEXTS)} (also compressed: {', '.join(f'.csv{ending}' for ending in COMPRESSIONS)}), .parquet, .npz"
)

#: Endings of what people have instead, and what helps.
_INSTEAD = {
    ".xlsx": "save the sheet as CSV",
    ".xls": "save the sheet as CSV",
    ".ods": "save the sheet as CSV",
    ".json": "write it as CSV or Parquet, for instance with pandas",
    ".feather": "write it as Parquet",
    ".npy": "name its columns, for instance with numpy.savez('data.npz', x=x, y=y)",
    ".pkl": "pickles can run code and are not read; write it as CSV or Parquet",
    ".pickle": "pickles can run code and are not read; write it as CSV or Parquet",
}


def read_table(
    path: str | os.PathLike[str],
    *,
    separator: str | None = None,
    encoding: str | None = None,
    text_columns: Collection[str] = (),
) -> Any:
    """Read a table from a file; the ending of its name says how.

    Parameters
    ----------
    path : path
        ``.csv``, ``.tsv``, ``.tab``, ``.txt`` (also ``.gz``, ``.bz2``, ``.xz`` after that), ``.parquet``, ``.pq``, or
        ``.npz``. The first line of a text names the columns. In an ``.npz`` an array of n numbers is a column, and an
        array of shape (n, k) called x is the columns x_0 to x_{k-1}.
    separator : str, optional
        One character between the fields of a text. Default: tab in a ``.tsv``; else that one of comma, semicolon, tab
        and bar that makes columns.
    encoding : str, optional
        Of a text. Default: UTF-8, or UTF-16 if its first bytes say so; Windows-1252 if it cannot be UTF-8.
    text_columns : collection of str
        Columns whose fields are text even where they look like numbers; names that are not there are ignored.

    Returns
    -------
    pandas.DataFrame
        With rows numbered from 0 and different names of columns, all text. Empty fields, ``NA``, ``null``, ``?`` and
        the like are missing values; a column of ISO dates in a text holds dates. ``frame.attrs["read"]`` says in words
        how the file was read.

    Raises
    ------
    FileNotFoundError, IsADirectoryError, OSError
        If there is no such file, or it cannot be read.
    ValueError
        If the name ends otherwise, or the file is empty, has no rows, is not what its name says, or has a line with
        too many or too few fields or two columns of one name: with the line, where there is one.
    ImportError
        If pandas, or pyarrow for Parquet, is not installed.
    """
    shown = os.fspath(path)
    _check_place(Path(path))
    _require("pandas", "tables")
    stem, ending = os.path.splitext(shown.lower())
    compression = ending if ending in COMPRESSIONS else None
    if compression:
        ending = os.path.splitext(stem)[1]
    if ending in TEXTS:
        text = read_text(shown, compression, encoding)
        frame = parsed(shown, text, separator or TEXTS[ending], text_columns)
    elif ending in PARQUET and not compression:
        frame = _read_parquet(shown)
    elif ending == NPZ and not compression:
        frame = _read_npz(shown)
    else:
        advice = f"; {_INSTEAD[ending]}" if ending in _INSTEAD else ""
        raise ValueError(
            f"{shown}: the name of a table must end in {READABLE}; got {repr(ending) if ending else 'none'}{advice}"
        )
    return _checked(shown, frame)


def _check_place(path: Path) -> None:
    """A missing file's error names the nearest that is there, and a folder's the tables in it."""
    if path.is_dir():
        tables = [name.name for name in sorted(path.iterdir()) if name.suffix.lower() in (*TEXTS, *PARQUET, NPZ)]
        inside = f"; it holds {', '.join(tables[:5])}" if tables else ""
        raise IsADirectoryError(errno.EISDIR, f"a table is one file, but this is a folder{inside}", str(path))
    if not path.exists():
        folder = path.parent
        if not folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(folder))
        near = difflib.get_close_matches(path.name, [name.name for name in folder.iterdir()], 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise FileNotFoundError(errno.ENOENT, f"there is no such file{hint}", str(path))


def _require(module: str, extra: str) -> None:
    import importlib.util

    if importlib.util.find_spec(module) is None:
        raise ImportError(f"tables are read with {module}, which is not installed: pip install 'dlcore[{extra}]'")


def _checked(path: str, frame: Any) -> Any:
    """The frame, if it is a table at all."""
    names = [str(name) for name in frame.columns]
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise ValueError(f"{path}: there are {names.count(repeated[0])} columns called {repeated[0]!r}; rename them")
    if not names:
        raise ValueError(f"{path} has no columns")
    if not len(frame):
        raise ValueError(f"{path} has columns ({listed(names)}) but no rows")
    frame.columns = names
    return frame


def listed(names: Sequence[object], most: int = 10) -> str:
    """Names for a message, not more than it can hold."""
    more = f", … ({len(names)} in all)" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more


def _read_parquet(path: str) -> Any:
    _require("pyarrow", "tables")
    import pandas
    import pyarrow

    try:
        frame = pandas.read_parquet(path, engine="pyarrow")
    except (pyarrow.ArrowException, ValueError, EOFError) as error:
        raise ValueError(f"{path} is damaged, or no Parquet file: {error}") from error
    named = [name for name in frame.index.names if name is not None]
    frame = frame.reset_index(drop=not named)
    frame.attrs = {"read": "Parquet"}
    return frame


def _read_npz(path: str) -> Any:
    import pandas

    columns: dict[str, Any] = {}
    shapes: dict[str, tuple[int, ...]] = {}
    try:
        with open(path, "rb") as file, zipfile.ZipFile(file):  # a zip archive is all that numpy is asked to read
            file.seek(0)
            archive = np.load(file, allow_pickle=False)
            for name in archive.files:
                array = archive[name]
                shapes[name] = array.shape
                columns.update(_columns(name, array))
    except (ValueError, EOFError, KeyError, zlib.error, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is damaged, or no .npz file of plain arrays: {error}") from error
    lengths = {shape[0] if shape else None for shape in shapes.values()}
    if len(lengths) > 1 or None in lengths:
        found = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"{path}: arrays of one table have as many rows each; got {found}")
    frame = pandas.DataFrame(columns)
    frame.attrs = {"read": f"NumPy arrays {', '.join(f'{name} {shape}' for name, shape in shapes.items())}"}
    return frame


def _columns(name: str, array: Any) -> dict[str, Any]:
    """The columns that an array is; what has more than two axes is flattened row by row."""
    if array.ndim < 2:
        return {name: array} if array.ndim else {}
    flat = array.reshape(len(array), -1)
    return {f"{name}_{k}": flat[:, k] for k in range(flat.shape[1])}


__all__ = ["READABLE", "listed", "read_table"]
