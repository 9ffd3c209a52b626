"""Activations with Keras's names: functions of an array or Tensor that the tape can differentiate."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from dlcore.autodiff import Tensor, kernels
from dlcore.backends.contract import ACTIVATIONS
from dlcore.registry import Registry

_registry = Registry("activation")


def linear(x: Any) -> Tensor:
    """Leaves x as it is."""
    return kernels.activation(x, "linear")


def relu(x: Any) -> Tensor:
    """Rectified linear unit: max(x, 0)."""
    return kernels.activation(x, "relu")


def leaky_relu(x: Any, negative_slope: float = 0.2) -> Tensor:
    """Leaky ReLU: x where positive, negative_slope · x elsewhere."""
    return kernels.activation(x, "leaky_relu", negative_slope)


def sigmoid(x: Any) -> Tensor:
    """Logistic sigmoid: 1 / (1 + e^-x)."""
    return kernels.activation(x, "sigmoid")


def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent."""
    return kernels.activation(x, "tanh")


def softplus(x: Any) -> Tensor:
    """Softplus: ln(1 + e^x)."""
    return kernels.activation(x, "softplus")


def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """Exponential linear unit: x where positive, alpha · (e^x - 1) elsewhere."""
    return kernels.activation(x, "elu", alpha)


def gelu(x: Any, approximate: bool = False) -> Tensor:
    """Gaussian error linear unit: x · Φ(x), Φ the standard normal distribution; ``approximate`` is not supported."""
    if approximate:
        raise NotImplementedError("gelu(approximate=True) is not supported; approximate=False is exact")
    return kernels.activation(x, "gelu")


def silu(x: Any) -> Tensor:
    """Sigmoid linear unit: x · sigmoid(x), also called swish."""
    return kernels.activation(x, "silu")


def softmax(x: Any, axis: int = -1) -> Tensor:
    """Softmax: e^x over its sum along the last axis, which gives probabilities."""
    _check_axis(axis)
    return kernels.activation(x, "softmax")


def log_softmax(x: Any, axis: int = -1) -> Tensor:
    """The logarithm of the softmax along the last axis."""
    _check_axis(axis)
    return kernels.activation(x, "log_softmax")


def _check_axis(axis: int) -> None:
    if axis != -1:
        raise ValueError(f"axis must be -1, the last one; got {axis}")


_FUNCTIONS: tuple[Callable[..., Tensor], ...] = (
    linear, relu, leaky_relu, sigmoid, tanh, softplus, elu, gelu, silu, softmax, log_softmax,
)  # fmt: skip
for _function in _FUNCTIONS:
    _registry.add(_function, *(("swish",) if _function is silu else ()))


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


def kernel_of(activation: Callable[..., Any]) -> tuple[str, float] | None:
    """The kernel and its parameter behind an activation, or None for a function of the user's own.

    ``functools.partial(leaky_relu, negative_slope=0.1)`` is the kernel "leaky_relu" with parameter 0.1.
    """
    arguments: dict[str, Any] = {}
    if isinstance(activation, functools.partial) and not activation.args:
        arguments, activation = activation.keywords, activation.func
    if activation not in _FUNCTIONS:
        return None
    spec = ACTIVATIONS[activation.__name__]
    if set(arguments) - {spec.parameter}:
        return None
    return activation.__name__, float(arguments.get(spec.parameter or "", spec.alpha))
