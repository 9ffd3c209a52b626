"""The errors of the matrix products on random and on adversarial data: the proven bound, the expected size, NumPy's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np
import pytest

from dlcore.backends import use_backend

native = pytest.importorskip("dlcore.backends.native")
pytest.importorskip("dlcore._core")

#: More terms than one pass takes (512), and of a weight gradient more than one chunk, with remainders.
DEPTHS = (1, 64, 512, 1300, 5000)


@pytest.fixture(params=native.available_isas())
def core(request) -> Iterator[native.Native]:
    """The compiled backend with one of its instruction sets."""
    yield from forced(request.param)


@pytest.fixture(params=[isa for isa in native.available_isas() if isa != "x86_64_v2"])
def fused(request) -> Iterator[native.Native]:
    """The same with those that have fma, as NumPy's kernels do."""
    yield from forced(request.param)


def forced(isa: str) -> Iterator[native.Native]:
    before = native.active_isa()
    with use_backend("native") as backend:
        native.force_isa(isa)
        yield backend
    native.force_isa(before)


# --- Data: a (m, k) and b (k, n), of whose product the errors are looked at ---


def random(rng, m, k, n):
    return rng.standard_normal((m, k)), rng.standard_normal((k, n))


def growing(rng, m, k, n):
    """Only sums of one sign: each addition rounds a number as large as the result."""
    return rng.uniform(0, 1, (m, k)), rng.uniform(0, 1, (k, n))


def magnitudes(rng, m, k, n):
    """Thirty powers of ten: what is small is lost beside what is large."""
    a, b = random(rng, m, k, n)
    return a * 10.0 ** rng.uniform(-15, 15, a.shape), b


def returning(rng, m, k, n):
    """Sums that grow for half of the way and come back to almost nothing."""
    half = k // 2
    a, b = growing(rng, m, k, n)
    a[:, half : 2 * half] = a[:, :half]
    b[half : 2 * half] = -b[:half] * (1 + 2.0**-12 * rng.standard_normal((half, n)))
    return a, b


def cancelling(rng, m, k, n):
    """Each term is undone by the next but for a trace."""
    a, b = random(rng, m, k, n)
    a[:, 1::2] = a[:, : k // 2 * 2 : 2]
    b[1::2] = -b[: k // 2 * 2 : 2] * (1 + 2.0**-12 * rng.standard_normal((k // 2, n)))
    return a, b


DATA = (random, growing, magnitudes, returning, cancelling)


# --- The three products of a layer, each with its sum over k ---


def forward(backend, a, b):
    y = np.empty((len(a), b.shape[1]), a.dtype)
    backend.dense_forward(a, b, None, "linear", 0.0, None, y)
    return y


def input_gradient(backend, a, b):
    """dx = dz · wᵀ: k outputs, n inputs."""
    dx, dz = np.empty((len(a), b.shape[1]), a.dtype), np.empty_like(a)
    backend.dense_backward(a, np.zeros_like(dx), b.T.copy(), None, a, "linear", 0.0, dz, dx, None, None)
    return dx


def weight_gradient(backend, a, b):
    """dw = xᵀ · dz: k rows."""
    dw, dz = np.empty((len(a), b.shape[1]), a.dtype), np.empty_like(b)
    backend.dense_backward(b, a.T.copy(), np.zeros_like(dw), None, b, "linear", 0.0, dz, None, dw, None)
    return dw


PRODUCTS = (forward, input_gradient, weight_gradient)


@lru_cache(maxsize=256)
class Case:
    """Data in a dtype, their product in wider arithmetic, and errors in units of u · |a| |b|."""

    def __init__(self, make: Callable[..., tuple], m: int, k: int, n: int, dtype: type) -> None:
        self.a, self.b = (part.astype(dtype) for part in make(np.random.default_rng(k), m, k, n))
        wide = np.float64 if dtype is np.float32 else np.longdouble
        a, b = self.a.astype(wide), self.b.astype(wide)
        self.exact, self.size = a @ b, np.abs(a) @ np.abs(b)
        self.unit = np.finfo(dtype).eps / 2
        for array in (self.a, self.b):
            array.flags.writeable = False

    def errors(self, got: np.ndarray) -> np.ndarray:
        return np.asarray(np.abs(got - self.exact) / (self.unit * self.size), np.float64)


@pytest.mark.parametrize("k", DEPTHS)
@pytest.mark.parametrize("make", DATA)
@pytest.mark.parametrize("product", PRODUCTS)
def test_errors_are_within_gamma(core, dtype, product, make, k):
    """A chain of k terms is within γₖ |a| |b|; without fma each term is rounded twice. Few rows have their own way."""
    for m in (2, 13):
        case = Case(make, m, k, 35, dtype)
        roundings = 2 * k if native.active_isa() == "x86_64_v2" else k
        gamma = roundings / (1 - roundings * case.unit)
        assert case.errors(product(core, case.a, case.b)).max() <= gamma * (1 + 1e-6)


@pytest.mark.parametrize("k", [512, 5000, 20000])
@pytest.mark.parametrize("make", DATA)
@pytest.mark.parametrize("product", PRODUCTS)
def test_errors_grow_like_the_root_of_the_length(core, product, make, k):
    """Far below γₖ: roundings are as good as random, so k of them add up to some √k."""
    case = Case(make, 13, k, 35, np.float32)
    errors = case.errors(product(core, case.a, case.b))
    assert errors.max() <= 1.5 * k**0.5
    assert errors.mean() <= 0.3 * k**0.5


@pytest.mark.parametrize(("k", "factor"), [(16, 1.5), (64, 2), (256, 2.5), (512, 4)])
@pytest.mark.parametrize("make", DATA)
@pytest.mark.parametrize("product", PRODUCTS)
def test_errors_are_those_of_numpy_up_to_512_terms(fused, product, make, k, factor):
    """With NumPy's kernels for AVX-512 the same bits even; for other processors it may sum in parts, to its advantage.

    A longer sum that is one chain, as the law wants it, is worse than one in parts: by some √(k / 256).
    """
    case = Case(make, 40, k, 48, np.float32)
    mine, theirs = case.errors(product(fused, case.a, case.b)), case.errors(case.a @ case.b)
    assert mine.mean() <= factor * theirs.mean()
    assert mine.max() <= 1.5 * factor * theirs.max()


@pytest.mark.parametrize("k", [1024, 5000, 20000])
@pytest.mark.parametrize("make", DATA)
def test_weight_gradients_of_long_batches_have_the_errors_of_numpy(fused, make, k):
    """A sum over the batch is in parts, chunks of 512 rows."""
    case = Case(make, 40, k, 48, np.float32)
    mine, theirs = case.errors(weight_gradient(fused, case.a, case.b)), case.errors(case.a @ case.b)
    assert mine.mean() <= 4 * theirs.mean()
    assert mine.max() <= 6 * theirs.max()
