"""What is to be predicted: classes or numbers, which of them, and why so."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dlcore.cli.errors import CommandError
from dlcore.cli.frames import numbers
from dlcore.tables.reading import listed

TASKS = ("auto", "classification", "regression")

#: Whole numbers are classes if they are few, and each is found often.
FEW, OFTEN = 20, 5


class Task(NamedTuple):
    """What is to be learned.

    Attributes
    ----------
    kind : "classification", "multilabel" or "regression"
    why : str
        The reason, for people.
    y : array, (rows,) or (rows, targets)
        Classes (text, whole numbers or booleans), 0 and 1 for each label, or float64.
    kept : array of bool
        Rows of the table with a target; y is of those alone.
    """

    kind: str
    why: str
    y: NDArray[Any]
    kept: NDArray[np.bool_]

    @property
    def instead(self) -> str:
        """The other task that the target would do for, where that was not settled by the user; else empty."""
        if "whole numbers" not in self.why:
            return ""
        return "regression" if self.kind == "classification" else "classification"


def task_of(frame: Any, targets: list[str], wanted: str, path: object) -> Task:
    """Find out what to learn.

    Raises
    ------
    CommandError
        If nothing can be: no target is there, there is but one class, text where numbers are wanted.
    """
    kept = frame[targets].notna().all(axis=1).to_numpy()
    shown = " and ".join(map(repr, targets))
    if not kept.any():
        raise CommandError(f"{path}: column {shown} is empty in every row; there is nothing to learn from")
    columns = [frame.loc[kept, name] for name in targets]
    if len(targets) > 1:
        kind, why, y = _several(columns, wanted, path)
    else:
        kind, why, y = _one(columns[0], wanted, path)
    if kind != "regression" and len(np.unique(y)) < 2:
        raise CommandError(
            f"{path}: column {shown} is {np.unique(y)[0]!s} in every row; there is nothing to tell apart"
        )
    if kind == "regression" and (y == y[:1]).all():
        raise CommandError(f"{path}: column {shown} is {y.flat[0]:g} in every row; there is nothing to learn")
    return Task(kind, why, y, kept)


def _one(column: Any, wanted: str, path: object) -> tuple[str, str, NDArray[Any]]:
    why = "as asked for"
    if wanted == "auto":
        wanted, why = _seen(column, path)
    return wanted, why, numbers(column, path) if wanted == "regression" else _classes(column, path)


def _seen(column: Any, path: object) -> tuple[str, str]:
    """The task that one target asks for, and why."""
    name = repr(column.name)
    if column.dtype.kind == "b":
        return "classification", f"{name} holds yes or no"
    if not _is_numeric(column):
        _check_text(column, path)
        return "classification", f"{name} holds text"
    values = numbers(column, path)
    different = len(np.unique(values))
    if not (values == np.round(values)).all():
        return "regression", f"{name} holds numbers with fractions"
    if different <= FEW and len(values) >= OFTEN * different:
        return "classification", f"{name} holds only {different} different whole numbers"
    return "regression", f"{name} holds {different} different whole numbers"


def _several(columns: list[Any], wanted: str, path: object) -> tuple[str, str, NDArray[Any]]:
    names = " and ".join(repr(column.name) for column in columns)
    if any(not _is_numeric(column) and column.dtype.kind != "b" for column in columns) and wanted == "auto":
        text = next(column.name for column in columns if not _is_numeric(column))
        raise CommandError(
            f"--target: several targets must hold numbers, or 0 and 1 each, but {text!r} holds text; train a model for "
            "each of them",
            exit_code=2,
        )
    y = np.column_stack(
        [numbers(column.astype(float) if column.dtype.kind == "b" else column, path) for column in columns]
    )
    yes_or_no = bool(np.isin(y, (0, 1)).all())
    if wanted == "classification" and not yes_or_no:
        raise CommandError("--task classification with several targets needs 0 and 1 in each of them", exit_code=2)
    if wanted == "regression" or not yes_or_no:
        return "regression", "as asked for" if wanted == "regression" else f"{names} hold numbers", y
    return "multilabel", f"{names} hold 0 and 1 only", y.astype(np.int64)


def _is_numeric(column: Any) -> bool:
    return getattr(column.dtype, "kind", "O") in "iuf"


def _check_text(column: Any, path: object) -> None:
    """Text that was meant as numbers, or that is different in almost every row, is no set of classes."""
    import pandas

    different = column.nunique()
    readable = pandas.to_numeric(column.astype(object), errors="coerce").notna()
    if readable.mean() > 0.5:
        numbers(column, path)  # which says what is none
    if different > max(FEW, len(column) / 2):
        some = listed([repr(str(value)) for value in column.unique()[:3]])
        raise CommandError(
            f"{path}: column {column.name!r} holds text, {different} different ones in {len(column)} rows, such as "
            f"{some}: neither numbers nor classes that repeat. Use another --target, or make them numbers"
        )


def _classes(column: Any, path: object) -> NDArray[Any]:
    """Labels as booleans, whole numbers or text."""
    if column.dtype.kind == "b":
        return np.asarray(column.to_numpy(dtype=bool))
    if not _is_numeric(column):
        return _texts(column)
    values = numbers(column, path)
    if (values == np.round(values)).all() and np.abs(values).max() < 2**53:
        return np.asarray(values.astype(np.int64))
    if len(np.unique(values)) > max(FEW, len(values) / 2):
        raise CommandError(
            f"--task classification: column {column.name!r} holds {len(np.unique(values))} different numbers with "
            "fractions; classes are few, and repeat",
            exit_code=2,
        )
    return _texts(values)


def _texts(values: Any) -> NDArray[Any]:
    """Labels as text, each by itself: whole numbers without a point, others with all their digits."""
    return np.array([_text(value) for value in values], dtype=str)


def _text(value: Any) -> str:
    whole = isinstance(value, (float, np.floating)) and float(value).is_integer()
    return str(int(value)) if whole else str(float(value)) if isinstance(value, np.floating) else str(value)


def labels_like(column: Any, classes: NDArray[Any]) -> NDArray[Any]:
    """A column of labels in the type of the classes that a model knows.

    If a label is none of that type, all become text, as the classes do where both are compared: the odd one is equal to
    no class then, and the others to theirs.
    """
    if classes.dtype.kind == "b":
        named = {"true": True, "1": True, "false": False, "0": False}
        found = [named.get(_text(value).strip().lower(), value) for value in column]
        yes_or_no = all(isinstance(value, bool) for value in found)
        return np.array(found, dtype=bool) if yes_or_no else _texts(found)
    if classes.dtype.kind in "iu":
        import pandas

        values = pandas.to_numeric(column.astype(object), errors="coerce").to_numpy(np.float64)
        whole = np.isfinite(values) & (values == np.round(values))
        if whole.all():
            return np.asarray(values.astype(np.int64))
        return _texts([number if fits else given for number, fits, given in zip(values, whole, column, strict=True)])
    known = set(classes.tolist())
    return np.array([text if (text := _text(value)) in known else _number_as_text(text) for value in column], dtype=str)


def _number_as_text(text: str) -> str:
    """As :func:`_text` writes a number that a file has in other digits; other text as it is."""
    try:
        return _text(float(text))
    except ValueError:
        return text


def truth_of(frame: Any, kind: str, targets: list[str], classes: NDArray[Any] | None, path: object) -> NDArray[Any]:
    """The targets of rows that have them all, as a model of this kind predicts them."""
    if kind == "classification":
        assert classes is not None
        return labels_like(frame[targets[0]], classes)
    columns = [numbers(frame[name], path) for name in targets]
    return columns[0] if len(columns) == 1 else np.column_stack(columns)
