"""Labels of a table that is evaluated, in the type of those that the model was trained on."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.cli.targets import labels_like, task_of

pandas = pytest.importorskip("pandas")


def classes_of(values):
    frame = pandas.DataFrame({"y": values})
    return task_of(frame, ["y"], "classification", "t.csv").y


def compared(values, classes):
    """As the scores compare them."""
    return labels_like(pandas.Series(values), np.unique(classes)).astype(str).tolist()


@pytest.mark.parametrize(
    ("trained", "given", "expected"),
    [
        ([1, 1.5, 2, 1], [1.0, 1.5, 2.0], ["1", "1.5", "2"]),
        ([1, 1.5, 2, 1], ["1.0", "1.5", "02"], ["1", "1.5", "2"]),
        ([0.1234567, 0.1234568, 0.1234567, 0.1234568], [0.1234567, 0.1234568], ["0.1234567", "0.1234568"]),
        ([1, 2, 1, 2], [1.0, 2.0, 1.5], ["1", "2", "1.5"]),
        ([1, 2, 1, 2], ["1", "2", "x"], ["1", "2", "x"]),
        ([1, 2, 1, 2], ["1", "2"], ["1", "2"]),
        ([True, False, True], ["true", "FALSE", "maybe"], ["True", "False", "maybe"]),
        ([True, False, True], [1, 0, 1], ["True", "False", "True"]),
        (["a", "b", "a"], ["a", "b", "c"], ["a", "b", "c"]),
        (["01", "1", "01"], ["01", "1"], ["01", "1"]),
    ],
)
def test_an_odd_label_leaves_the_others_what_they_are(trained, given, expected):
    assert compared(given, classes_of(trained)) == expected


@pytest.mark.parametrize("trained", [[1, 1.5, 2, 1], [1, 2, 2], [True, False], ["x", "y z"], [0.1, 1e-7, 3e8]])
def test_what_was_trained_on_is_found_again(trained):
    classes = classes_of(trained)
    assert compared(trained, classes) == classes.astype(str).tolist()
