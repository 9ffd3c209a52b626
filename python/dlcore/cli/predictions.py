"""What a fitted model says of a table, checked and in the order of its rows."""

from __future__ import annotations

from typing import Any

from dlcore.cli.errors import CommandError
from dlcore.cli.frames import near_names
from dlcore.cli.modelfile import Loaded
from dlcore.cli.scores import Predictions
from dlcore.tables.reading import listed


def features(model: Loaded, frame: Any, path: object) -> Any:
    """The columns that the model looks at, in its order.

    Raises
    ------
    CommandError
        If one is missing: with the names that are there and look like it.
    """
    missing = [name for name in model.columns if name not in frame.columns]
    if missing:
        spare = [name for name in frame.columns if name not in model.columns]
        near = {name: near_names(name, spare) for name in missing}
        hints = [f"{found[0]!r} may be {name!r}" for name, found in near.items() if found]
        raise CommandError(
            f"{path} lacks {len(missing)} of the {len(model.columns)} columns that the model looks at: "
            f"{listed(missing)}. It has: {listed(list(frame.columns), 20)}{'. ' if hints else ''}{'; '.join(hints)}"
        )
    return frame[model.columns]


def predict(estimator: Any, kind: str, frame: Any, path: object) -> Predictions:
    """What the model says of rows of its columns.

    Raises
    ------
    CommandError
        If a column holds what it cannot be read as.
    """
    try:
        values = estimator.predict(frame)
        chances = None if kind == "regression" else getattr(estimator, "predict_proba", lambda _: None)(frame)
    except (ValueError, TypeError) as error:
        raise CommandError(f"{path}: {error}") from error
    return Predictions(values, chances)
