"""The cross-entropies: classes along any axis, ignored classes, labels, warnings, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import losses
from dlcore.autodiff import GradientTape
from dlcore.variable import Variable
from losses.cases import LABELS, P, T

IMAGE = np.random.default_rng(3).uniform(0.1, 1, (2, 4, 3, 5))
LABELLED = np.random.default_rng(4).integers(0, 4, (2, 3, 5))
HOT = np.moveaxis(np.eye(4)[LABELLED], -1, 1)
SHARES = IMAGE / IMAGE.sum(axis=1, keepdims=True)
EXPECTED = -np.log((SHARES * HOT).sum(axis=1))


@pytest.mark.parametrize("axis", [1, -3])
def test_classes_along_another_axis(axis):
    np.testing.assert_allclose(losses.categorical_crossentropy(HOT, IMAGE, axis=axis), EXPECTED)
    np.testing.assert_allclose(losses.sparse_categorical_crossentropy(LABELLED, IMAGE, axis=axis), EXPECTED)
    np.testing.assert_allclose(losses.sparse_categorical_crossentropy(LABELLED[:, None], IMAGE, axis=axis), EXPECTED)
    mean = losses.SparseCategoricalCrossentropy(axis=axis)(LABELLED, IMAGE)
    assert mean == pytest.approx(EXPECTED.mean(), rel=1e-6)


@pytest.mark.parametrize("axis", [0, -1, (1, 2), [-1, 0], None])
def test_axes_of_the_binary_mean(axis):
    pred = np.clip(IMAGE, 0, 0.95)
    values = -(HOT * np.log(pred) + (1 - HOT) * np.log(1 - pred))
    wanted = values.mean(axis=tuple(axis) if isinstance(axis, list) else axis)
    np.testing.assert_allclose(losses.binary_crossentropy(HOT, pred, axis=axis), wanted)


def test_gradients_reach_through_moved_axes():
    p = Variable(IMAGE)
    with GradientTape() as tape:
        loss = losses.CategoricalCrossentropy(axis=1, reduction="sum", dtype="float64")(HOT, p)
    total = IMAGE.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(tape.gradient(loss, p), 1 / total - HOT / IMAGE, rtol=1e-6)


@pytest.mark.parametrize("from_logits", [False, True])
def test_an_ignored_class_does_not_count(from_logits):
    """Neither in the mean nor in the gradient, and its label may be out of range."""
    labels, pred = np.array([-1, 2, 0, -1]), np.array([[0.2, 0.3, 0.5], *P, [0.0, 0.0, 0.0]])
    loss = losses.SparseCategoricalCrossentropy(from_logits, ignore_class=-1, dtype="float64")
    kept = losses.SparseCategoricalCrossentropy(from_logits, dtype="float64")(labels[1:3], pred[1:3])
    p = Variable(pred)
    with GradientTape() as tape:
        value = loss(labels, p)
    assert value == pytest.approx(kept)
    gradient = tape.gradient(value, p).array
    assert not gradient[[0, 3]].any()
    assert np.isfinite(gradient).all()
    assert gradient[1:3].all()
    values = losses.sparse_categorical_crossentropy(labels, pred, from_logits, ignore_class=-1)
    assert (values.array == 0).tolist() == [True, False, False, True]
    assert loss(np.full(4, -1), pred) == 0.0
    weighted = loss(labels, pred, [5.0, 1.0, 3.0, 5.0])
    plain = losses.SparseCategoricalCrossentropy(from_logits, reduction="sum", dtype="float64")
    assert weighted == pytest.approx(float(plain(labels[1:3], pred[1:3], [1.0, 3.0])) / 2)


def test_an_ignored_class_along_another_axis():
    values = losses.sparse_categorical_crossentropy(LABELLED, IMAGE, ignore_class=2, axis=1)
    np.testing.assert_allclose(values, np.where(LABELLED == 2, 0, EXPECTED))


def test_labels_beyond_what_float32_counts():
    pred = np.zeros((1, 3), np.float32)
    with pytest.raises(ValueError, match="16777217"):
        losses.SparseCategoricalCrossentropy(from_logits=True)([2**24 + 1], pred)


def test_the_generalized_entropy_between_its_limits():
    p = P[[0, 1], LABELS]
    small, large = (losses.categorical_generalized_cross_entropy(LABELS, P, q) for q in (1e-6, 1 - 1e-6))
    np.testing.assert_allclose(small, -np.log(p), rtol=1e-5)
    np.testing.assert_allclose(large, 1 - p, rtol=1e-5)


@pytest.mark.parametrize("loss", [losses.categorical_crossentropy, losses.categorical_focal_crossentropy])
def test_one_class_is_no_choice(loss):
    with pytest.warns(SyntaxWarning, match=r"expected y_pred.shape to be \(batch_size, num_classes\).*binary"):
        loss([[1.0]], [[0.5]])
    with pytest.warns(SyntaxWarning, match="more than one class"):
        loss(np.ones((2, 1, 4)), np.ones((2, 1, 4)), axis=1)
    loss(np.ones((2, 4, 1)), np.ones((2, 4, 1)), axis=1)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: losses.CategoricalCrossentropy()([1, 2], P), ValueError, "same shape.*sparse categorical"),
        (lambda: losses.CategoricalCrossentropy()([[0], [1]], P), ValueError, "must have the same shape"),
        (lambda: losses.BinaryCrossentropy()([[0], [1]], P), ValueError, r"same shape; got \(2, 1\) and \(2, 3\)"),
        (lambda: losses.SparseCategoricalCrossentropy()([1, 3], P), ValueError, r"\[0, 3\).*found 1 to 3"),
        (lambda: losses.SparseCategoricalCrossentropy()([1.5, 2], P), ValueError, "fractions"),
        (lambda: losses.SparseCategoricalCrossentropy()(T, P), ValueError, "a label a sample"),
        (lambda: losses.SparseCategoricalCrossentropy(ignore_class=0)([0, 3], P), ValueError, "found 3 to 3"),
        (lambda: losses.CategoricalGeneralizedCrossEntropy()([1, 3], P), ValueError, r"\[0, 3\)"),
        (lambda: losses.CategoricalGeneralizedCrossEntropy(q=1.0), ValueError, r"q must lie in \(0, 1\); got 1.0"),
        (lambda: losses.BinaryCrossentropy(label_smoothing=1.5), ValueError, "label_smoothing"),
        (lambda: losses.categorical_crossentropy(T, P, label_smoothing=-0.1), ValueError, "label_smoothing"),
        (lambda: losses.categorical_crossentropy(T, P, axis=2), ValueError, "axis must name axes of y_pred.* got 2"),
        (lambda: losses.categorical_crossentropy(T, P, axis=True), ValueError, "axis must be an int; got True"),
        (lambda: losses.categorical_crossentropy(T, P, axis=(0, 1)), ValueError, "axis must be an int"),
        (lambda: losses.binary_crossentropy(T, P, axis=(0, 0)), ValueError, "each once"),
        (lambda: losses.CategoricalFocalCrossentropy(alpha=2.0), ValueError, "alpha"),
        (lambda: losses.BinaryFocalCrossentropy(gamma=-1.0), ValueError, "gamma"),
    ],
)
def test_bad_input(call, error, match):
    with pytest.raises(error, match=match):
        call()
