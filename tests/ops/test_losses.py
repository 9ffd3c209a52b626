"""Losses: reductions, weights, and the labels they take."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest
from backends import reference

from dlcore import ops
from dlcore.backends.contract import LOSSES
from ops.arrays import F32, spread

CALLS = {
    "categorical_crossentropy": (ops.categorical_crossentropy, {}),
    "categorical_crossentropy_logits": (ops.categorical_crossentropy, {"from_logits": True}),
    "sparse_categorical_crossentropy": (ops.sparse_categorical_crossentropy, {}),
    "sparse_categorical_crossentropy_logits": (ops.sparse_categorical_crossentropy, {"from_logits": True}),
    "binary_crossentropy": (ops.binary_crossentropy, {}),
    "binary_crossentropy_logits": (ops.binary_crossentropy, {"from_logits": True}),
    **{
        name: (getattr(ops, name), {})
        for name in LOSSES
        if not name.endswith("crossentropy") and not name.endswith("_logits")
    },
}


def sample(rng, dtype, name, m=4, n=3):
    labels = rng.integers(0, n, m)
    true = labels if LOSSES[name].sparse else np.eye(n, dtype=dtype)[labels]
    if name == "mean_absolute_percentage_error":
        true += dtype(0.25)  # a percentage of 0 has no meaning
    return true, rng.uniform(0.05, 0.9, (m, n)).astype(dtype)


def test_every_loss_has_a_call_with_kerass_default():
    assert set(CALLS) == set(LOSSES)
    for name, (function, _) in CALLS.items():
        parameter = LOSSES[name].parameter
        if parameter:
            assert inspect.signature(function).parameters[parameter].default == LOSSES[name].default


@pytest.mark.parametrize("name", LOSSES)
def test_losses_and_their_reductions(backend, dtype, rng, disguise, name):
    function, options = CALLS[name]
    true, pred = sample(rng, dtype, name)
    weight = rng.uniform(0, 2, 4).astype(dtype)
    wide = true if LOSSES[name].sparse else true.astype(float)
    rows = reference.loss(name, wide, pred.astype(float), LOSSES[name].default) * weight
    each, of_sum = function(true, pred, **options, sample_weight=weight, reduction="none")
    assert np.allclose(each, rows, rtol=1e-4, atol=1e-6)
    given = disguise(true), disguise(pred)
    total, same = function(*given, **options, sample_weight=disguise(weight), reduction="sum")
    mean, shared = function(*given, **options, sample_weight=disguise(weight))
    assert isinstance(mean, float)
    assert total == pytest.approx(rows.sum(), rel=1e-4)
    assert mean == pytest.approx(rows.sum() / 4, rel=1e-4)
    assert np.allclose(same, of_sum, rtol=1e-5, atol=1e-7)
    assert np.allclose(shared, of_sum / 4, rtol=1e-5, atol=1e-7)
    out = np.empty_like(pred)
    assert function(true, pred, **options, out=out)[1] is out
    assert function(true, pred, **options, reduction=None)[0].shape == (4,)


@pytest.mark.parametrize("name", LOSSES)
def test_losses_of_no_rows(backend, dtype, name):
    function, options = CALLS[name]
    true = np.empty(0, np.int64) if LOSSES[name].sparse else np.empty((0, 3), dtype)
    value, grad = function(true, np.empty((0, 3), dtype), **options)
    assert value == 0.0
    assert grad.shape == (0, 3)


def test_targets_and_weights_take_the_dtype_of_the_prediction(rng):
    pred = rng.uniform(0.1, 0.9, (4, 3)).astype(F32)
    assert ops.mean_squared_error(np.eye(4, 3), pred, sample_weight=[1, 2, 3, 4])[1].dtype == F32
    assert ops.mean_squared_error(np.eye(4, 3, dtype=bool), pred)[1].dtype == F32


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([0, 1, 2, 3], ValueError, r"y_true must hold labels in \[0, 3\).*found 0 to 3"),
        ([0, -1, 2, 0], ValueError, r"found -1 to 2"),
        (np.array([0, 1, 2**63, 0], np.uint64), ValueError, "found 0 to 9223372036854775808"),
        ([0, 1], ValueError, r"y_true must have shape \(4,\), a label a row; got \(2,\)"),
        ([0.0, 1.0, 2.0, 0.0], TypeError, "y_true must hold integers"),
        (np.eye(4, 3, dtype=int), ValueError, r"y_true must have shape \(4,\)"),
        (None, TypeError, "y_true must hold real numbers; got NoneType"),
        (np.ma.array([0, 1, 2, 0], mask=[0, 0, 0, 1]), ValueError, "y_true has masked entries"),
    ],
)
def test_labels_that_are_refused(rng, labels, error, message):
    with pytest.raises(error, match=message):
        ops.sparse_categorical_crossentropy(labels, np.ones((4, 3), F32))


def test_labels_in_any_integer_form(backend, rng):
    pred = rng.uniform(0.1, 0.9, (4, 3)).astype(F32)
    expected = ops.sparse_categorical_crossentropy([0, 2, 1, 1], pred)[0]
    for kind in ("i1", "u1", ">i2", "u8", "i8"):
        labels = np.array([0, 2, 1, 1], kind)
        assert ops.sparse_categorical_crossentropy(labels, pred)[0] == expected
        assert ops.sparse_categorical_crossentropy(spread(labels), pred)[0] == expected
        assert ops.sparse_categorical_crossentropy(labels[:, None], pred)[0] == expected


def test_numbers_of_losses_are_checked():
    x = np.ones((2, 2), F32)
    for message, call in {
        r"label_smoothing must lie in \[0, 1\]; got 1.5": lambda: ops.categorical_crossentropy(
            x, x, label_smoothing=1.5
        ),
        "label_smoothing": lambda: ops.binary_crossentropy(x, x, label_smoothing=-0.1),
        r"delta must lie in \(0, inf\); got 0": lambda: ops.huber(x, x, delta=0),
        r"beta must lie in \[0, inf\); got nan": lambda: ops.smooth_l1(x, x, beta=math.nan),
        "reduction must be one of 'sum_over_batch_size', 'sum', 'none', None; got 'mean'": lambda: ops.huber(
            x, x, reduction="mean"
        ),
        r"q must lie in \(0, 1\); got 1": lambda: ops.categorical_generalized_cross_entropy([0, 1], x, q=1),
        r"quantile must lie in \(0, 1\); got 0": lambda: ops.quantile(x, x, quantile=0),
        r"sample_weight must have shape \(2,\)": lambda: ops.huber(x, x, sample_weight=[1]),
        r"y_true must have shape \(2, 2\)": lambda: ops.huber(x[:1], x),
        "y_pred must have two axes": lambda: ops.huber(x[0], x[0]),
    }.items():
        with pytest.raises(ValueError, match=message):
            call()
