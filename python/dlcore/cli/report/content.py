"""What a report tells of a training."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

from numpy.typing import NDArray

from dlcore.cli.fitting import Fit
from dlcore.cli.scores import Predictions, Score
from dlcore.cli.targets import Task


class Report(NamedTuple):
    """A training and its test.

    Attributes
    ----------
    args : Namespace
        The command line of ``dlcore train``.
    read : str
        How the table was read.
    shape : (int, int)
        Its rows and columns.
    task : Task
    notes : list of str
        What a user should know of the data.
    counts : dict of str to int
        Rows: "train", "validation", "test".
    fit : Fit
    columns : list of dict
        What was done to each column: "name", "kind", "features", "missing", "text".
    baseline : dict
        What the baselines know.
    baselines : list of str
        Their names.
    scores : list of Score
        The model's and the baselines'.
    truth : array
        The targets of the test.
    predictions : Predictions
        The model's.
    importance : list of (str, float, float)
        Column, mean fall of the score when it is shuffled, standard deviation.
    verdict : str
        The result in a sentence.
    """

    args: argparse.Namespace
    read: str
    shape: tuple[int, int]
    task: Task
    notes: list[str]
    counts: dict[str, int]
    fit: Fit
    columns: list[dict[str, Any]]
    baseline: dict[str, Any]
    baselines: list[str]
    scores: list[Score]
    truth: NDArray[Any]
    predictions: Predictions
    importance: list[tuple[str, float, float]]
    verdict: str
