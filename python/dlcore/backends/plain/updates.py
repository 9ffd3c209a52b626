"""Updates: name -> step of (p, g, slots, hyper) in place. The hyper is what ``stepping.prepared`` made of it."""

# ruff: noqa: ARG001 - the functions of a table share one signature.

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np

from dlcore.backends.contract import Array
from dlcore.backends.network import Hyper


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
    p -= m * kind(hyper.learning_rate) / (np.sqrt(v) + kind(hyper.epsilon))


def _adamax(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    kind = p.dtype.type
    m, u = slots
    m += (g - m) * kind(1 - hyper.beta_1)
    np.maximum(kind(hyper.rho) * u, np.abs(g), out=u)
    p -= m * kind(hyper.learning_rate) / (u + kind(hyper.epsilon))


def _nadam(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    kind = p.dtype.type
    m, v = slots
    m += (g - m) * kind(1 - hyper.beta_1)
    v += (g * g - v) * kind(1 - hyper.beta_2)
    p -= (kind(hyper.learning_rate) * m + kind(hyper.momentum) * g) / (np.sqrt(v) + kind(hyper.epsilon))


def _adadelta(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    kind = p.dtype.type
    v, changes = slots
    keep, rest, epsilon = kind(hyper.rho), kind(1 - hyper.rho), kind(hyper.epsilon)
    v[...] = keep * v + rest * (g * g)
    change = np.sqrt(changes + epsilon) * g / np.sqrt(v + epsilon)
    changes[...] = keep * changes + rest * (change * change)
    p -= kind(hyper.learning_rate) * change


def _ftrl(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    kind = p.dtype.type
    n, z = slots
    inverse, l1 = kind(hyper.learning_rate), kind(hyper.l1)
    before = np.sqrt(n)
    n += g * g
    after = np.sqrt(n)
    z += g + kind(hyper.shrinkage) * p - (after - before) * inverse * p
    p[...] = (np.clip(z, -l1, l1) - z) / (after * inverse + kind(hyper.l2))


def _lion(p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
    kind = p.dtype.type
    (m,) = slots
    p -= kind(hyper.learning_rate) * np.sign(kind(hyper.momentum) * m + kind(1 - hyper.beta_1) * g)
    m[...] = kind(hyper.rho) * m + kind(1 - hyper.rho) * g


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
    "adamax": _adamax,
    "nadam": _nadam,
    "adadelta": _adadelta,
    "ftrl": _ftrl,
    "lion": _lion,
}
