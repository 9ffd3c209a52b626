"""What the table of cases does not say: ties, exactness, edges, and shapes of all kinds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff.differences import check
from dlcore import autodiff as ad
from dlcore.autodiff import Tensor


@pytest.mark.parametrize("function", [ad.maximum, ad.minimum])
def test_two_equals_share_a_gradient(function):
    assert ad.gradients(function, [2.0, 2.0]) == [0.5, 0.5]
    assert ad.gradients(lambda x: function(x, 2.0), 2.0) == 0.5


@pytest.mark.parametrize("function", [ad.max, ad.min])
def test_all_equals_share_a_gradient(function):
    assert ad.gradients(function, np.ones(4)).tolist() == [0.25] * 4
    by_row = ad.gradients(lambda x: function(x * 1, axis=1), np.array([[1.0, 1.0], [2.0, 2.0]]))
    assert by_row.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert ad.gradients(lambda x: function(x, initial=1.0), np.ones(3)).tolist() == [0.25] * 3


def test_an_extreme_that_is_the_initial_value_has_no_gradient():
    assert ad.gradients(lambda x: ad.max(x, initial=5.0), np.ones(3)).tolist() == [0, 0, 0]


def test_the_bounds_of_clip_let_gradients_through():
    assert ad.gradients(lambda x: ad.clip(x, 0.0, 1.0), np.array([-1.0, 0, 0.5, 1, 2])).tolist() == [0, 1, 1, 1, 0]


def test_steps_have_gradients_of_zero():
    x = np.array([-1.5, 0.3, 2.5])
    for step in (ad.sign, ad.floor, ad.ceil, ad.trunc, ad.round, lambda x: x // 2.0):
        assert ad.gradients(step, x).tolist() == [0, 0, 0]


def test_what_is_off_the_tape_has_none():
    x = np.array([1.0, 2.0])
    for constant in (ad.argmax, ad.isnan, ad.zeros_like, ad.stop_gradient, lambda x: ad.cast(x, "int32")):
        assert ad.gradients(constant, x) is None


@pytest.mark.parametrize(("function", "exact"), [(ad.erf, math.erf), (ad.erfc, math.erfc)])
def test_the_error_function_is_exact_far_out_and_near_zero(function, exact):
    x = np.concatenate([np.linspace(-6, 6, 2001), [0, 1e-300, 1e-9, -1e-5, 12, 25, np.inf, -np.inf]])
    np.testing.assert_allclose(function(x), [exact(v) for v in x], rtol=1e-14, atol=0)
    assert np.isnan(function(np.nan).array)
    assert function(np.float32(0.3)).dtype == "float32"
    assert np.signbit(ad.erf(-0.0).array)


def test_infinities_of_logsumexp():
    x = np.array([[-np.inf, -np.inf], [-np.inf, 2.0], [1000.0, 1000.0], [np.inf, 1.0]])
    assert ad.logsumexp(x, 1).tolist() == [-np.inf, 2.0, 1000 + math.log(2), np.inf]
    assert ad.gradients(ad.logsumexp, np.array([-np.inf, 2.0])).tolist() == [0, 1]


def test_gradients_at_zero_are_numbers():
    zeros = np.zeros(3)
    assert ad.gradients(ad.norm, zeros).tolist() == [0, 0, 0]
    assert ad.gradients(ad.hypot, [0.0, 0.0]) == [0.0, 0.0]
    assert ad.gradients(ad.absolute, zeros).tolist() == [0, 0, 0]
    assert ad.gradients(ad.prod, zeros).tolist() == [0, 0, 0]
    assert ad.gradients(lambda x: ad.divide_no_nan(1.0, x), zeros).tolist() == [0, 0, 0]
    masked = ad.gradients(lambda x: ad.where(x > 0, ad.sqrt(ad.where(x > 0, x, 1.0)), 0.0), zeros)
    assert masked.tolist() == [0, 0, 0]


def test_where_keeps_an_infinite_gradient_to_its_side():
    """The side that is not taken gets 0, not 0 · inf."""
    chosen = ad.gradients(lambda x: ad.where([True, False], x, -x) * np.array([1.0, np.inf]), np.ones(2))
    assert chosen.tolist() == [1, -np.inf]


def test_top_k_takes_the_first_of_equals():
    values, places = ad.top_k(np.array([[1.0, 3, 3, 2], [5, 5, 5, 5]]), 3)
    assert values.tolist() == [[3, 3, 2], [5, 5, 5]]
    assert places.tolist() == [[1, 2, 3], [0, 1, 2]]
    assert places.dtype == "int32"
    with pytest.raises(ValueError, match="k must lie between 0 and"):
        ad.top_k(np.ones(3), 4)


def test_in_top_k():
    scores = np.array([[0.1, 0.5, 0.4], [0.4, 0.4, 0.2], [0.3, np.nan, 0.2]])
    assert ad.in_top_k([1, 1, 1], scores, 1).tolist() == [True, True, False]
    assert ad.in_top_k([0, 2, 5], scores, 2).tolist() == [False, False, False]


def test_segment_sum():
    data = np.array([[1.0, 2], [3, 4], [5, 6]])
    assert ad.segment_sum(data, [0, 2, 0]).tolist() == [[6, 8], [0, 0], [3, 4]]
    assert ad.segment_sum(data, [1, -1, 9], num_segments=2).tolist() == [[0, 0], [1, 2]]
    with pytest.raises(ValueError, match=r"segment_ids must have shape \(3,\)"):
        ad.segment_sum(data, [0])


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3)])
def test_one_hot(shape):
    labels = np.arange(math.prod(shape)).reshape(shape) % 4 - 1
    hot = ad.one_hot(labels, 3)
    assert hot.dtype == "float32"
    assert np.array_equal(hot, labels[..., None] == np.arange(3))
    assert ad.one_hot(labels, 3, axis=0, dtype="int8").shape == (3, *shape)


def test_multi_hot():
    assert ad.multi_hot([0, 2, 2], 4).tolist() == [1, 0, 1, 0]
    assert ad.multi_hot([[1], [-1]], 2).tolist() == [[0, 1], [0, 0]]
    assert ad.multi_hot(1, 3).tolist() == [0, 1, 0]
    with pytest.raises(NotImplementedError, match="sparse must be False"):
        ad.multi_hot([0], 2, sparse=True)


def test_conversion():
    assert ad.convert_to_tensor([1.0, 2.0]).dtype == "float32"
    assert ad.convert_to_tensor(np.ones(2), "float32").dtype == "float32"
    tensor = Tensor(np.ones(2))
    assert ad.convert_to_tensor(tensor) is tensor
    copy = ad.convert_to_numpy(tensor)
    copy[0] = 5
    assert tensor.tolist() == [1, 1]
    assert ad.shape(tensor) == ad.shape([1, 2]) == (2,)


# --- Shapes of all kinds ---

BINARY = [ad.add, ad.subtract, ad.multiply, ad.divide, ad.maximum, ad.arctan2, ad.logaddexp, ad.hypot]


@given(st.data())
def test_broadcasting(data):
    shape = tuple(data.draw(st.lists(st.integers(0, 3), max_size=3)))
    shapes = [
        tuple(data.draw(st.sampled_from([n, 1])) for n in shape[data.draw(st.integers(0, len(shape))) :]) for _ in "ab"
    ]
    a, b = (start + np.arange(math.prod(s)).reshape(s) for start, s in zip((1.5, -9.7), shapes, strict=True))
    check(data.draw(st.sampled_from(BINARY)), a, b, order=1)


REDUCTIONS = [ad.sum, ad.mean, ad.prod, ad.max, ad.min, ad.var, ad.logsumexp, ad.norm2]


@given(st.data())
def test_reductions(data):
    shape = tuple(data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    axes = data.draw(st.one_of(st.none(), st.sets(st.integers(0, len(shape) - 1)).map(tuple)))
    keepdims, function = data.draw(st.booleans()), data.draw(st.sampled_from(REDUCTIONS))
    x = np.cos(3.0 * np.arange(math.prod(shape))).reshape(shape)
    check(lambda x: function(x, axes, keepdims) * 1.5, x, order=1)


@given(st.data())
def test_indices(data):
    """Any key that NumPy takes: the gradient counts how often each element was taken."""
    shape = (3, 4, 2)
    entry = st.one_of(
        st.integers(-2, 1),
        st.slices(3),
        st.none(),
        st.lists(st.integers(-2, 1), min_size=2, max_size=2),
        st.just(np.array([0, 1])),
        st.just(Tensor([1, 1])),
    )
    key = tuple(data.draw(st.lists(entry, max_size=3)))
    key = (*key, ...) if data.draw(st.booleans()) else key
    plain = tuple(np.asarray(part) if isinstance(part, Tensor) else part for part in key)
    x = np.arange(24.0).reshape(shape)
    assert np.array_equal(Tensor(x)[key], x[plain])
    counts = np.zeros(shape)
    np.add.at(counts, plain, 1)
    assert np.array_equal(ad.gradients(lambda x: x[key], x), counts)


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.sampled_from([(), (1,), (2,), (2, 1)]))
def test_products(rows, inner, columns, batch):
    a = np.sin(np.arange(math.prod(batch) * rows * inner)).reshape(*batch, rows, inner)
    b = np.cos(np.arange(inner * columns)).reshape(inner, columns)
    np.testing.assert_allclose(ad.matmul(a, b), a @ b, rtol=1e-13, atol=1e-15)
    check(ad.matmul, a, b, order=1)
