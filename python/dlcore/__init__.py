"""dlcore: dense neural networks on a CPU.

A C++ core with SIMD kernels under Keras 3's names: ``dlcore.Sequential``, ``dlcore.layers``, ``dlcore.losses``,
``dlcore.optimizers``, ``dlcore.metrics``, …; ``dlcore.ops`` offers the kernels for plain NumPy arrays.
"""

from __future__ import annotations

from dlcore import (
    activations,
    autodiff,
    backends,
    callbacks,
    config,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    random,
    regularizers,
    utils,
)
from dlcore.autodiff import GradientTape, Tensor, custom_gradient, gradients, value_and_gradients
from dlcore.config import show_config
from dlcore.initializers import Initializer
from dlcore.layers import Input, Layer
from dlcore.losses import Loss
from dlcore.metrics import Metric
from dlcore.models import Sequential
from dlcore.optimizers import Optimizer
from dlcore.regularizers import Regularizer
from dlcore.variable import Variable

__all__ = [
    "GradientTape",
    "Initializer",
    "Input",
    "Layer",
    "Loss",
    "Metric",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "Tensor",
    "Variable",
    "__version__",
    "activations",
    "autodiff",
    "backends",
    "callbacks",
    "config",
    "constraints",
    "custom_gradient",
    "get_num_threads",
    "gradients",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "random",
    "regularizers",
    "set_num_threads",
    "show_config",
    "utils",
    "value_and_gradients",
]


def get_num_threads() -> int:
    """How many threads the active backend uses."""
    return backends.get_backend().get_num_threads()


def set_num_threads(count: int) -> None:
    """Let the active backend use this many threads; results do not depend on it.

    Raises
    ------
    TypeError, ValueError
        If count is not a whole number, 1 or more.
    """
    from dlcore.checks import whole

    backends.get_backend().set_num_threads(whole("count", count, 1, 2**31 - 1))


def __getattr__(name: str) -> str:
    """``__version__``, read from the installed package when it is first asked for."""
    if name != "__version__":
        raise AttributeError(f"module 'dlcore' has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("dlcore")
    except PackageNotFoundError:
        return "0+unknown"
