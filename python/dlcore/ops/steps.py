"""Optimizer steps in place, for arrays of any shape. Formulas and defaults are those of Keras 3's optimizers.

``p`` is the parameter and ``g`` its gradient; the other arrays are the optimizer's state, which starts at zeros (at
0.1 for Adagrad, Keras's ``initial_accumulator_value``). p and the state are float32 or float64, all of one dtype and
shape, C-contiguous, aligned, writeable and apart in memory; g is converted if need be. ``weight_decay`` first takes
``p · weight_decay · learning_rate`` from p. A number that makes no sense (negative, NaN, a decay rate of 1) is a
ValueError, an array that cannot be stepped a TypeError or ValueError, and nothing has changed by then.
"""

from __future__ import annotations

from typing import Any

from dlcore import checks
from dlcore.backends.contract import Array
from dlcore.backends.network import Hyper
from dlcore.ops.in_place import rate_and_decay, step

__all__ = [
    "adadelta_step",
    "adagrad_step",
    "ftrl_step",
    "lion_step",
    "momentum_step",
    "rmsprop_step",
    "sgd_step",
]


def sgd_step(p: Array, g: Any, learning_rate: float = 0.01, *, weight_decay: float = 0.0) -> None:
    """Gradient descent: p -= learning_rate · g.

    Parameters
    ----------
    p : array
        The parameter, changed in place.
    g : array of p's shape
        The gradient.
    learning_rate, weight_decay : float
        Not negative.
    """
    rate, decay = rate_and_decay(learning_rate, weight_decay)
    step("sgd", Hyper(rate, weight_decay=decay), p, g)


def momentum_step(
    p: Array,
    g: Any,
    velocity: Array,
    learning_rate: float = 0.01,
    momentum: float = 0.9,
    *,
    nesterov: bool = False,
    weight_decay: float = 0.0,
) -> None:
    """Descent with momentum: velocity = momentum · velocity - learning_rate · g; p += velocity.

    Parameters
    ----------
    p, g
        As in :func:`sgd_step`.
    velocity : array of p's shape
        State, changed in place.
    learning_rate, weight_decay : float
        Not negative.
    momentum : float in [0, 1]
    nesterov : bool
        Nesterov's form: p += momentum · velocity - learning_rate · g, with the new velocity.
    """
    rate, decay = rate_and_decay(learning_rate, weight_decay)
    number = checks.number("momentum", momentum, 0, 1, open_high=False)
    hyper = Hyper(rate, momentum=number, weight_decay=decay)
    step("nesterov" if nesterov else "momentum", hyper, p, g, ("velocity",), velocity)


def adagrad_step(
    p: Array,
    g: Any,
    accumulator: Array,
    learning_rate: float = 0.001,
    epsilon: float = 1e-7,
    *,
    weight_decay: float = 0.0,
) -> None:
    """Adagrad: accumulator += g²; p -= learning_rate · g / sqrt(accumulator + epsilon).

    Parameters
    ----------
    p, g
        As in :func:`sgd_step`.
    accumulator : array of p's shape
        State, changed in place.
    learning_rate, epsilon, weight_decay : float
        Not negative.

    Notes
    -----
    Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization", 2011.
    """
    rate, decay = rate_and_decay(learning_rate, weight_decay)
    hyper = Hyper(rate, epsilon=checks.number("epsilon", epsilon, 0), weight_decay=decay)
    step("adagrad", hyper, p, g, ("accumulator",), accumulator)


def rmsprop_step(
    p: Array,
    g: Any,
    velocity: Array,
    *,
    average_gradient: Array | None = None,
    momentum_state: Array | None = None,
    learning_rate: float = 0.001,
    rho: float = 0.9,
    momentum: float = 0.0,
    epsilon: float = 1e-7,
    weight_decay: float = 0.0,
) -> None:
    """RMSprop: velocity = rho · velocity + (1 - rho) · g²; p -= learning_rate · g / sqrt(velocity + epsilon).

    Parameters
    ----------
    p, g
        As in :func:`sgd_step`.
    velocity : array of p's shape
        State, changed in place.
    average_gradient : array of p's shape, optional
        State of the centered form, which is used if it is given: the square of this running mean of gradients is
        taken from the denominator under the root.
    momentum_state : array of p's shape, optional
        State of the form with momentum, which is used if it is given: momentum_state = momentum · momentum_state +
        the step above, and p -= momentum_state.
    learning_rate, epsilon, weight_decay : float
        Not negative.
    rho : float in [0, 1)
    momentum : float in [0, 1]
        Needs momentum_state unless it is 0.

    Notes
    -----
    Tieleman and Hinton, lecture 6.5 of "Neural networks for machine learning", 2012.
    """
    rate, decay = rate_and_decay(learning_rate, weight_decay)
    number = checks.number("momentum", momentum, 0, 1, open_high=False)
    if number and momentum_state is None:
        raise ValueError(f"momentum_state must be given where momentum is not 0; got momentum={momentum!r}")
    hyper = Hyper(
        rate,
        momentum=number,
        rho=checks.number("rho", rho, 0, 1),
        epsilon=checks.number("epsilon", epsilon, 0),
        weight_decay=decay,
    )
    kind, names, state = "rmsprop", ["velocity"], [velocity]
    if average_gradient is not None:
        kind += "_centered"
        names.append("average_gradient")
        state.append(average_gradient)
    if momentum_state is not None:
        kind += "_momentum"
        names.append("momentum_state")
        state.append(momentum_state)
    step(kind, hyper, p, g, tuple(names), *state)


def adadelta_step(
    p: Array,
    g: Any,
    accumulated_grad: Array,
    accumulated_delta_var: Array,
    learning_rate: float = 0.001,
    rho: float = 0.95,
    epsilon: float = 1e-7,
    *,
    weight_decay: float = 0.0,
) -> None:
    """Adadelta: delta = -sqrt((accumulated_delta_var + epsilon) / (accumulated_grad + epsilon)) · g; p += rate · delta.

    Parameters
    ----------
    p, g
        As in :func:`sgd_step`.
    accumulated_grad, accumulated_delta_var : arrays of p's shape
        State, changed in place: the running means of g² (before the step) and of delta² (after it).
    learning_rate, epsilon, weight_decay : float
        Not negative.
    rho : float in [0, 1)
        Decay rate of both means.

    Notes
    -----
    Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
    """
    rate, decay = rate_and_decay(learning_rate, weight_decay)
    hyper = Hyper(
        rate, rho=checks.number("rho", rho, 0, 1), epsilon=checks.number("epsilon", epsilon, 0), weight_decay=decay
    )
    names = "accumulated_grad", "accumulated_delta_var"
    step("adadelta", hyper, p, g, names, accumulated_grad, accumulated_delta_var)


def ftrl_step(
    p: Array,
    g: Any,
    accumulator: Array,
    linear: Array,
    learning_rate: float = 0.001,
    *,
    l1_regularization_strength: float = 0.0,
    l2_regularization_strength: float = 0.0,
    l2_shrinkage_regularization_strength: float = 0.0,
    beta: float = 0.0,
    weight_decay: float = 0.0,
) -> None:
    """Ftrl: p = (clip(linear, ±l1) - linear) / ((beta + sqrt(accumulator)) / learning_rate + 2 · l2), after the sums.

    First accumulator += g², and linear += g + 2 · l2_shrinkage · p - p / learning_rate times what the root of the
    accumulator has grown by.

    Parameters
    ----------
    p, g
        As in :func:`sgd_step`.
    accumulator, linear : arrays of p's shape
        State, changed in place. Keras starts the accumulator at 0.1.
    learning_rate : float
        Above 0.
    l1_regularization_strength, l2_regularization_strength, l2_shrinkage_regularization_strength : float
        Not negative.
    beta, weight_decay : float
        Not negative.

    Notes
    -----
    McMahan et al., "Ad click prediction: a view from the trenches", 2013, with Keras's learning_rate_power of -0.5.
    """
    checks.number("learning_rate", learning_rate, 0, open_low=True)
    rate, decay = rate_and_decay(learning_rate, weight_decay)
    hyper = Hyper(
        rate,
        weight_decay=decay,
        l1=checks.number("l1_regularization_strength", l1_regularization_strength, 0),
        l2=checks.number("l2_regularization_strength", l2_regularization_strength, 0),
        shrinkage=checks.number("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength, 0),
        beta=checks.number("beta", beta, 0),
    )
    step("ftrl", hyper, p, g, ("accumulator", "linear"), accumulator, linear)


def lion_step(
    p: Array,
    g: Any,
    momentum: Array,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.99,
    *,
    weight_decay: float = 0.0,
) -> None:
    """Lion: p -= learning_rate · sign(beta_1 · momentum + (1 - beta_1) · g), then momentum is renewed with beta_2.

    Parameters
    ----------
    p, g
        As in :func:`sgd_step`.
    momentum : array of p's shape
        State, changed in place: the running mean of g.
    learning_rate, weight_decay : float
        Not negative.
    beta_1 : float in (0, 1]
    beta_2 : float in [0, 1)

    Notes
    -----
    Chen et al., "Symbolic discovery of optimization algorithms", 2023.
    """
    rate, decay = rate_and_decay(learning_rate, weight_decay)
    hyper = Hyper(
        rate,
        beta_1=checks.number("beta_1", beta_1, 0, 1, open_low=True, open_high=False),
        beta_2=checks.number("beta_2", beta_2, 0, 1),
        weight_decay=decay,
    )
    step("lion", hyper, p, g, ("momentum",), momentum)
