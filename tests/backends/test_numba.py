"""What is special to the Numba backend: its elementary functions, and that it repeats itself."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from backends import reference
from dlcore.backends import contract, network, use_backend

numba = pytest.importorskip("numba")

from dlcore.backends import numba as fallback  # noqa: E402
from dlcore.backends.jit import activations, losses, scalars, updates  # noqa: E402


def test_it_knows_exactly_the_names_of_the_contract():
    assert set(activations.FORWARD) == set(contract.ACTIVATIONS)
    assert set(activations.BACKWARD) == set(contract.ACTIVATIONS)
    assert set(losses.LOSS) == set(contract.LOSSES)
    assert set(losses.METRIC) == set(contract.METRICS)
    assert set(updates.UPDATE) == set(contract.UPDATES)


def dense_sample(low, high):
    """Arguments between the bounds, many of them near zero, all signs of zero."""
    tiny = np.geomspace(1e-300, 1, 2001)
    return np.concatenate([np.linspace(low, high, 20_001), tiny[tiny < high], -tiny[-tiny > low], [0.0, -0.0]])


@pytest.mark.parametrize(
    ("name", "low", "high", "exact"),
    [
        ("exp", -708, 709, np.exp),
        ("expm1", -800, 700, np.expm1),
        ("tanh", -400, 400, np.tanh),
        ("sigmoid", -708, 800, lambda x: 1 / (1 + np.exp(-x))),
        ("softplus", -708, 800, lambda x: np.log1p(np.exp(-abs(x))) + np.maximum(x, 0)),
    ],
)
def test_elementary_functions(name, low, high, exact):
    """Within 3 ulp of the extended-precision value."""
    x = dense_sample(low, high)
    expected = exact(x.astype(np.longdouble))
    got = np.array([getattr(scalars, name)(value) for value in x])
    assert np.abs((got - expected) / np.spacing(np.abs(expected.astype(float)))).max() <= 3
    assert np.isnan(getattr(scalars, name)(np.nan))


def test_exponential_at_its_ends():
    x = [-np.inf, -1000.0, -745.0, -744.0, 709.7, 710.0, np.inf]
    with np.errstate(over="ignore"):
        assert [scalars.exp(value) for value in x] == pytest.approx(np.exp(x).tolist(), rel=1e-15, abs=0)


def test_normal_distribution():
    x = np.linspace(-37, 9, 5001)
    got = np.array([scalars.normal(value)[0] for value in x])
    assert np.allclose(got, reference.normal(x), rtol=4e-15, atol=0)


def test_a_missing_numba_is_an_import_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(ImportError, match="Numba cannot be imported"):
        fallback.load()


def test_numbers_of_a_step_are_not_kept_too_long(rng):
    """They are computed once for all parameters of a step, and anew for the next step, kind or dtype."""
    with use_backend("numba") as backend:
        hyper = network.Hyper(0.1, beta_1=0.9, beta_2=0.999, epsilon=1e-7)
        for kind, dtype, step in (
            ("adam", "f", 1),
            ("adam", "f", 2),
            ("adam", "d", 2),
            ("sgd", "d", 2),
            ("adam", "d", 2),
        ):
            p, g = np.ones(3, dtype), np.full(3, 2, dtype)
            slots = [np.zeros(3, dtype) for _ in contract.UPDATES[kind]]
            expected, _ = reference.update(
                kind, np.ones(3), np.full(3, 2.0), [np.zeros(3)] * 2, hyper._replace(step=step)
            )
            backend.update(kind, p, g, slots, hyper._replace(step=step))
            assert np.allclose(p, expected, rtol=1e-5)


HASH = """
import hashlib, numpy as np
from dlcore.backends import use_backend
rng = np.random.default_rng(0)
digest = hashlib.sha256()
with use_backend("numba") as backend:
    for m, k, n in ((1, 784, 128), (32, 784, 128), (1000, 33, 17), (257, 300, 301), (4096, 64, 1)):
        x, w, b = (rng.standard_normal(s).astype(np.float32) for s in ((m, k), (k, n), (n,)))
        y, dx, dw, db = np.empty((m, n), "f"), np.empty_like(x), np.empty_like(w), np.empty_like(b)
        backend.dense_forward(x, w, b, "tanh", 0.0, None, y)
        backend.dense_backward(y, x, w, None, y, "tanh", 0.0, np.empty_like(y), dx, dw, db)
        for result in (y, dx, dw, db):
            digest.update(result)
print(digest.hexdigest())
"""


def test_every_process_gets_the_same_bits():
    runs = [subprocess.run([sys.executable, "-c", HASH], capture_output=True, text=True, check=True) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout
