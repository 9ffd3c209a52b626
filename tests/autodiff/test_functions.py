"""Every differentiable function's value against NumPy's (or math's) and its derivatives against differences."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff.differences import check
from autodiff.test_rules import CASES as ELEMENTARY
from dlcore import autodiff as ad
from dlcore.autodiff import Tensor, kernels
from dlcore.autodiff.tracer import OPERATIONS, active_recorders

A = [[0.3, -1.2, 2.1], [0.7, 1.1, -0.4]]
B = [[1.5, 0.8, -0.6], [0.9, -1.3, 2.2]]
INSIDE = [[0.3, -0.7, 0.1], [0.5, -0.2, 0.9]]
POSITIVE = [[0.3, 1.2, 2.0], [0.7, 1.1, 0.4]]
ABOVE_1 = [[1.3, 1.2, 2.0], [3.7, 1.1, 5.4]]
CUBE = np.sin(np.arange(24.0)).reshape(2, 3, 4) + 0.1
OTHER = np.cos(np.arange(24.0)).reshape(2, 4, 3)
WITH_ZEROS = [[0.0, 2.0, 0.0], [3.0, 0.0, -1.0]]

erf, erfc = np.vectorize(math.erf, otypes=[float]), np.vectorize(math.erfc, otypes=[float])
square = np.square

#: name -> (function, arguments, the same in NumPy)
CASES: dict[str, tuple[Callable[..., Any], tuple[Any, ...], Callable[..., Any]]] = {
    **{
        name: (getattr(ad, name), (A,), getattr(np, name))
        for name in ("expm1", "exp2", "sin", "cos", "tan", "arctan", "sinh", "cosh", "arcsinh", "tanh")
    },
    **{name: (getattr(ad, name), (POSITIVE,), getattr(np, name)) for name in ("log1p", "log2", "log10")},
    **{name: (getattr(ad, name), (INSIDE,), getattr(np, name)) for name in ("arcsin", "arccos", "arctanh")},
    **{
        name: (getattr(ad, name), (A, B), getattr(np, name))
        for name in ("maximum", "minimum", "logaddexp", "arctan2", "hypot", "floor_divide", "mod", "outer")
    },
    **{
        name: (lambda x, n=name: getattr(ad, n)(x) * x, (A,), lambda x, n=name: getattr(np, n)(x) * x)
        for name in ("floor", "ceil", "trunc", "sign", "round")
    },
    **{
        f"{name}, {arguments}": (
            lambda x, n=name, a=arguments: getattr(ad, n)(square_of(x), **a),
            (A,),
            lambda x, n=name, a=arguments: getattr(np, n)(square(x), **a),
        )
        for name in ("sum", "mean", "max", "min", "prod", "var", "std")
        for arguments in ({}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (0, 1)})
    },
    "arccosh": (ad.arccosh, (ABOVE_1,), np.arccosh),
    "reciprocal": (ad.reciprocal, (A,), lambda x: 1 / x),
    "rsqrt": (ad.rsqrt, (POSITIVE,), lambda x: 1 / np.sqrt(x)),
    "erf": (ad.erf, (A,), erf),
    "erfc": (ad.erfc, (A,), erfc),
    "sigmoid": (ad.sigmoid, (A,), lambda x: 1 / (1 + np.exp(-x))),
    "softplus": (ad.softplus, (A,), lambda x: np.log1p(np.exp(x))),
    "mod, broadcast": (lambda x: ad.mod(x, 0.65) * x, (A,), lambda x: np.mod(x, 0.65) * x),
    "maximum, number": (lambda x: ad.maximum(x, 0.5) ** 2, (A,), lambda x: np.maximum(x, 0.5) ** 2),
    "where": (
        lambda x, y: ad.where(np.array(A) > 0, square_of(x), x * y),
        (A, B),
        lambda x, y: np.where(x > 0, x * x, x * y),
    ),
    "where, broadcast": (
        lambda x, y: ad.where([[True], [False]], x, y) ** 2,
        (A, [0.5, 1, 2]),
        lambda x, y: np.where([[True], [False]], x, y) ** 2,
    ),
    "clip": (lambda x: ad.clip(x, -0.5, 1.0) ** 2, (A,), lambda x: np.clip(x, -0.5, 1.0) ** 2),
    "clip, one bound": (lambda x: ad.clip(x, None, 1.0) ** 2, (A,), lambda x: np.minimum(x, 1.0) ** 2),
    "clip, bounds": (
        lambda x, a, b: ad.clip(x, a, b) ** 2,
        (A, -0.5, [1.0, 1.5, 1.7]),
        lambda x, a, b: np.clip(x, a, b) ** 2,
    ),
    "prod, zeros": (lambda x: ad.prod(x, 1), (WITH_ZEROS,), lambda x: np.prod(x, 1)),
    "cumprod": (lambda x: ad.cumprod(x, 1), (WITH_ZEROS,), lambda x: np.cumprod(x, 1)),
    "cumprod, all": (ad.cumprod, (A,), np.cumprod),
    "cumsum": (lambda x: ad.cumsum(x, 0) ** 2, (A,), lambda x: np.cumsum(x, 0) ** 2),
    "cumsum, all": (lambda x: ad.cumsum(x) ** 2, (A,), lambda x: np.cumsum(x) ** 2),
    "logsumexp": (lambda x: ad.logsumexp(x, 1), (A,), lambda x: np.log(np.exp(x).sum(1))),
    "logsumexp, kept": (
        lambda x: x - ad.logsumexp(x, (0, 1), keepdims=True),
        (A,),
        lambda x: x - np.log(np.exp(x).sum(keepdims=True)),
    ),
    "norm": (lambda x: ad.norm(x, axis=1), (A,), lambda x: np.linalg.norm(x, axis=1)),
    "norm 1": (lambda x: ad.norm(x, 1, axis=0), (A,), lambda x: np.linalg.norm(x, 1, axis=0)),
    "norm 3": (lambda x: ad.norm(x, 3, axis=0), (A,), lambda x: np.linalg.norm(x, 3, axis=0)),
    "norm inf": (lambda x: ad.norm(x, np.inf), (A,), lambda x: np.linalg.norm(x, np.inf)),
    "norm fro": (lambda x: ad.norm(x, "fro"), (A,), lambda x: np.linalg.norm(x, "fro")),
    "average": (
        lambda x, w: ad.average(x, 1, w),
        (A, [0.2, 0.5, 0.8]),
        lambda x, w: np.average(x, 1, w),
    ),
    "getitem, mask": (lambda x: x[np.array(A) > 0.5] ** 2, (A,), lambda x: x[x > 0.5] ** 2),
    "getitem, steps": (lambda x: x[::-1, ..., None, ::2] ** 2, (A,), lambda x: x[::-1, ..., None, ::2] ** 2),
    "getitem, Tensor": (lambda x: x[Tensor([1, 1, 0]), [0, 0, 2]] ** 2, (A,), lambda x: x[[1, 1, 0], [0, 0, 2]] ** 2),
    "take": (lambda x: ad.take(x, [[2, 0], [-1, 2]], 1) ** 2, (A,), lambda x: np.take(x, [[2, 0], [-1, 2]], 1) ** 2),
    "take, flat": (lambda x: ad.take(x, [5, 0]) ** 2, (A,), lambda x: np.take(x, [5, 0]) ** 2),
    "take_along_axis": (
        lambda x: ad.take_along_axis(x, [[0], [2]], 1) ** 2,
        (A,),
        lambda x: np.take_along_axis(x, np.array([[0], [2]]), 1) ** 2,
    ),
    "flip": (lambda x: ad.flip(x, 1) * x, (A,), lambda x: np.flip(x, 1) * x),
    "flip, all": (lambda x: ad.flip(x) * x, (A,), lambda x: np.flip(x) * x),
    "sort": (lambda x: ad.sort(x) * [1.0, 2, 3], (A,), lambda x: np.sort(x) * [1.0, 2, 3]),
    "sort, all": (lambda x: ad.sort(x, None) * np.arange(6.0), (A,), lambda x: np.sort(x, None) * np.arange(6)),
    "concatenate": (
        lambda x, y: ad.concatenate([x, y, x], 1) ** 2,
        (A, B),
        lambda x, y: np.concatenate([x, y, x], 1) ** 2,
    ),
    "concatenate, flat": (lambda x, y: ad.concatenate([x, y], None) ** 2, (A, 0.5), lambda x, y: np.append(x, y) ** 2),
    "stack": (lambda x, y: ad.stack([x, y], -1) ** 2, (A, B), lambda x, y: np.stack([x, y], -1) ** 2),
    "hstack": (lambda x, y: ad.hstack([x, y]) ** 2, (A, B), lambda x, y: np.hstack([x, y]) ** 2),
    "vstack": (lambda x, y: ad.vstack([x, y]) ** 2, (A, [1.0, 2, 3]), lambda x, y: np.vstack([x, y]) ** 2),
    "split": (lambda x: math.prod(ad.split(x, 3, 1)), (A,), lambda x: math.prod(np.split(x, 3, 1))),
    "split, places": (
        lambda x: ad.split(x, [1], 1)[1] ** 2,
        (A,),
        lambda x: np.split(x, [1], 1)[1] ** 2,
    ),
    "unstack": (lambda x: math.prod(ad.unstack(x)), (A,), lambda x: x[0] * x[1]),
    "squeeze": (lambda x: ad.squeeze(ad.expand_dims(x, (0, -1)), 0) ** 2, (A,), lambda x: x[..., None] ** 2),
    "swapaxes": (lambda x: ad.swapaxes(x, 0, -1) ** 2, (CUBE,), lambda x: np.swapaxes(x, 0, -1) ** 2),
    "moveaxis": (lambda x: ad.moveaxis(x, 0, -1) ** 2, (CUBE,), lambda x: np.moveaxis(x, 0, -1) ** 2),
    "ravel": (lambda x: ad.ravel(x) ** 2, (A,), lambda x: np.ravel(x) ** 2),
    "tile": (lambda x: ad.tile(x, (2, 1, 3)) ** 2, (A,), lambda x: np.tile(x, (2, 1, 3)) ** 2),
    "repeat": (lambda x: ad.repeat(x, [1, 0, 3], 1) ** 2, (A,), lambda x: np.repeat(x, [1, 0, 3], 1) ** 2),
    "repeat, flat": (lambda x: ad.repeat(x, 2) ** 2, (A,), lambda x: np.repeat(x, 2) ** 2),
    "pad": (
        lambda x: ad.pad(x, ((1, 0), (2, 1)), constant_values=3.0) ** 2,
        (A,),
        lambda x: np.pad(x, ((1, 0), (2, 1)), constant_values=3.0) ** 2,
    ),
    "pad, reflect": (lambda x: ad.pad(x, 1, "reflect") ** 2, (A,), lambda x: np.pad(x, 1, "reflect") ** 2),
    "roll": (lambda x: ad.roll(x, 1, 1) * x, (A,), lambda x: np.roll(x, 1, 1) * x),
    "matmul, vectors": (ad.matmul, ([1.0, 2, 3], [0.5, -1, 2]), np.matmul),
    "matmul, vector and matrix": (ad.matmul, ([1.0, 2], A), np.matmul),
    "matmul, matrix and vector": (ad.matmul, (A, [1.0, 2, 3]), np.matmul),
    "matmul, stack": (ad.matmul, (CUBE, OTHER), np.matmul),
    "matmul, stack and matrix": (ad.matmul, (CUBE, OTHER[0]), np.matmul),
    "matmul, matrix and stack": (ad.matmul, (CUBE[0], OTHER), np.matmul),
    "dot": (ad.dot, (CUBE, OTHER[0]), np.dot),
    "tensordot": (
        lambda x, y: ad.tensordot(x, y, ([1, 2], [2, 1])),
        (CUBE, OTHER),
        lambda x, y: np.tensordot(x, y, ([1, 2], [2, 1])),
    ),
    "diagonal": (lambda x: ad.diagonal(x, 1, 2, 0) ** 2, (CUBE,), lambda x: np.diagonal(x, 1, 2, 0) ** 2),
    "trace": (lambda x: ad.trace(x) ** 2, (CUBE,), lambda x: np.trace(x) ** 2),
    "diag of a matrix": (lambda x: ad.diag(x, -1) ** 2, (A,), lambda x: np.diag(x, -1) ** 2),
    "diag of a vector": (lambda x: ad.diag(x, 1) ** 2, ([1.0, 2, 3],), lambda x: np.diag(x, 1) ** 2),
    **{
        f"einsum {s}": (
            lambda *x, s=s: ad.einsum(s, *x),
            inputs,
            lambda *x, s=s: np.einsum(s, *x),
        )
        for s, inputs in {
            "ij,jk->ik": (CUBE[0], OTHER[0]),
            "bij,bjk->bik": (CUBE, OTHER),
            "...ij,...jk": (CUBE, OTHER[0]),
            "ij->j": (A,),
            "ii->i": (OTHER[0][:3],),
            "ij,kl->il": (A, B),
            "i,i,i->": ([1.0, 2, 3], [0.5, -1, 2], [2.0, 1, 1]),
        }.items()
    },
}


def square_of(x: Any) -> Any:
    """A Tensor from whatever a case is given."""
    return ad.square(x)


@pytest.mark.parametrize("name", CASES)
def test_values_and_derivatives(name):
    function, inputs, expected = CASES[name]
    arrays = [np.asarray(x, np.float64) for x in inputs]
    np.testing.assert_allclose(function(*(Tensor(x) for x in arrays)), expected(*arrays), rtol=1e-12, atol=1e-14)
    check(function, *inputs)


def test_every_operation_has_a_case():
    """The operations that the cases and their gradients carry out are all there are."""
    seen = set()

    class Spy:
        def tracks(self, value):
            return True

        def record(self, record):
            seen.add(record.name)

    active_recorders().append(Spy())
    try:
        for function, inputs in [*ELEMENTARY.values(), *(case[:2] for case in CASES.values())]:
            check(function, *inputs)
        check(ad.tanh, A)
        check(lambda p: kernels.loss(np.array(A), p, "mean_squared_error", 0.0), B, order=1)
        ad.custom_gradient(lambda x: (x, lambda upstream: upstream))(1.0)
    finally:
        active_recorders().pop()
    assert seen == set(OPERATIONS)


@pytest.mark.parametrize("function", [ad.maximum, ad.minimum])
def test_two_equals_share_a_gradient(function):
    assert ad.gradients(function, [2.0, 2.0]) == [0.5, 0.5]


@pytest.mark.parametrize("function", [ad.max, ad.min])
def test_all_equals_share_a_gradient(function):
    assert ad.gradients(function, np.ones(4)).tolist() == [0.25] * 4


@pytest.mark.parametrize(("function", "reference"), [(ad.erf, math.erf), (ad.erfc, math.erfc)])
def test_the_error_function_is_exact_far_out_and_near_zero(function, reference):
    x = np.concatenate([np.linspace(-6, 6, 2001), [1e-300, 1e-9, -1e-5, 12.0, 25.0, np.inf, -np.inf]])
    np.testing.assert_allclose(function(x), [reference(v) for v in x], rtol=2e-13, atol=0)
    assert np.isnan(function(np.nan).array)
    assert function(np.float32(0.3)).dtype == "float32"


def test_no_infinity_of_logsumexp_is_lost():
    x = np.array([[-np.inf, -np.inf], [-np.inf, 2.0], [1000.0, 1000.0]])
    assert ad.logsumexp(x, 1).tolist() == [-np.inf, 2.0, 1000 + math.log(2)]


def test_whole_numbers_become_floatx():
    for function in (ad.sin, ad.sqrt, ad.exp, ad.mean, ad.erf, ad.logsumexp):
        assert function([1, 2]).dtype == "float32", function
    assert ad.divide([1, 2], 3).dtype == "float32"
    assert ad.add([1, 2], 3).dtype.kind == "i"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_broadcasting(data):
    """Gradients have the shapes of what was stretched, and are sums over it."""
    shape = tuple(data.draw(st.lists(st.integers(1, 3), max_size=3)))
    one, two = (
        tuple(data.draw(st.sampled_from([n, 1])) for n in shape[data.draw(st.integers(0, len(shape))) :]) for _ in "ab"
    )
    function = data.draw(st.sampled_from([ad.add, ad.multiply, ad.maximum, ad.arctan2, ad.subtract]))
    a, b = 1.5 + np.arange(math.prod(one)).reshape(one), 0.7 - np.arange(math.prod(two)).reshape(two)
    check(function, a, b, order=1)


@pytest.mark.parametrize(
    "call",
    [
        lambda: ad.matmul(np.ones((2, 3)), np.ones((2, 3))),
        lambda: ad.stack([np.ones(2), np.ones(3)]),
        lambda: ad.split(np.ones(5), 2),
        lambda: ad.einsum("ij,jk", np.ones((2, 3))),
        lambda: ad.tensordot(np.ones((2, 3)), np.ones((2, 3)), 1),
        lambda: ad.add(np.ones(2), np.ones(3)),
        lambda: ad.concatenate([np.ones((2, 2)), np.ones((3, 3))]),
        lambda: ad.reshape(np.ones(4), (3, -1)),
        lambda: ad.dense(np.ones((2, 3)), np.ones((2, 3))),
        lambda: ad.einsum("ij,jk->ik", np.ones((2, 3)), np.ones((2, 3))),
    ],
)
def test_shapes_that_do_not_go_together_are_named(call):
    with pytest.raises(
        ValueError, match=r"(add|concatenate|reshape|matmul|stack|split|subscripts|tensordot|einsum).*\d"
    ):
        call()
