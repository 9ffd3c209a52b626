"""How activations are found, named, saved, and which kernels stand behind them."""

from __future__ import annotations

import inspect
from functools import partial

import numpy as np
import pytest

import dlcore
from dlcore import activations
from dlcore.backends.contract import ACTIVATIONS

#: Keras 3's, with their arguments after x.
SIGNATURES = {
    "celu": {"alpha": 1.0},
    "elu": {"alpha": 1.0},
    "exponential": {},
    "gelu": {"approximate": False},
    "glu": {"axis": -1},
    "hard_shrink": {"threshold": 0.5},
    "hard_sigmoid": {},
    "hard_silu": {},
    "hard_tanh": {},
    "leaky_relu": {"negative_slope": 0.2},
    "linear": {},
    "log_sigmoid": {},
    "log_softmax": {"axis": -1},
    "mish": {},
    "relu": {"negative_slope": 0.0, "max_value": None, "threshold": 0.0},
    "relu6": {},
    "selu": {},
    "sigmoid": {},
    "silu": {},
    "soft_shrink": {"threshold": 0.5},
    "softmax": {"axis": -1},
    "softplus": {},
    "softsign": {},
    "sparse_plus": {},
    "sparse_sigmoid": {},
    "sparsemax": {"axis": -1},
    "squareplus": {"b": 4},
    "tanh": {},
    "tanh_shrink": {},
    "threshold": {"threshold": inspect.Parameter.empty, "default_value": inspect.Parameter.empty},
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_names_and_arguments(name):
    function = activations.get(name)
    assert function.__name__ == name
    assert function is getattr(activations, name)
    parameters = list(inspect.signature(function).parameters.values())
    assert parameters[0].name == "x"
    assert {p.name: p.default for p in parameters[1:]} == SIGNATURES[name]
    assert activations.serialize(function) == name
    assert activations.deserialize(name) is function


def test_the_functions_are_all_there_are():
    others = {"get", "serialize", "deserialize", "kernel_of", "swish", "hard_swish"}
    assert set(activations.__all__) - others == set(SIGNATURES)
    assert activations.swish is activations.silu
    assert activations.hard_swish is activations.hard_silu


def test_other_names():
    assert activations.get(None) is activations.linear
    assert activations.get("swish") is activations.silu
    assert activations.get("hard_swish") is activations.hard_silu
    assert activations.get(np.tanh) is np.tanh
    with pytest.raises(ValueError, match="Did you mean 'sigmoid'"):
        activations.get("sigmiod")


def test_every_kernel_has_its_function():
    """Under its own name, but for the approximation, which is an argument of gelu."""
    for name, spec in ACTIVATIONS.items():
        if name == "gelu_tanh":
            continue
        assert activations.kernel_of(getattr(activations, name)) == (name, spec.alpha)


@pytest.mark.parametrize(
    ("function", "kernel"),
    [
        (partial(activations.leaky_relu, negative_slope=0.1), ("leaky_relu", 0.1)),
        (partial(activations.elu, alpha=2), ("elu", 2.0)),
        (partial(activations.squareplus, b=1), ("squareplus", 1.0)),
        (partial(activations.hard_shrink, threshold=1), ("hard_shrink", 1.0)),
        (partial(activations.gelu, approximate=True), ("gelu_tanh", 0.0)),
        (partial(activations.gelu, approximate=False), ("gelu", 0.0)),
        (partial(activations.relu, negative_slope=0.1), ("leaky_relu", 0.1)),
        (partial(activations.relu, max_value=6), ("relu6", 0.0)),
        (partial(activations.relu, max_value=None, threshold=0.0, negative_slope=0), ("relu", 0.0)),
        (partial(activations.softmax, axis=-1), ("softmax", 0.0)),
    ],
)
def test_kernels_of_functions_with_arguments(function, kernel):
    assert activations.kernel_of(function) == kernel
    x = np.float32([[-3, -1, -0.4, 0.2, 1, 7]])
    np.testing.assert_array_equal(function(x), dlcore.autodiff.activation(x, *kernel))


@pytest.mark.parametrize(
    "function",
    [
        np.tanh,
        activations.sparsemax,
        activations.glu,
        partial(activations.threshold, threshold=0, default_value=0),
        partial(activations.relu, max_value=5),
        partial(activations.relu, max_value=6, negative_slope=0.1),
        partial(activations.relu, threshold=1),
        partial(activations.softmax, axis=0),
        partial(activations.relu, slope=0.1),
        partial(activations.tanh, alpha=0.1),
        partial(activations.leaky_relu, [1.0]),
    ],
)
def test_what_has_no_kernel(function):
    assert activations.kernel_of(function) is None


def test_parameters_behind_kernels_are_checked():
    with pytest.raises(TypeError, match="negative_slope must be a number"):
        activations.kernel_of(partial(activations.leaky_relu, negative_slope="a"))


@pytest.mark.parametrize("name", [name for name, spec in ACTIVATIONS.items() if not spec.rowwise])
def test_networks_with_it_train_in_the_engine(name):
    """The fused engine gives the bits of op by op, in two layers, so that z and y of both passes are met."""
    from dlcore.backends import get_backend
    from dlcore.backends.network import DenseSpec, Hyper, NetworkSpec
    from dlcore.engine import StepwiseEngine

    backend, alpha = get_backend(), ACTIVATIONS[name].alpha
    rng = np.random.default_rng(3)
    spec = NetworkSpec(5, (DenseSpec(17, name, alpha), DenseSpec(9, name, alpha), DenseSpec(1)), "mean_squared_error")
    x, y = rng.standard_normal((70, 5)).astype("f"), rng.standard_normal((70, 1)).astype("f")
    start = [(rng.standard_normal(s).astype("f") / 3, np.zeros(s[1], "f")) for s in ((5, 17), (17, 9), (9, 1))]
    results = []
    for make in (backend.engine, partial(StepwiseEngine, backend)):
        parameters = [(w.copy(), b.copy()) for w, b in start]
        engine = make(spec, parameters, [((), ())] * 3)
        if engine is None:
            pytest.skip("this backend has no engine")
        engine.train(x, y, None, None, 16, Hyper(0.01), np.full(5, 0.01), None)
        results.append(b"".join(w.tobytes() + b.tobytes() for w, b in parameters))
    assert results[0] == results[1]
    assert results[0] != b"".join(w.tobytes() + b.tobytes() for w, b in start)
