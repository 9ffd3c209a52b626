"""How much a model needs each column: how far its score falls when that column's values are shuffled among the rows."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

REPEATS = 5
#: Cells to predict from, all in all; a wider table is not looked at.
MOST_COLUMNS, MOST_ROWS = 200, 1000

#: The score that falls.
MEASURED = {"classification": "accuracy", "multilabel": "rows with all labels right", "regression": "R²"}


def importance(estimator: Any, kind: str, frame: Any, truth: NDArray[Any], seed: int) -> list[tuple[str, float, float]]:
    """Name, mean fall of the score and its standard deviation for each column; empty for tables that are too wide."""
    if len(frame.columns) > MOST_COLUMNS or len(frame) < 2:
        return []
    from sklearn.inspection import permutation_importance

    found = permutation_importance(
        estimator,
        frame,
        truth,
        scoring=_accuracy if kind == "classification" else None,
        n_repeats=REPEATS,
        random_state=seed,
        max_samples=min(MOST_ROWS, len(frame)),
    )
    return [
        (str(name), float(mean), float(deviation))
        for name, mean, deviation in zip(frame.columns, found.importances_mean, found.importances_std, strict=True)
    ]


def _accuracy(estimator: Any, frame: Any, truth: NDArray[Any]) -> float:
    """The share of right classes; one that the model does not know may be of another type than those it knows."""
    return float((estimator.predict(frame).astype(str) == truth.astype(str)).mean())
