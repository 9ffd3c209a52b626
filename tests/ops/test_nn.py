"""Normalization, labels, mathematics beyond NumPy's; the kernels on Tensors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from autodiff.differences import check

from dlcore import GradientTape, Variable, ops
from dlcore.autodiff import Tensor
from dlcore.backends.contract import ACTIVATIONS, LOSSES

X = np.array([[0.3, -1.2, 2.1], [0.7, 1.1, -0.4]])


def test_normalize():
    x = np.float32([[1, 2, 3], [1, 2, 3]])
    np.testing.assert_allclose(ops.normalize(x)[0], [0.26726124, 0.53452247, 0.8017837], rtol=1e-6)
    np.testing.assert_allclose(ops.normalize(x, axis=None)[0], [0.18898225, 0.3779645, 0.56694674], rtol=1e-6)
    np.testing.assert_allclose(ops.normalize(x, order=3)[0], [0.30285344, 0.6057069, 0.9085603], rtol=1e-6)
    np.testing.assert_allclose(ops.normalize([[1e-6, 1e-8]], epsilon=1e-5), [[0.1, 0.001]], rtol=1e-5)
    with pytest.raises(ValueError, match=r"order must be a whole number from 1 on; got 0.5"):
        ops.normalize(x, order=0.5)
    check(lambda x: ops.normalize(x) * [1.0, 2.0, 3.0], X)
    zero = Variable(np.zeros(3))
    with GradientTape() as tape:
        y = ops.normalize(zero, epsilon=1e-3)
    np.testing.assert_allclose(tape.gradient(y, zero), [1e3] * 3)


def test_batch_normalization():
    mean, variance, offset, scale = (np.array(v) for v in ([1.0, 2, 3], [4.0, 5, 6], [0.1, 0.2, 0.3], [2.0, 3, 4]))
    expected = (X - mean) / np.sqrt(variance + 1e-3)
    np.testing.assert_allclose(ops.batch_normalization(X, mean, variance, -1), expected, rtol=1e-12)
    full = ops.batch_normalization(X, mean, variance, 1, offset, scale, epsilon=0.5)
    np.testing.assert_allclose(full, (X - mean) / np.sqrt(variance + 0.5) * scale + offset, rtol=1e-12)
    rows = ops.batch_normalization(X, mean[:2], variance[:2], 0)
    np.testing.assert_allclose(rows, (X - mean[:2, None]) / np.sqrt(variance[:2, None] + 1e-3), rtol=1e-12)
    check(lambda *args: ops.batch_normalization(*args[:3], -1, *args[3:]) ** 2, X, mean, variance, offset, scale)


def test_layer_normalization():
    gamma, beta = np.array([1.0, 2, 3]), np.array([0.1, 0.2, 0.3])
    shares = (X - X.mean(axis=-1, keepdims=True)) / np.sqrt(X.var(axis=-1, keepdims=True) + 1e-7)
    np.testing.assert_allclose(ops.layer_normalization(X), shares, rtol=1e-12)
    np.testing.assert_allclose(ops.layer_normalization(X, gamma, beta), shares * gamma + beta, rtol=1e-12)
    whole = (X - X.mean()) / np.sqrt(X.var() + 0.1)
    np.testing.assert_allclose(ops.layer_normalization(X, axis=(0, 1), epsilon=0.1), whole, rtol=1e-12)
    check(lambda *args: ops.layer_normalization(*args) ** 2, X, gamma, beta)


def test_rms_normalization():
    shares = X / np.sqrt((X**2).mean(axis=-1, keepdims=True) + 1e-7)
    np.testing.assert_allclose(ops.rms_normalization(X), shares, rtol=1e-12)
    np.testing.assert_allclose(ops.rms_normalization(X, [1.0, 2, 3]), shares * [1, 2, 3], rtol=1e-7)


def test_moments():
    mean, variance = ops.moments(X, axes=[0])
    np.testing.assert_allclose(mean, X.mean(axis=0))
    np.testing.assert_allclose(variance, X.var(axis=0))
    large = np.float16([300, -300, 900])
    assert ops.moments(large, axes=0)[1] == np.finfo(np.float16).max
    with pytest.raises(NotImplementedError, match="synchronized"):
        ops.moments(X, 0, synchronized=True)


def test_norm():
    cube = np.sin(np.arange(24.0)).reshape(2, 3, 4)
    for order in (None, 1, 2, 3, 0, np.inf, -np.inf, 0.5):
        np.testing.assert_allclose(ops.norm(cube, order, axis=1), np.linalg.norm(cube, order, axis=1), rtol=1e-12)
    for order in (None, "fro", 1, -1, np.inf, -np.inf):
        for keepdims in (False, True):
            expected = np.linalg.norm(cube, order, axis=(2, 0), keepdims=keepdims)
            np.testing.assert_allclose(ops.norm(cube, order, axis=(2, 0), keepdims=keepdims), expected, rtol=1e-12)
    assert ops.norm(cube) == pytest.approx(np.linalg.norm(cube))
    for message, call in {
        "ord of vectors must be a number": lambda: ops.norm(X[0], "fro"),
        "ord of matrices must be one of": lambda: ops.norm(X, 2),
        "norm takes one axis": lambda: ops.norm(cube, 1),
    }.items():
        with pytest.raises(ValueError, match=message):
            call()


def test_mathematics():
    assert type(ops.logsumexp(X)) is np.float64
    assert ops.logsumexp(X) == pytest.approx(math.log(np.exp(X).sum()))
    assert ops.rsqrt(4.0) == 0.5
    assert ops.erf(0.5) + ops.erfc(0.5) == pytest.approx(1)
    values, places = ops.top_k(X, 2)
    assert values.tolist() == [[2.1, 0.3], [1.1, 0.7]]
    assert places.tolist() == [[2, 0], [1, 0]]
    assert ops.in_top_k([2, 2], X, 1).tolist() == [True, False]
    assert ops.segment_sum(X, [0, 0]).shape == (1, 3)
    assert ops.one_hot([1, 0], 2).tolist() == [[0, 1], [1, 0]]
    assert ops.multi_hot([1, 0], 3).tolist() == [1, 1, 0]


# --- Kernels on Tensors ---


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_activations_follow_tensors(kind):
    options = {"approximate": False} if kind == "gelu" else {}
    x = Variable(X)
    with GradientTape() as tape:
        y = getattr(ops, kind)(x, **options)
    assert isinstance(y, Tensor)
    plain = getattr(ops, kind)(X, **options)
    assert type(plain) is np.ndarray
    assert np.array_equal(y, plain)
    expected = ops.activation_backward(np.ones_like(X), plain, kind, z=X)
    np.testing.assert_allclose(tape.gradient(y, x), expected, rtol=1e-12, atol=1e-15)


def test_gelu_is_the_approximation_unless_told():
    assert np.array_equal(ops.gelu(X), ops.gelu_tanh(X))
    assert not np.array_equal(ops.gelu(X), ops.gelu(X, approximate=False))


@pytest.mark.parametrize("axis", [0, 1, -1, (0, 2), None])
def test_softmax_along_any_axes(axis):
    x = np.sin(np.arange(24.0)).reshape(2, 3, 4)
    e = np.exp(x)
    expected = e / e.sum(axis=axis, keepdims=True)
    np.testing.assert_allclose(ops.softmax(x, axis=axis), expected, rtol=1e-12)
    np.testing.assert_allclose(ops.log_softmax(Tensor(x), axis=axis), np.log(expected), rtol=1e-12)
    if axis != -1:
        with pytest.raises(ValueError, match="out must be None unless axis is -1"):
            ops.softmax(x, axis=axis, out=np.empty_like(x))


def test_dense_follows_tensors():
    w, b = Variable(X.T.copy()), Variable(np.array([0.5, -0.5]))
    with GradientTape() as tape:
        y = ops.dense(X, w, b, "tanh")
    plain = ops.dense(X, w.numpy(), b.numpy(), "tanh")
    assert isinstance(y, Tensor)
    assert np.array_equal(y, plain)
    _, dw, db = ops.dense_backward(np.ones((2, 2)), X, w.numpy(), plain, activation="tanh")
    for found, expected in zip(tape.gradient(y, [w, b]), (dw, db), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "none"])
@pytest.mark.parametrize("sparse", [False, True])
def test_losses_follow_tensors(reduction, sparse):
    function = ops.sparse_categorical_crossentropy if sparse else ops.categorical_crossentropy
    y_true = np.array([2, 0]) if sparse else np.eye(3)[[2, 0]]
    arguments = {"from_logits": True, "reduction": reduction, "sample_weight": [1.0, 3.0]}
    value, gradient = function(y_true, X, **arguments)
    x = Variable(X)
    with GradientTape() as tape:
        traced = function(y_true, x, **arguments)
    assert isinstance(traced, Tensor)
    np.testing.assert_allclose(traced, value, rtol=1e-12)
    np.testing.assert_allclose(tape.gradient(traced, x), gradient, rtol=1e-12)


def test_losses_know_their_formula_toward_targets():
    """Every loss of rows differentiates toward its targets."""
    y_true, y_pred = Variable(np.eye(3)[[2, 0]] * 0.8 + 0.1), np.array([[0.2, 0.3, 0.5], [0.5, 0.25, 0.25]])
    for kind, spec in LOSSES.items():
        if not spec.sparse and hasattr(ops, kind):
            with GradientTape() as tape:
                value = getattr(ops, kind)(y_true, y_pred)
            assert np.all(np.isfinite(tape.gradient(value, y_true))), kind


def test_tensors_have_no_place_to_write_to():
    x, out = Tensor(X), np.empty_like(X)
    for call in (
        lambda: ops.relu(x, out=out),
        lambda: ops.dense(x, X.T, out=out),
        lambda: ops.mean_squared_error(x, X, out=out),
    ):
        with pytest.raises(ValueError, match="out must be None where an input is a Tensor"):
            call()
    with pytest.raises(ValueError, match="x must have an axis for softmax"):
        ops.softmax(Tensor(1.0))
