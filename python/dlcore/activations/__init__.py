"""Activations with Keras's names: functions of an array or Tensor that the tape can differentiate."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from dlcore.activations.along_axis import glu, log_softmax, softmax, sparsemax
from dlcore.activations.pointwise import (
    celu,
    elu,
    exponential,
    gelu,
    gelu_kernel,
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_tanh,
    leaky_relu,
    linear,
    log_sigmoid,
    mish,
    relu,
    relu6,
    relu_kernel,
    selu,
    sigmoid,
    silu,
    soft_shrink,
    softplus,
    softsign,
    sparse_plus,
    sparse_sigmoid,
    squareplus,
    tanh,
    tanh_shrink,
    threshold,
)
from dlcore.autodiff import Tensor
from dlcore.backends.contract import ACTIVATIONS
from dlcore.checks import number
from dlcore.registry import Registry

__all__ = [
    "celu",
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "kernel_of",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
    "threshold",
]

swish, hard_swish = silu, hard_silu

_registry = Registry("activation")
_FUNCTIONS: tuple[Callable[..., Tensor], ...] = (
    linear, relu, leaky_relu, relu6, threshold, elu, selu, celu, exponential, gelu, silu, hard_silu, mish, sigmoid,
    log_sigmoid, hard_sigmoid, sparse_sigmoid, tanh, hard_tanh, softsign, softplus, squareplus, sparse_plus,
    soft_shrink, hard_shrink, tanh_shrink, glu, log_softmax, softmax, sparsemax,
)  # fmt: skip
_ALIASES = {silu: "swish", hard_silu: "hard_swish"}
for _function in _FUNCTIONS:
    _registry.add(_function, *([_ALIASES[_function]] if _function in _ALIASES else []))


def get(identifier: Any) -> Callable[..., Any]:
    """An activation from its name or itself; None is :func:`linear`.

    Raises
    ------
    ValueError
        For an unknown name.
    """
    found: Callable[..., Any] = linear if identifier is None else _registry.get(identifier)
    return found


def serialize(activation: Callable[..., Any]) -> Any:
    """The activation's name."""
    return _registry.serialize(activation)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The activation that :func:`serialize` described."""
    return _registry.deserialize(config, custom_objects)


def _rowwise_kernel(kind: str, axis: Any = -1) -> tuple[str, float] | None:
    return (kind, 0.0) if axis == -1 else None


#: The activations whose kernel depends on their arguments.
_KERNELS: dict[Callable[..., Tensor], Callable[..., tuple[str, float] | None]] = {
    relu: relu_kernel,
    gelu: gelu_kernel,
    softmax: functools.partial(_rowwise_kernel, "softmax"),
    log_softmax: functools.partial(_rowwise_kernel, "log_softmax"),
}


def kernel_of(activation: Callable[..., Any]) -> tuple[str, float] | None:
    """The kernel and its parameter behind an activation, or None if it has none or is a function of the user's own.

    ``functools.partial`` with keyword arguments is looked through: ``partial(leaky_relu, negative_slope=0.1)`` and
    ``partial(relu, negative_slope=0.1)`` are both the kernel "leaky_relu" with parameter 0.1.
    """
    arguments: dict[str, Any] = {}
    if isinstance(activation, functools.partial) and not activation.args:
        arguments, activation = activation.keywords, activation.func
    if activation not in _FUNCTIONS:
        return None
    if activation in _KERNELS:
        try:
            return _KERNELS[activation](**arguments)
        except TypeError:  # not its arguments: calling it will say so
            return None
    spec = ACTIVATIONS.get(activation.__name__)
    if spec is None or set(arguments) - {spec.parameter}:
        return None
    alpha = arguments.get(spec.parameter or "", spec.alpha)
    return activation.__name__, number(spec.parameter or "alpha", alpha, open_low=True)
