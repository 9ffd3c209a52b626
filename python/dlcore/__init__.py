"""dlcore: dense neural networks on a CPU.

A C++ core with SIMD kernels under Keras 3's names: ``dlcore.Sequential``, ``dlcore.layers``, ``dlcore.losses``,
``dlcore.optimizers``, ``dlcore.metrics``, …; ``dlcore.ops`` offers the kernels for plain NumPy arrays.

Importing the package imports none of its rooms: each is read when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dlcore import (
        activations,
        autodiff,
        backend,
        backends,
        callbacks,
        config,
        constraints,
        datasets,
        handover,
        initializers,
        layers,
        losses,
        metrics,
        models,
        ops,
        optimizers,
        plots,
        random,
        regularizers,
        saving,
        tables,
        utils,
    )
    from dlcore.autodiff import GradientTape, Tensor, custom_gradient, gradients, value_and_gradients
    from dlcore.config import show_config
    from dlcore.explain import explain
    from dlcore.initializers import Initializer
    from dlcore.layers import Input, InputSpec, Layer
    from dlcore.losses import Loss
    from dlcore.metrics import Metric
    from dlcore.models import Model, Sequential, load_model
    from dlcore.optimizers import Optimizer
    from dlcore.regularizers import Regularizer
    from dlcore.variable import Variable

__all__ = [
    "GradientTape",
    "Initializer",
    "Input",
    "InputSpec",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "Tensor",
    "Variable",
    "__version__",
    "activations",
    "autodiff",
    "backend",
    "backends",
    "callbacks",
    "config",
    "constraints",
    "custom_gradient",
    "datasets",
    "explain",
    "get_num_threads",
    "gradients",
    "handover",
    "initializers",
    "layers",
    "load_model",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "plots",
    "random",
    "regularizers",
    "saving",
    "set_num_threads",
    "show_config",
    "tables",
    "utils",
    "value_and_gradients",
    "version",
]

#: Where the names live that are no rooms.
_HOMES = {
    "GradientTape": "autodiff",
    "Initializer": "initializers",
    "Input": "layers",
    "InputSpec": "layers",
    "Layer": "layers",
    "Loss": "losses",
    "Metric": "metrics",
    "Model": "models",
    "Optimizer": "optimizers",
    "Regularizer": "regularizers",
    "Sequential": "models",
    "Tensor": "autodiff",
    "Variable": "variable",
    "custom_gradient": "autodiff",
    "explain": "explain",
    "gradients": "autodiff",
    "load_model": "models",
    "show_config": "config",
    "value_and_gradients": "autodiff",
}

#: Rooms that need an extra to be imported: attributes as well, but no part of ``from dlcore import *``.
_EXTRAS = ("estimators",)


def version() -> str:
    """The package's version."""
    return _version()


def get_num_threads() -> int:
    """How many threads the active backend uses."""
    from dlcore.backends import get_backend

    return get_backend().get_num_threads()


def set_num_threads(count: int) -> None:
    """Let the active backend use this many threads; results do not depend on it.

    Raises
    ------
    TypeError, ValueError
        If count is not a whole number, 1 or more.
    """
    from dlcore.backends import get_backend
    from dlcore.checks import whole

    get_backend().set_num_threads(whole("count", count, 1, 2**31 - 1))


def __getattr__(name: str) -> Any:
    """A room, a name that lives in one, or ``__version__``, when it is first asked for."""
    from importlib import import_module

    if name == "__version__":
        return _version()
    if name not in __all__ and name not in _EXTRAS:
        raise AttributeError(f"module 'dlcore' has no attribute {name!r}")
    found = (
        getattr(import_module(f"dlcore.{_HOMES[name]}"), name) if name in _HOMES else import_module(f"dlcore.{name}")
    )
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_EXTRAS})


def _version() -> str:
    """The installed package's."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("dlcore")
    except PackageNotFoundError:
        return "0+unknown"
