"""The constructor's arguments, checked when a fit begins, as scikit-learn does."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from dlcore import optimizers
from dlcore.callbacks import Callback
from dlcore.checks import number, whole
from dlcore.optimizers import Optimizer
from dlcore.optimizers.schedules import LearningRateSchedule
from dlcore.tables import FeatureEncoder

#: What scikit-learn calls an activation, and what it is called here.
ACTIVATIONS = {"identity": "linear", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu"}

LEARNING_RATES = ("auto", "constant", "invscaling", "adaptive")
NORMALIZATIONS = ("batch", "layer")
_LARGEST = 2**31 - 1


def check(estimator: Any) -> None:
    """Look at every argument that both estimators have.

    Raises
    ------
    ValueError, TypeError
        That name the first bad one.
    """
    hidden_sizes(estimator.hidden_layer_sizes)
    _solver(estimator.solver)
    _learning_rate(estimator.learning_rate)
    for name, low, high, open_low, open_high in _REALS:
        number(name, getattr(estimator, name), low, high, open_low=open_low, open_high=open_high)
    for name in ("max_iter", "max_fun"):
        whole(name, getattr(estimator, name), 1, _LARGEST)
    for name in ("shuffle", "warm_start", "nesterovs_momentum", "early_stopping"):
        _flag(name, getattr(estimator, name))
    if estimator.batch_size != "auto":
        whole("batch_size", estimator.batch_size, 1, _LARGEST)
    if estimator.n_iter_no_change != math.inf:
        whole("n_iter_no_change", estimator.n_iter_no_change, 1, _LARGEST)
    if estimator.weight_decay != "auto":
        number("weight_decay", estimator.weight_decay, 0)
    _one_of("normalization", estimator.normalization, (None, *NORMALIZATIONS))
    if not isinstance(estimator.preprocessing, FeatureEncoder):
        _one_of("preprocessing", estimator.preprocessing, (None, "auto"), " or a dlcore.tables.FeatureEncoder")
    callbacks_of(estimator.callbacks)


#: Numbers: name, lowest, highest, and whether these are left out.
_REALS = (
    ("alpha", 0, math.inf, False, True),
    ("learning_rate_init", 0, math.inf, True, True),
    ("power_t", 0, math.inf, False, True),
    ("tol", 0, math.inf, False, True),
    ("momentum", 0, 1, False, False),
    ("validation_fraction", 0, 1, False, True),
    ("beta_1", 0, 1, False, True),
    ("beta_2", 0, 1, False, True),
    ("epsilon", 0, math.inf, True, True),
    ("dropout", 0, 1, False, True),
)


def hidden_sizes(given: Any) -> list[int]:
    """The units of the hidden layers; one number is one layer, and there may be none."""
    sizes = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    try:
        return [whole("hidden_layer_sizes", size, 1, _LARGEST) for size in sizes]
    except ValueError:
        raise ValueError(f"hidden_layer_sizes must be > 0, got {sizes}.") from None


def activation(given: Any) -> Any:
    """An activation by scikit-learn's name or by one of dlcore's, or a function."""
    return ACTIVATIONS.get(given, given) if isinstance(given, str) else given


def is_lbfgs(estimator: Any) -> bool:
    """Whether the solver is no stochastic one."""
    return isinstance(estimator.solver, str) and estimator.solver == "lbfgs"


def callbacks_of(given: Any) -> list[Callback]:
    """The callbacks as a list."""
    found = [] if given is None else [given] if isinstance(given, Callback) else list(given)
    for callback in found:
        if not isinstance(callback, Callback):
            raise TypeError(f"callbacks must be dlcore.callbacks.Callback objects; got {callback!r}")
    return found


def seed_of(random_state: Any) -> int:
    """A seed below 2³²: drawn from what scikit-learn calls a random state, or from a NumPy Generator."""
    from sklearn.utils import check_random_state

    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**32))
    return int(check_random_state(random_state).randint(2**32, dtype=np.uint32))


def first_numbers(random_state: Any, seed: int) -> np.random.RandomState:
    """Where the first weights are drawn from: for an int as the random state, the numbers scikit-learn draws."""
    return np.random.RandomState(int(random_state) if isinstance(random_state, (int, np.integer)) else seed)


def _solver(given: Any) -> None:
    if isinstance(given, (Optimizer, Mapping)) or given == "lbfgs":
        return
    if not isinstance(given, str):
        raise TypeError(f"solver must be a name or a dlcore optimizer; got {type(given).__name__}: {given!r}")
    try:
        optimizers.get(given)
    except ValueError as error:
        raise ValueError(f"solver must be 'lbfgs', an optimizer's name or an optimizer. {error}") from None


def _learning_rate(given: Any) -> None:
    if not isinstance(given, LearningRateSchedule):
        _one_of("learning_rate", given, LEARNING_RATES, " or a schedule of dlcore.optimizers.schedules")


def _one_of(name: str, given: Any, allowed: tuple[Any, ...], more: str = "") -> None:
    if not (given is None or isinstance(given, str)) or given not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}{more}; got {given!r}")


def _flag(name: str, given: Any) -> None:
    if not isinstance(given, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False; got {given!r}")
