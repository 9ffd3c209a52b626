"""Whatever strides, byte order, alignment and permissions: the exact result or a refusal."""

from __future__ import annotations

import importlib
import math
import pkgutil

import numpy as np
import pytest
from backends import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcore import ops
from ops.arrays import F64, views


@settings(max_examples=60)
@given(data=st.data(), m=st.integers(0, 9), k=st.integers(0, 9), n=st.integers(0, 9))
def test_dense_of_any_arrays(backend, data, m, k, n):
    x, w, b = (data.draw(views(shape)) for shape in ((m, k), (k, n), (n,)))
    before = [a.tobytes() for a in (x, w, b)]
    y = ops.dense(x, w, b)
    assert y.dtype == np.result_type(x, w, b).newbyteorder("=")
    assert np.allclose(y, x.astype(float) @ w.astype(float) + b, rtol=1e-4, atol=1e-4)
    dx, dw, db = ops.dense_backward(y, x, w)
    assert np.allclose(dx, y @ w.astype(float).T, rtol=1e-4, atol=1e-3)
    assert np.allclose(dw, x.astype(float).T @ y, rtol=1e-4, atol=1e-3)
    assert np.allclose(db, y.sum(0), rtol=1e-4, atol=1e-3)
    assert [a.tobytes() for a in (x, w, b)] == before


@settings(max_examples=60)
@given(data=st.data(), shape=hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=6))
def test_activations_of_any_array(backend, data, shape):
    x = data.draw(views(shape))
    rows = x.astype(float).reshape(math.prod(shape[:-1]), shape[-1])
    assert np.allclose(ops.relu(x), np.maximum(x.astype(float), 0))
    assert np.allclose(ops.softmax(x), reference.ACTIVATIONS["softmax"](rows, 0).reshape(shape), atol=1e-6)


@settings(max_examples=60)
@given(data=st.data(), shape=hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=6))
def test_any_output_is_used_or_refused(data, shape):
    """An array that does not fit exactly is refused untouched; one that fits holds the result."""
    x, out = np.resize(np.linspace(-2, 2, 7), shape), data.draw(views(shape))
    before = out.copy()
    fits = out.dtype == F64 and out.dtype.isnative and out.flags.carray
    if fits:
        assert ops.relu(x, out=out) is out
        assert np.array_equal(out, np.maximum(x, 0))
    else:
        with pytest.raises((TypeError, ValueError), match=r"^out "):
            ops.relu(x, out=out)
        assert np.array_equal(out, before)


def test_no_name_stands_in_two_modules():
    homes: dict[str, list[str]] = {}
    for module in pkgutil.iter_modules(ops.__path__):
        for name in getattr(importlib.import_module(f"dlcore.ops.{module.name}"), "__all__", ()):
            homes.setdefault(name, []).append(module.name)
            assert hasattr(ops, name)
    assert {name: modules for name, modules in homes.items() if len(modules) > 1} == {}
