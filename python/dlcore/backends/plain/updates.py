"""Updates: name -> step of (p, g, slots, hyper) in place."""

# ruff: noqa: ARG001 - the functions of a table share one signature.

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np

from dlcore.backends import contract
from dlcore.backends.contract import Array, Hyper


def _sgd(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    p -= p.dtype.type(hyper.learning_rate) * g


def _momentum(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    (m,) = slots
    m[...] = p.dtype.type(hyper.momentum) * m - p.dtype.type(hyper.learning_rate) * g
    p += m


def _nesterov(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    (m,) = slots
    momentum, step = p.dtype.type(hyper.momentum), p.dtype.type(hyper.learning_rate) * g
    m[...] = momentum * m - step
    p += momentum * m - step


def _adagrad(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    (accumulator,) = slots
    accumulator += g * g
    p -= p.dtype.type(hyper.learning_rate) * g / np.sqrt(accumulator + p.dtype.type(hyper.epsilon))


def _rmsprop(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper, centered: bool, momentum: bool) -> None:
    kind = p.dtype.type
    v = slots[0]
    v[...] = kind(hyper.rho) * v + kind(1 - hyper.rho) * (g * g)
    denominator = v + kind(hyper.epsilon)
    if centered:
        average = slots[1]
        average[...] = kind(hyper.rho) * average + kind(1 - hyper.rho) * g
        denominator -= average * average
    increment = kind(hyper.learning_rate) * g / np.sqrt(denominator)
    if momentum:
        m = slots[-1]
        m[...] = kind(hyper.momentum) * m + increment
        increment = m
    p -= increment


def _adam(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    kind = p.dtype.type
    m, v = slots[0], slots[1]
    m += (g - m) * kind(1 - hyper.beta_1)
    v += (g * g - v) * kind(1 - hyper.beta_2)
    if len(slots) == 3:  # amsgrad
        v = np.maximum(slots[2], v, out=slots[2])
    p -= m * kind(contract.adam_step_size(hyper, p.dtype)) / (np.sqrt(v) + kind(hyper.epsilon))


UPDATES: dict[str, Callable[[Array, Array, Sequence[Array], Hyper], None]] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": functools.partial(_rmsprop, centered=False, momentum=False),
    "rmsprop_momentum": functools.partial(_rmsprop, centered=False, momentum=True),
    "rmsprop_centered": functools.partial(_rmsprop, centered=True, momentum=False),
    "rmsprop_centered_momentum": functools.partial(_rmsprop, centered=True, momentum=True),
    "adam": _adam,
    "adam_amsgrad": _adam,
}
