"""Steps of Adam and its kin in place; see :mod:`dlcore.ops.steps` for what all of them share."""

from __future__ import annotations

from typing import Any

from dlcore import checks
from dlcore.backends.contract import Array
from dlcore.backends.network import Hyper
from dlcore.ops.in_place import rate_and_decay
from dlcore.ops.in_place import step as take

__all__ = [
    "adam_step",
    "adamax_step",
    "adamw_step",
    "nadam_step",
]

_LAST_STEP = 2**63 - 1


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
    rate, decay = rate_and_decay(learning_rate, weight_decay)
    hyper = _hyper(rate, beta_1, beta_2, epsilon, decay, step)
    if velocity_hat is None:
        take("adam", hyper, p, g, ("momentum", "velocity"), momentum, velocity)
    else:
        names = "momentum", "velocity", "velocity_hat"
        take("adam_amsgrad", hyper, p, g, names, momentum, velocity, velocity_hat)


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


def adamax_step(
    p: Array,
    g: Any,
    momentum: Array,
    norm: Array,
    step: int,
    *,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    weight_decay: float = 0.0,
) -> None:
    """Adamax: p -= learning_rate / (1 - beta_1 ** step) · momentum / (norm + epsilon).

    Parameters
    ----------
    p, g
        As in :func:`sgd_step`.
    momentum, norm : arrays of p's shape
        State, changed in place: the running mean of g, and the largest |g| so far, fading.
    step : int
        Which step this is, counted from 1.
    learning_rate, epsilon, weight_decay : float
        Not negative.
    beta_1, beta_2 : float in [0, 1)
        Decay rates of the two.

    Notes
    -----
    Kingma and Ba, "Adam: a method for stochastic optimization", 2014, section 7.1.
    """
    rate, decay = rate_and_decay(learning_rate, weight_decay)
    hyper = _hyper(rate, beta_1, beta_2, epsilon, decay, step)
    take("adamax", hyper, p, g, ("momentum", "norm"), momentum, norm)


def nadam_step(
    p: Array,
    g: Any,
    momentum: Array,
    velocity: Array,
    step: int,
    *,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    weight_decay: float = 0.0,
) -> None:
    """Nadam: Adam with Nesterov's momentum, whose share rises over the first steps.

    Parameters
    ----------
    p, g
        As in :func:`sgd_step`.
    momentum, velocity : arrays of p's shape
        State, changed in place: the running means of g and of g².
    step : int
        Which step this is, counted from 1.
    learning_rate, epsilon, weight_decay : float
        Not negative.
    beta_1, beta_2 : float in [0, 1)
        Decay rates of the two.

    Notes
    -----
    Dozat, "Incorporating Nesterov momentum into Adam", 2015; the momentum of step t is beta_1 · (1 - 0.96ᵗ / 2).
    """
    rate, decay = rate_and_decay(learning_rate, weight_decay)
    hyper = _hyper(rate, beta_1, beta_2, epsilon, decay, step)
    take("nadam", hyper, p, g, ("momentum", "velocity"), momentum, velocity)


def _hyper(rate: float, beta_1: float, beta_2: float, epsilon: float, decay: float, step: int) -> Hyper:
    """The numbers of Adam and its kin, checked."""
    return Hyper(
        rate,
        beta_1=checks.number("beta_1", beta_1, 0, 1),
        beta_2=checks.number("beta_2", beta_2, 0, 1),
        epsilon=checks.number("epsilon", epsilon, 0),
        weight_decay=decay,
        step=checks.whole("step", step, 1, _LAST_STEP),
    )
