"""The numbers that Keras's documentation gives."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import losses

BINARY = [[0, 1], [0, 0]], [[-18.6, 0.51], [2.94, -12.8]]
ONE_HOT = [[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]
LABELLED = [1, 2], ONE_HOT[1]
IMAGES = (
    [[[[1.0], [1.0]], [[0.0], [0.0]]], [[[1.0], [1.0]], [[0.0], [0.0]]]],
    [[[[0.0], [1.0]], [[0.0], [1.0]]], [[[0.4], [0.0]], [[0.0], [0.9]]]],
)
PAIR = [[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]


def focal(gamma, balanced=False, **arguments):
    return losses.BinaryFocalCrossentropy(balanced, gamma=gamma, from_logits=True, **arguments)


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize(
    ("value", "number"),
    [
        (lambda: losses.MeanSquaredError()([1.0, 0.0, 1.0], [0.9, 0.1, 0.8]), 0.02),
        (lambda: losses.MeanAbsoluteError()([1.0, 0.3, 1.0], [1.9, 0.3, 1.8]), 0.5666667),
        (lambda: losses.MeanAbsolutePercentageError()([100.0, 200.0, 300.0], [90.0, 210.0, 310.0]), 6.111111),
        (lambda: losses.huber([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]).array.mean(), 0.155),
        (lambda: losses.log_cosh([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]]).array.mean(), 0.108),
        (lambda: losses.cosine_similarity([[0.0, 1], [1, 1], [1, 1]], [[1.0, 0], [1, 1], [-1, -1]]), [0, -1, 1]),
        (lambda: losses.BinaryCrossentropy(from_logits=True)(*BINARY), 0.8654),
        (lambda: losses.BinaryCrossentropy(from_logits=True)(*BINARY, sample_weight=[0.8, 0.2]), 0.243),
        (lambda: losses.BinaryCrossentropy(from_logits=True, reduction="sum")(*BINARY), 1.730),
        (lambda: losses.BinaryCrossentropy(from_logits=True, reduction=None)(*BINARY), [0.235, 1.496]),
        (lambda: losses.binary_crossentropy(*PAIR), [0.916, 0.714]),
        (lambda: losses.binary_focal_crossentropy(*PAIR, gamma=2), [0.330, 0.206]),
        (lambda: focal(2)(*BINARY), 0.691),
        (lambda: focal(2, True)(*BINARY), 0.51),
        (lambda: focal(3)(*BINARY), 0.647),
        (lambda: focal(3, True)(*BINARY), 0.482),
        (lambda: focal(3)(*BINARY, sample_weight=[0.8, 0.2]), 0.133),
        (lambda: focal(3, True)(*BINARY, sample_weight=[0.8, 0.2]), 0.097),
        (lambda: focal(4, reduction="sum")(*BINARY), 1.222),
        (lambda: focal(4, True, reduction="sum")(*BINARY), 0.914),
        (lambda: focal(5, reduction=None)(*BINARY), [0.0017, 1.1561]),
        (lambda: focal(5, True, reduction=None)(*BINARY), [0.0004, 0.8670]),
        (lambda: losses.CategoricalCrossentropy()(*ONE_HOT), 1.177),
        (lambda: losses.CategoricalCrossentropy()(*ONE_HOT, sample_weight=[0.3, 0.7]), 0.814),
        (lambda: losses.CategoricalCrossentropy(reduction="sum")(*ONE_HOT), 2.354),
        (lambda: losses.CategoricalCrossentropy(reduction=None)(*ONE_HOT), [0.0513, 2.303]),
        (lambda: losses.CategoricalFocalCrossentropy()(*ONE_HOT), 0.23315276),
        (lambda: losses.CategoricalFocalCrossentropy()(*ONE_HOT, sample_weight=[0.3, 0.7]), 0.1632),
        (lambda: losses.CategoricalFocalCrossentropy(reduction=None)(*ONE_HOT), [3.2058331e-05, 4.6627346e-01]),
        (
            lambda: losses.categorical_focal_crossentropy(ONE_HOT[0], [[0.05, 0.9, 0.05], [0.1, 0.85, 0.05]]),
            [2.63401289e-04, 6.75912094e-01],
        ),
        (lambda: losses.SparseCategoricalCrossentropy()(*LABELLED), 1.177),
        (lambda: losses.SparseCategoricalCrossentropy()(*LABELLED, sample_weight=[0.3, 0.7]), 0.814),
        (lambda: losses.SparseCategoricalCrossentropy(reduction=None)(*LABELLED), [0.0513, 2.303]),
        (lambda: losses.Dice(axis=(1, 2, 3), reduction=None)(*IMAGES), [0.5, 0.75757575]),
        (lambda: losses.Dice()(*IMAGES), 0.6164384),
        (lambda: losses.dice(*IMAGES, axis=(1, 2, 3)), [0.5, 0.75757575]),
        (lambda: losses.Tversky()(*IMAGES), 0.6164384),
    ],
)
def test_number(value, number):
    """To the digits that are printed; some are cut off rather than rounded."""
    digits = min(len(f"{n:.10f}".rstrip("0").partition(".")[2]) for n in np.atleast_1d(number).tolist())
    np.testing.assert_allclose(value(), number, rtol=1e-6, atol=1.01 * 10.0 ** -max(digits, 3))
