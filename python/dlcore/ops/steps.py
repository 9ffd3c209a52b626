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
from dlcore.backends import get_backend
from dlcore.backends.contract import Array, Hyper

_LAST_STEP = 2**63 - 1


def _step(kind: str, hyper: Hyper, p: Array, g: Any, names: tuple[str, ...] = (), *state: Array) -> None:
    if not checks.in_place_together(p, g, *state):
        g = _checked(p, g, names, state)
    get_backend().update(kind, p, g, state, hyper)


def _checked(p: Array, g: Any, names: tuple[str, ...], state: tuple[Array, ...]) -> Array:
    """The gradient, converted if need be, once everything is known to be fit for a step."""
    names, changed = ("p", *names), (p, *state)
    for name, array in zip(names, changed, strict=True):
        checks.in_place(name, array)
        if array.dtype != p.dtype:
            raise TypeError(f"{name} must have dtype {p.dtype}, that of p; got {array.dtype}")
        checks.shape(name, array, p.shape, "(that of p)")
    gradient = checks.converted("g", g, p.dtype)
    checks.shape("g", gradient, p.shape, "(that of p)")
    for i, (name, array) in enumerate(zip(names, changed, strict=True)):
        checks.apart((name, "g", *names), array, g, *changed[:i])
    return gradient


def _rate(learning_rate: float, weight_decay: float) -> tuple[float, float]:
    return checks.number("learning_rate", learning_rate, 0), checks.number("weight_decay", weight_decay, 0)


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
    rate, decay = _rate(learning_rate, weight_decay)
    _step("sgd", Hyper(rate, weight_decay=decay), p, g)


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
    rate, decay = _rate(learning_rate, weight_decay)
    number = checks.number("momentum", momentum, 0, 1, open_high=False)
    hyper = Hyper(rate, momentum=number, weight_decay=decay)
    _step("nesterov" if nesterov else "momentum", hyper, p, g, ("velocity",), velocity)


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
    rate, decay = _rate(learning_rate, weight_decay)
    hyper = Hyper(rate, epsilon=checks.number("epsilon", epsilon, 0), weight_decay=decay)
    _step("adagrad", hyper, p, g, ("accumulator",), accumulator)


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
    rate, decay = _rate(learning_rate, weight_decay)
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
    _step(kind, hyper, p, g, tuple(names), *state)


def adam_step(
    p: Array,
    g: Any,
    momentum: Array,
    velocity: Array,
    step: int,
    *,
    velocity_hat: Array | None = None,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    weight_decay: float = 0.0,
) -> None:
    """Adam: p -= alpha · momentum / (sqrt(velocity) + epsilon), alpha correcting the bias of both running means.

    Parameters
    ----------
    p, g
        As in :func:`sgd_step`.
    momentum, velocity : arrays of p's shape
        State, changed in place: the running means of g and of g².
    step : int
        Which step this is, counted from 1.
    velocity_hat : array of p's shape, optional
        State of AMSGrad, which is used if it is given: the largest velocity so far takes velocity's place.
    learning_rate, epsilon, weight_decay : float
        Not negative.
    beta_1, beta_2 : float in [0, 1)
        Decay rates of the two means.

    Notes
    -----
    Kingma and Ba, "Adam: a method for stochastic optimization", 2014; Reddi, Kale and Kumar, "On the convergence of
    Adam and beyond", 2018. epsilon stands outside the correction, as in Keras (the "epsilon hat" of the paper).
    """
    rate, decay = _rate(learning_rate, weight_decay)
    hyper = Hyper(
        rate,
        beta_1=checks.number("beta_1", beta_1, 0, 1),
        beta_2=checks.number("beta_2", beta_2, 0, 1),
        epsilon=checks.number("epsilon", epsilon, 0),
        weight_decay=decay,
        step=checks.whole("step", step, 1, _LAST_STEP),
    )
    if velocity_hat is None:
        _step("adam", hyper, p, g, ("momentum", "velocity"), momentum, velocity)
    else:
        names = "momentum", "velocity", "velocity_hat"
        _step("adam_amsgrad", hyper, p, g, names, momentum, velocity, velocity_hat)


def adamw_step(
    p: Array,
    g: Any,
    momentum: Array,
    velocity: Array,
    step: int,
    *,
    velocity_hat: Array | None = None,
    learning_rate: float = 0.001,
    weight_decay: float = 0.004,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> None:
    """:func:`adam_step` with Keras's default of AdamW for the decoupled weight decay.

    Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
    """
    adam_step(
        p,
        g,
        momentum,
        velocity,
        step,
        velocity_hat=velocity_hat,
        learning_rate=learning_rate,
        beta_1=beta_1,
        beta_2=beta_2,
        epsilon=epsilon,
        weight_decay=weight_decay,
    )
