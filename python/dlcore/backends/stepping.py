"""From the hyper-parameters of a step to the numbers its kernel takes; ``engine/update.cpp`` is the same in C++.

What depends on the step is a function of the step's number alone, so that a step can be taken from anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from dlcore.backends.contract import Array
from dlcore.backends.network import Hyper

#: Nadam's momentum at step t is beta_1 · (1 - 0.96^t / 2); from here on it is beta_1 to the last bit.
_SETTLED = 1024

#: Every so many steps the state settles: as often as costs nothing.
_SETTLES_EVERY = 16


def settle(slots: Sequence[Array], step: int) -> None:
    """State below the smallest normal number becomes zero, if the step is one that settles.

    Where no gradient comes any more, decay would leave it among the denormals for good, and processors are slow with
    those.
    """
    if step % _SETTLES_EVERY == 0:
        for slot in slots:
            np.copyto(slot, 0, where=np.abs(slot) < np.finfo(slot.dtype).smallest_normal)


def power(base: float, exponent: int) -> float:
    """Base ** exponent by repeated squaring in float64: the same bits on every machine, unlike libm's pow."""
    result = 1.0
    while exponent:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result


def power_of(beta: float, step: int, dtype: np.dtype[Any]) -> Any:
    """Beta ** step in the variable's dtype, as in Keras: float32's rounding of 0.999 shows in its published numbers."""
    return dtype.type(power(float(dtype.type(beta)), step))


def adam_step_size(hyper: Hyper, dtype: np.dtype[Any]) -> float:
    """Keras's alpha = learning_rate · sqrt(1 - beta_2^t) / (1 - beta_1^t), in the arithmetic of the dtype."""
    kind = dtype.type
    rate = kind(hyper.learning_rate) * kind(math.sqrt(kind(1) - power_of(hyper.beta_2, hyper.step, dtype)))
    return float(rate / (kind(1) - power_of(hyper.beta_1, hyper.step, dtype)))


def prepared(kind: str, hyper: Hyper, dtype: np.dtype[Any]) -> Hyper:
    """The numbers that the kernel of a kind computes with, rounded to ``dtype`` as each of them is used.

    ``weight_decay`` becomes the share of the parameter that goes before the step. ``learning_rate`` becomes, for the
    kinds of Adam and Adamax, the step corrected for the bias of the running means; for Nadam, what scales the running
    mean, with ``momentum`` scaling the gradient; for Ftrl, one over the rate. Adamax has its beta_2 in ``rho``, Lion
    its two betas in ``momentum`` and ``rho``.
    """
    result = hyper._replace(weight_decay=hyper.weight_decay * hyper.learning_rate)
    change = _CHANGES.get(kind)
    return result if change is None else result._replace(**change(hyper, dtype))


def _adam(hyper: Hyper, dtype: np.dtype[Any]) -> dict[str, Any]:
    return {"learning_rate": adam_step_size(hyper, dtype)}


def _adamax(hyper: Hyper, dtype: np.dtype[Any]) -> dict[str, Any]:
    rate = dtype.type(hyper.learning_rate) / (dtype.type(1) - power_of(hyper.beta_1, hyper.step, dtype))
    return {"learning_rate": float(rate), "rho": hyper.beta_2}


@cache
def _warmup() -> tuple[list[float], list[float]]:
    """1 - 0.96^t / 2 for every step t until it has settled at 1, and the product of all of them up to t."""
    factors, products, decay = [1.0], [1.0], 1.0
    for _ in range(_SETTLED):
        decay *= 0.96
        factors.append(1 - 0.5 * decay)
        products.append(products[-1] * factors[-1])
    return factors, products


def _nadam(hyper: Hyper, dtype: np.dtype[Any]) -> dict[str, Any]:
    factors, products = _warmup()
    rate, beta_1 = float(dtype.type(hyper.learning_rate)), float(dtype.type(hyper.beta_1))
    now, after = min(hyper.step, _SETTLED), min(hyper.step + 1, _SETTLED)
    momentum, next_momentum = beta_1 * factors[now], beta_1 * factors[after]
    product = power(beta_1, hyper.step) * products[now]
    spread = math.sqrt(1 - float(power_of(hyper.beta_2, hyper.step, dtype)))
    return {
        "learning_rate": rate * next_momentum / (1 - product * next_momentum) * spread,
        "momentum": rate * (1 - momentum) / (1 - product) * spread,
        "epsilon": hyper.epsilon * spread,
    }


def _ftrl(hyper: Hyper, dtype: np.dtype[Any]) -> dict[str, Any]:
    kind = dtype.type
    with np.errstate(divide="ignore", invalid="ignore"):  # a rate of 0 gives NaN, as in Keras
        inverse, share = kind(1) / kind(hyper.learning_rate), kind(hyper.beta) / kind(hyper.learning_rate)
    return {
        "learning_rate": float(inverse),
        "l2": float(2 * kind(hyper.l2) + share),
        "shrinkage": float(2 * kind(hyper.shrinkage)),
    }


def _lion(hyper: Hyper, dtype: np.dtype[Any]) -> dict[str, Any]:  # noqa: ARG001 - all changes are called alike
    return {"momentum": hyper.beta_1, "rho": hyper.beta_2}


_CHANGES = {
    "adam": _adam,
    "adam_amsgrad": _adam,
    "adamax": _adamax,
    "nadam": _nadam,
    "ftrl": _ftrl,
    "lion": _lion,
}
