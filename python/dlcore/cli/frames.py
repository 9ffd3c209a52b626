"""Tables as the commands take them: read, with the columns that are asked for, or a message that says what is wrong."""

from __future__ import annotations

import argparse
import difflib
import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dlcore import files
from dlcore.cli.errors import CommandError, require_packages
from dlcore.tables.reading import listed, read_table


def require_extra(command: str) -> None:
    """Refuse to go on without what reads tables and fits estimators."""
    require_packages({"pandas": "pandas", "sklearn": "scikit-learn"}, extra="tables", command=command)


def load(path: str | os.PathLike[str], args: argparse.Namespace, text_columns: Collection[str] = ()) -> Any:
    """The table in a file.

    Raises
    ------
    CommandError
        If there is none: with exit code 2 where the name is wrong, 1 where the file is.
    """
    try:
        return read_table(path, separator=args.separator, encoding=args.encoding, text_columns=text_columns)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise CommandError(f"{error.filename}: {error.strerror}", exit_code=2) from error
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, ImportError) as error:
        raise CommandError(str(error)) from error


def require_columns(frame: Any, names: Sequence[str], option: str, path: object) -> None:
    """Refuse names that are no columns; the nearest that is one is suggested.

    Raises
    ------
    CommandError
        With exit code 2.
    """
    known = list(frame.columns)
    for name in names:
        if name not in known:
            near = near_names(name, known)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            unnamed = sum(_is_number(other) for other in known) * 2 > len(known)
            hint += " The first line of a table must hold the names of its columns." if unnamed else ""
            columns = listed(known, 20)
            raise CommandError(f"{option}: {path} has no column {name!r}.{hint} It has: {columns}", exit_code=2)


def near_names(name: str, known: Sequence[str]) -> list[str]:
    """Known names that may have been meant, the nearest first."""
    same = [other for other in known if other.strip().casefold() == name.strip().casefold()]
    return same or difflib.get_close_matches(name, known, 1)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def numbers(column: Any, path: object) -> Any:
    """A column as float64, NaN where it is missing.

    Raises
    ------
    CommandError
        If a cell is no finite number: with the first such, and its row.
    """
    import pandas

    name = column.name
    if column.dtype.kind in "mM":
        raise CommandError(f"{path}: column {name!r} must hold numbers; it holds dates or times")
    found = pandas.to_numeric(column.astype(object), errors="coerce").to_numpy(np.float64)
    wrong = np.flatnonzero((np.isnan(found) & column.notna().to_numpy()) | np.isinf(found))
    if len(wrong):
        value = column.iloc[int(wrong[0])]
        raise CommandError(
            f"{path}: column {name!r} must hold numbers; {len(wrong)} of {len(column)} are none, the first "
            f"{value!r} in row {wrong[0] + 1}"
        )
    return found


def check_output(option: str, path: Path, endings: Sequence[str], inputs: Sequence[Path]) -> Path:
    """The place of a file to write, before any work is done.

    Raises
    ------
    CommandError
        With exit code 2, if it cannot be written there, ends otherwise, or is one of the files that are read.
    """
    if not path.name.lower().endswith(tuple(endings)):
        raise CommandError(f"{option} must end in {' or '.join(endings)}; got {str(path)!r}", exit_code=2)
    try:
        target = files.check_target(path)
    except OSError as error:
        raise CommandError(f"{option}: {error.strerror}: {error.filename}", exit_code=2) from error
    if not os.access(target.parent, os.W_OK):
        raise CommandError(f"{option}: the folder {str(target.parent)!r} is not writeable", exit_code=2)
    if target in [Path(os.path.realpath(given)) for given in inputs]:
        raise CommandError(f"{option}: {str(path)!r} is a file that is read; it would be lost", exit_code=2)
    return target
