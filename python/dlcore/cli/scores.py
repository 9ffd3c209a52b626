"""How good predictions are, next to those of someone who knows the target's values only and no other column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class Predictions(NamedTuple):
    """What was predicted: classes or numbers, and probabilities where there are classes (columns: the classes)."""

    values: NDArray[Any]
    probabilities: Numbers | None = None


class Score(NamedTuple):
    """A row of the table of scores.

    Attributes
    ----------
    name : str
    values : tuple of float
        Of the model, then of each baseline.
    higher_is_better : bool
    share : bool
        Whether it is a share of 1, shown in per cent.
    """

    name: str
    values: tuple[float, ...]
    higher_is_better: bool
    share: bool = False

    @property
    def direction(self) -> str:
        """Which way is better, in words."""
        return "more is better" if self.higher_is_better else "less is better"

    def shown(self) -> list[str]:
        """The values as text."""
        return [f"{value:.1%}" if self.share else number(value) for value in self.values]


def number(value: float) -> str:
    """Four digits, and thousands as people write them."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e12 else f"{value:.4g}"


def baseline(kind: str, y: NDArray[Any]) -> dict[str, Any]:
    """What is to be known of the training targets to predict without any other column; plain values for JSON."""
    if kind == "classification":
        classes, counts = np.unique(y, return_counts=True)
        return {"classes": classes.tolist(), "shares": (counts / counts.sum()).tolist()}
    if kind == "multilabel":
        return {"shares": np.mean(y, axis=0).tolist()}
    return {"mean": np.mean(y, axis=0).tolist(), "median": np.median(y, axis=0).tolist()}


def baseline_predictions(kind: str, known: Mapping[str, Any], rows: int) -> dict[str, Predictions]:
    """Name of each baseline -> what it predicts for so many rows."""
    if kind == "classification":
        shares = np.array(known["shares"])
        best = known["classes"][int(shares.argmax())]
        return {f"always {best!s}": Predictions(np.full(rows, best), np.tile(shares, (rows, 1)))}
    if kind == "multilabel":
        shares = np.array(known["shares"])
        return {
            "most frequent": Predictions(np.tile((shares > 0.5).astype(int), (rows, 1)), np.tile(shares, (rows, 1)))
        }
    return {
        f"always the {name}": Predictions(
            np.broadcast_to(np.asarray(known[name], float), (rows, *np.shape(known[name])))
        )
        for name in ("mean", "median")
    }


def compare(
    kind: str, truth: NDArray[Any], classes: NDArray[Any] | None, targets: Sequence[str], all_of: Sequence[Predictions]
) -> list[Score]:
    """The rows of the table: for each score its value for each of the predictions.

    Parameters
    ----------
    kind : "classification", "multilabel" or "regression"
    truth : array, (rows,) or (rows, targets)
    classes : array, optional
        What the columns of the probabilities stand for.
    targets : sequence of str
        The names of the targets.
    all_of : sequence of Predictions
        The model's, then the baselines'.
    """
    if kind == "classification":
        assert classes is not None
        tables = [_classification(truth, predictions, classes) for predictions in all_of]
    elif kind == "multilabel":
        tables = [_multilabel(truth, predictions) for predictions in all_of]
    else:
        tables = [_regression(truth, predictions, targets) for predictions in all_of]
    return [row[0]._replace(values=tuple(score.values[0] for score in row)) for row in zip(*tables, strict=True)]


def _classification(truth: NDArray[Any], predictions: Predictions, classes: NDArray[Any]) -> list[Score]:
    from sklearn import metrics

    names, given, found = classes.astype(str), truth.astype(str), predictions.values.astype(str)
    present = [name for name in names if name in set(given)]
    recalls = [float((found[given == name] == name).mean()) for name in np.unique(given)]
    f1 = metrics.f1_score(given, found, labels=present, average="macro", zero_division=0.0)
    scores = [
        Score("accuracy", (float((given == found).mean()),), True, share=True),
        Score("balanced accuracy", (float(np.mean(recalls)),), True, share=True),
        Score("F1, mean of the classes", (float(f1),), True),
    ]
    chances = predictions.probabilities
    if chances is None or not np.isin(given, names).all():
        return scores
    places = {name: place for place, name in enumerate(names)}
    right = chances[np.arange(len(given)), [places[name] for name in given]]
    scores.append(Score("log loss", (float(-np.log(np.maximum(right, 1e-15)).mean()),), False))
    if len(names) == 2 and len(present) == 2:
        area = metrics.roc_auc_score(given == names[1], chances[:, 1])
        scores.append(Score("area under the ROC curve", (float(area),), True))
    return scores


def _multilabel(truth: NDArray[Any], predictions: Predictions) -> list[Score]:
    from sklearn import metrics

    right = truth == predictions.values
    f1 = metrics.f1_score(truth, predictions.values, average="macro", zero_division=0.0)
    return [
        Score("labels right", (float(right.mean()),), True, share=True),
        Score("rows with all labels right", (float(right.all(axis=1).mean()),), True, share=True),
        Score("F1, mean of the labels", (float(f1),), True),
    ]


def _regression(truth: NDArray[Any], predictions: Predictions, targets: Sequence[str]) -> list[Score]:
    scores = []
    found = predictions.values.reshape(len(truth), -1)
    for k, (name, actual) in enumerate(zip(targets, truth.reshape(len(truth), -1).T, strict=True)):
        errors = found[:, k] - actual
        of = f"{name}: " if len(targets) > 1 else ""
        spread = float(((actual - actual.mean()) ** 2).sum())
        scores += [
            Score(f"{of}mean absolute error", (float(np.abs(errors).mean()),), False),
            Score(f"{of}root mean squared error", (float(np.sqrt((errors**2).mean())),), False),
        ]
        if spread > 0:
            scores.append(Score(f"{of}R²", (1 - float((errors**2).sum()) / spread,), True))
    return scores


def as_text(scores: Sequence[Score], baselines: Sequence[str]) -> str:
    """The table of scores for a terminal."""
    rows = [["", "model", *baselines, ""]]
    rows += [[score.name, *score.shown(), score.direction] for score in scores]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [f"{row[0]:<{widths[0]}}", *(f"{cell:>{w}}" for cell, w in zip(row[1:-1], widths[1:-1], strict=True))]
        lines.append("   ".join([*cells, row[-1]]).rstrip())
    return "\n".join(lines)


def verdict(kind: str, scores: Sequence[Score], baselines: Sequence[str], rows: int) -> str:
    """The result in a sentence or two."""
    model, *others = scores[0].shown()
    if kind == "classification":
        return f"Of {rows} rows it had not seen, the model gets {model} right; “{baselines[0]}” gets {others[0]}."
    if kind == "multilabel":
        return f"Of the labels of {rows} rows it had not seen, {model} are right; the most frequent ones: {others[0]}."
    if len(scores) > 3:
        better = sum(score.values[0] < min(score.values[1:]) for score in scores if "absolute" in score.name)
        targets = sum("absolute" in score.name for score in scores)
        return f"On {rows} rows it had not seen, the model beats the baselines for {better} of {targets} targets."
    return (
        f"On {rows} rows it had not seen, the model is off by {model} in the mean; “{baselines[-1]}” is off by "
        f"{others[-1]}."
    )
