"""Keras's ops for arrays and Tensors alike: what goes in says what comes out."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from dlcore import GradientTape, Tensor, Variable, ops

X = np.array([[1.0, -2.0, 3.0], [4.0, 0.5, -6.0]])
Y = np.array([[0.5, 2.0, -1.0], [1.0, 1.5, 2.5]])

#: Functions of NumPy's name and meaning, with arguments.
ALIKE = {
    **dict.fromkeys(("abs", "ceil", "cos", "exp", "expm1", "floor", "negative", "sign", "sin", "square"), (X,)),
    **dict.fromkeys(("sum", "mean", "max", "min", "var", "std", "prod", "median", "any", "all", "ravel"), (X,)),
    **dict.fromkeys(("argmax", "argmin", "argsort", "sort", "cumsum", "transpose", "count_nonzero", "flip"), (X,)),
    **dict.fromkeys(("zeros_like", "ones_like", "isnan", "isfinite", "isinf", "tril", "triu", "diag"), (X,)),
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "maximum", "minimum", "equal", "less"), (X, Y)),
    **dict.fromkeys(("greater", "not_equal", "less_equal", "greater_equal", "logical_and", "isclose"), (X, Y)),
    **dict.fromkeys(("logical_or", "logical_xor", "arctan2", "mod", "floor_divide", "outer"), (X, Y)),
    "logical_not": (X,),
    "power": (np.abs(X), Y),
    "where": (X > 0, X, Y),
    "clip": (X, -1, 2),
    "concatenate": ([X, Y], 1),
    "stack": ([X, Y], 1),
    "take": (X, [0, 2], 1),
    "tile": (X, (2, 2)),
    "repeat": (X, 2, 0),
    "pad": (X, ((1, 1), (0, 2))),
    "roll": (X, 1, 0),
    "full_like": (X, 7),
    "tensordot": (X, Y.T, 1),
    "matmul": (X, Y.T),
    "einsum": ("ij,kj->ik", X, Y),
    "quantile": (X, 0.3, 1),
    "moveaxis": (X, 0, 1),
    "expand_dims": (X, 1),
    "squeeze": (X[:, :1],),
    "average": (X, 1, [0.2, 0.3, 0.5]),
    "nan_to_num": (np.array([np.nan, 1.0, np.inf]),),
    "searchsorted": (np.array([1.0, 2, 3]), np.array([0.5, 2, 9])),
}


@pytest.mark.parametrize("name", ALIKE)
def test_arrays_give_numpy_s_arrays(name):
    y = getattr(ops, name)(*ALIKE[name])
    assert type(y) is np.ndarray
    np.testing.assert_allclose(y, getattr(np, name)(*ALIKE[name]), rtol=1e-12)


@pytest.mark.parametrize("name", ALIKE)
def test_tensors_give_tensors(name):
    def swap(value):
        if isinstance(value, list) and isinstance(value[0], np.ndarray):
            return [value[0], *(Tensor(part) for part in value[1:])]
        return Tensor(value) if isinstance(value, np.ndarray) else value

    y = getattr(ops, name)(*map(swap, ALIKE[name]))
    assert type(y) is Tensor
    np.testing.assert_allclose(y, getattr(np, name)(*ALIKE[name]), rtol=1e-12)


def test_lists_and_numbers_are_of_floatx():
    assert ops.add([1.0, 2.0], 3.0).dtype == "float32"
    assert ops.mean([1, 2]).dtype == "float32"
    assert ops.exp(1).dtype == "float32"
    assert ops.zeros((2,)).dtype == ops.eye(2).dtype == ops.linspace(0, 1, 3).dtype == "float32"
    assert (ops.arange(3).dtype, ops.arange(0.5, 2).dtype) == ("int32", "float32")


def test_a_loss_in_keras_s_words_is_differentiated():
    w = Variable(X, dtype="float64")
    with GradientTape() as tape:
        loss = ops.mean(ops.square(Y - w), axis=-1)
    assert type(loss) is Tensor
    np.testing.assert_allclose(tape.gradient(loss, w), 2 * (X - Y) / 3)


def test_the_kernels_take_tensors():
    x, w, b = Variable(X), Variable(Y.T.copy()), Variable([0.5, -0.5], dtype="float64")
    with GradientTape() as tape:
        y = ops.softmax(ops.dense(x, w, b, "tanh"), axis=0)
        z = ops.sum(ops.leaky_relu(y, 0.1)[0])
    assert type(z) is Tensor
    plain = ops.softmax(ops.dense(X, Y.T, [0.5, -0.5], "tanh"), axis=0)
    assert type(plain) is np.ndarray
    np.testing.assert_allclose(y, plain)
    assert all(g.shape == v.shape for g, v in zip(tape.gradient(z, [x, w, b]), [x, w, b], strict=True))
    with pytest.raises(TypeError, match="out must be None"):
        ops.relu(x, out=np.empty((2, 3)))
    with pytest.raises(ValueError, match="w must have 3 rows"):
        ops.dense(x, Variable(Y))


@pytest.mark.parametrize("axis", [0, 1, -1, (0, 1), (2, 0)])
def test_softmax_over_any_axis(axis):
    x = np.sin(np.arange(24.0)).reshape(2, 3, 4)
    e = np.exp(x)
    expected = e / e.sum(axis=axis, keepdims=True)
    out = np.empty_like(x)
    np.testing.assert_allclose(ops.softmax(x, axis), expected, rtol=1e-12)
    np.testing.assert_allclose(ops.log_softmax(x, axis), np.log(expected), rtol=1e-12)
    assert ops.softmax(x, axis, out=out) is out
    np.testing.assert_allclose(out, expected, rtol=1e-12)


@pytest.mark.parametrize("axis", [3, (0, 0), (0, -3)])
def test_softmax_over_axes_that_are_not_there(axis):
    with pytest.raises(ValueError, match="each once"):
        ops.softmax(np.ones((2, 3, 4)), axis)


def test_top_k():
    values, places = ops.top_k(np.array([[1.0, 5.0, 3.0, 5.0]]), 3)
    assert values.tolist() == [[5, 5, 3]]
    assert places.tolist() == [[1, 3, 2]]
    x = Variable([1.0, 5.0, 3.0])
    with GradientTape() as tape:
        y = ops.sum(ops.top_k(x, 2).values)
    assert tape.gradient(y, x).tolist() == [0, 1, 1]
    with pytest.raises(ValueError, match="k must lie"):
        ops.top_k(np.ones(3), 4)


def test_in_top_k():
    scores = np.array([[0.1, 0.9, 0.8, 0.8], [0.05, 0.95, 0.0, 1.0]], np.float32)
    targets = np.array([2, 4])
    assert ops.in_top_k(targets, scores, 1).tolist() == [False, False]
    assert ops.in_top_k(targets, scores, 2).tolist() == [True, False]
    assert ops.in_top_k(np.array([3, 0]), scores, 2).tolist() == [True, False]
    with pytest.raises(ValueError, match=r"\(rows,\)"):
        ops.in_top_k(targets, scores[0], 1)


def test_one_hot():
    assert ops.one_hot([0, 2, -1], 3).tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert ops.one_hot([0, 2], 3, axis=0, dtype="int32").tolist() == [[1, 0], [0, 0], [0, 1]]
    assert ops.multi_hot([[0, 2], [1, 1]], 3).tolist() == [[1, 0, 1], [0, 1, 0]]
    with pytest.raises(TypeError, match="whole numbers"):
        ops.one_hot([0.5], 3)


def test_conversions():
    v = Variable([1.0, 2.0])
    t = ops.convert_to_tensor(v, "float64")
    assert (type(t), t.dtype) == (Tensor, np.float64)
    assert type(ops.convert_to_numpy(t)) is np.ndarray
    assert ops.is_tensor(t)
    assert not ops.is_tensor(v)
    assert ops.shape(v) == (2,)
    assert (ops.size(t), ops.ndim([[1]])) == (2, 2)
    assert type(ops.cast([1, 2], "float64")) is np.ndarray
    with GradientTape() as tape:
        y = v * ops.stop_gradient(v)
    assert tape.gradient(y, v).tolist() == [1, 2]


def test_quantiles_and_medians_are_differentiated():
    x = Variable([[3.0, 1.0, 2.0], [6.0, 5.0, 4.0]], dtype="float64")
    with GradientTape() as tape:
        y = ops.median(x, axis=1)
    assert tape.gradient(y, x).tolist() == [[0, 0, 1], [0, 1, 0]]
    for method in ("linear", "lower", "higher", "nearest"):
        assert ops.quantile(X, 0.4, method=method, keepdims=True) == np.quantile(X, 0.4, method=method, keepdims=True)
    with pytest.raises(ValueError, match="method must be one of"):
        ops.quantile(X, 0.4, method="middle")
    with pytest.raises(ValueError, match="q must be"):
        ops.quantile(X, 1.5)


def test_moments_and_normalize():
    mean, variance = ops.moments(X, 0)
    np.testing.assert_allclose(mean, X.mean(0))
    np.testing.assert_allclose(variance, X.var(0))
    np.testing.assert_allclose(ops.normalize(X), X / np.linalg.norm(X, axis=-1, keepdims=True))
    assert ops.normalize(np.zeros((1, 2))).tolist() == [[0, 0]]


def test_everything_public_is_documented():
    for name in ops.__all__:
        assert inspect.getdoc(getattr(ops, name)), name
