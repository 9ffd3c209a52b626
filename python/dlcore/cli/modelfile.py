"""Models of tables in files: what an estimator saves, and beside it what the commands must know of the table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dlcore import files
from dlcore.cli.errors import CommandError

#: Where in a file's document the notes on the table are; :func:`dlcore.load_model` passes them by.
NOTES = "table"


class Loaded(NamedTuple):
    """A model, and what is known of the table it was trained on.

    Attributes
    ----------
    estimator : MLPClassifier or MLPRegressor
    kind : "classification", "multilabel" or "regression"
    notes : dict
        "targets", "baseline", "scores", "rows", …; empty if the model was not saved by ``dlcore train``.
    """

    estimator: Any
    kind: str
    notes: dict[str, Any]

    @property
    def columns(self) -> list[str]:
        """The columns that the model looks at."""
        return list(map(str, self.estimator.feature_names_in_))

    @property
    def targets(self) -> list[str]:
        """The names of what it predicts; empty if nobody noted them."""
        return list(self.notes.get("targets", []))

    @property
    def text_columns(self) -> list[str]:
        """Columns whose fields are text even where they look like numbers: categories, and classes that are text."""
        found = [column["name"] for column in described(self.estimator) if column["kind"] == "category"]
        if self.kind == "classification" and self.estimator.classes_.dtype.kind in "US":
            found += self.targets
        return found


def described(estimator: Any) -> list[dict[str, Any]]:
    """What was done to each column; see :meth:`dlcore.tables.FeatureEncoder.describe`."""
    encoder = estimator.encoder_
    if encoder is None:
        return []
    # A frame of nothing but numbers becomes a matrix before the encoder sees it; the estimator knows its names.
    names = zip(estimator.feature_names_in_, encoder.describe(), strict=True)
    return [{**column, "name": str(name)} for name, column in names]


def save(estimator: Any, notes: Mapping[str, Any], path: Path) -> None:
    """Write a fitted estimator and notes on its table to one file: all of it, or nothing.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    from dlcore.estimators.saving import contents_of

    tensors, document = contents_of(estimator)
    files.write(path, tensors, {**document, NOTES: dict(notes)})


def read(path: Path) -> files.Contents:
    """What a dlcore file holds, whatever it is.

    Raises
    ------
    CommandError
        If it cannot be read, or is damaged.
    """
    try:
        return files.read(path)
    except FileNotFoundError as error:
        raise CommandError(f"{path}: there is no such file", exit_code=2) from error
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise CommandError(str(error)) from error


def load(path: Path) -> Loaded:
    """The model of a table in a file.

    Raises
    ------
    CommandError
        If there is none.
    """
    contents = read(path)
    document = contents.document
    if document.get("kind") != "estimator":
        raise CommandError(
            f"{path} holds a {document.get('kind')}, which knows nothing of a table's columns; models for tables are "
            "made by dlcore train, or by dlcore.estimators in Python. dlcore show tells what is in the file"
        )
    from dlcore.estimators import saving

    try:
        estimator = saving.load(str(path), contents, custom_objects=None, compile=True)
    except ValueError as error:
        raise CommandError(str(error)) from error
    if not hasattr(estimator, "feature_names_in_"):
        raise CommandError(f"{path} was trained on an array without names of columns; use it in Python")
    notes = document.get(NOTES)
    return Loaded(estimator, _kind(estimator), dict(notes) if isinstance(notes, dict) else {})


def _kind(estimator: Any) -> str:
    from sklearn.base import is_regressor

    if is_regressor(estimator):
        return "regression"
    return "multilabel" if estimator.target_kind_ == "multilabel" else "classification"
