"""C headers: compiled, run, and compared with predict bit for bit."""

from __future__ import annotations

import subprocess
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcore
from dlcore import activations, layers
from dlcore.backends.contract import ACTIVATIONS
from dlcore.handover import export_c
from tests.handover.programs import COMPILERS, STRICT, Program, same_bits

pytestmark = pytest.mark.skipif(not COMPILERS, reason="there is no C compiler")
pytest.importorskip("dlcore._core")


def activation(kind: str):
    """The activation of a kernel, as a function of Keras's name."""
    special = {"gelu_tanh": partial(activations.gelu, approximate=True)}
    return special.get(kind) or getattr(activations, kind)


def stack(*parts, name=None):
    return dlcore.Sequential(parts, name=name)


def every_float(step: int) -> np.ndarray:
    """Floats of all sizes, with the rare ones: denormals, infinities, NaN, zeros, and their neighbours."""
    spread = np.arange(0, 2**32, step, dtype=np.uint64).astype(np.uint32).view(np.float32)
    usual = np.linspace(-20, 20, 20_000, dtype=np.float32)
    rare = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 1.1754944e-38, 3.4028235e38, 0.875, 104, 89],
                    np.float32)  # fmt: skip
    near = np.concatenate([np.nextafter(rare, np.float32(1)), np.nextafter(rare, np.float32(-1)), -rare])
    return np.concatenate([spread, usual, rare, near])


FLAGS = [("-O0",), ("-O2",), ("-O3", "-march=native"), ("-O3", "-march=native", "-ffp-contract=off")]


@pytest.fixture(scope="module")
def parameters():
    """Parameters of activations, other than the defaults."""
    rng = np.random.default_rng(1)
    return {kind: float(rng.uniform(0.1, 2)) for kind, spec in ACTIVATIONS.items() if spec.parameter}


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("flags", FLAGS, ids=" ".join)
def test_every_activation_has_the_bits_of_its_kernel(tmp_path, compiler, flags, parameters):
    models = {}
    for kind, spec in ACTIVATIONS.items():
        given_one = {spec.parameter: parameters[kind]} if spec.parameter else {}
        function = partial(activation(kind), **given_one) if given_one else activation(kind)
        models[kind] = stack(layers.Input((19,)), layers.Activation(function), name=kind)
    program = Program(tmp_path, models, compiler, *STRICT, *flags)
    x = every_float(100_003)
    x = x[: len(x) // 19 * 19].reshape(-1, 19)
    for kind, model in models.items():
        with np.errstate(all="ignore"):
            wanted = model.predict(x, verbose=0, batch_size=10**6)
        assert same_bits(program(kind, x, (19,)), wanted), kind
