"""Activations of an array by name, and their derivatives.

All take an array of any shape. The rowwise ones, softmax and log_softmax, run over the last axis.
"""

from __future__ import annotations

import math
from typing import Any

from dlcore import autodiff, checks
from dlcore.autodiff.tracer import Differentiable, Tensor
from dlcore.backends import get_backend
from dlcore.backends.contract import ACTIVATIONS, ActivationSpec, Array
from dlcore.registry import unknown_name

__all__ = [
    "activate",
    "activation_backward",
]


def resolve(activation: str | None, alpha: float | None) -> tuple[str, ActivationSpec, float]:
    """Name, spec and parameter of an activation; None is "linear", and an alpha of None the activation's default.

    Raises
    ------
    ValueError
        If nothing has that name, if it has no parameter but alpha is given, or if alpha is not finite.
    """
    name = "linear" if activation is None else activation
    spec = ACTIVATIONS.get(name)
    if spec is None:
        raise ValueError(unknown_name("activation", name, ACTIVATIONS))
    if alpha is None:
        return name, spec, spec.alpha
    if spec.parameter is None:
        raise ValueError(f"alpha must be None: {name} has no parameter; got {alpha!r}")
    return name, spec, checks.number("alpha", alpha, open_low=True)


def traced_activation(x: Any, name: str, alpha: float, out: Any) -> Tensor:
    """The activation of a Tensor or Variable, on the tape.

    Raises
    ------
    ValueError
        If there is an array to write to, which the tape could not follow, or no axis for it to run over.
    """
    no_outputs(out)
    if ACTIVATIONS[name].rowwise and not x.ndim:
        raise ValueError(f"x must have an axis for {name} to run over; got a single number")
    return autodiff.apply("activation", x, kind=name, alpha=alpha)


def no_outputs(*outputs: Any) -> None:
    """Refuse arrays to write to where a Tensor is among the inputs.

    Raises
    ------
    ValueError
        If there is one.
    """
    if any(out is not None for out in outputs):
        raise ValueError("out must be None where an input is a Tensor or Variable: the result is a new Tensor")


def _rows(array: Array) -> Array:
    """The array as a matrix of its last axis."""
    if array.ndim == 2:
        return array
    columns = array.shape[-1] if array.ndim else 1
    return array.reshape(math.prod(array.shape[:-1]), columns)


def activate(x: Any, activation: str | None, *, alpha: float | None = None, out: Array | None = None) -> Any:
    """Apply the activation of the given name.

    Parameters
    ----------
    x : array of any shape, or Tensor
    activation : str or None
        A name of :data:`dlcore.backends.contract.ACTIVATIONS`; None is "linear".
    alpha : float, optional
        The activation's parameter (``negative_slope`` of leaky_relu, ``b`` of squareplus, …). Default: Keras's.
    out : array, optional
        Where the result goes: shape and dtype of x, C-contiguous. May be x itself.

    Returns
    -------
    array, or Tensor on the tape if x is a Tensor or Variable
        Of x's shape.

    Raises
    ------
    ValueError
        If the name is unknown, if there is no axis to run over, or if out does not fit.
    TypeError
        If x or out is of a wrong kind.
    """
    name, spec, number = resolve(activation, alpha)
    if isinstance(x, Differentiable):
        return traced_activation(x, name, number, out)
    z = checks.one_input("x", x)
    if spec.rowwise and z.ndim == 0:
        raise ValueError(f"x must have an axis for {name} to run over; got a single number")
    y = checks.output("out", out, z.shape, z.dtype)
    if out is not None and out is not x:
        checks.apart(("out", "x"), out, x)
    get_backend().activation_forward(name, number, _rows(z), _rows(y))
    return y


def activation_backward(
    dy: Any, y: Any, activation: str | None, *, z: Any = None, alpha: float | None = None, out: Array | None = None
) -> Array:
    """Take the gradient of a loss back through an activation.

    Parameters
    ----------
    dy : array of any shape
        The gradient with respect to the activation's result.
    y : array of dy's shape
        The result.
    activation : str or None
        As in :func:`activate`.
    z : array of dy's shape, optional
        What the activation was applied to. Needed where the derivative does not follow from y (``needs_input`` in
        :data:`dlcore.backends.contract.ACTIVATIONS`); ignored otherwise.
    alpha : float, optional
        As in :func:`activate`.
    out : array, optional
        Where the result goes. May be dy itself, but for softmax and log_softmax.

    Returns
    -------
    array
        The gradient with respect to z.

    Raises
    ------
    ValueError
        If the name is unknown, shapes differ, z is missing, or out does not fit.
    TypeError
        If an argument is of a wrong kind.
    """
    name, spec, number = resolve(activation, alpha)
    z = preactivation(name, spec, z)
    if z is None:
        gradient, result = checks.inputs(("dy", "y"), dy, y)
        kept = None
    else:
        gradient, result, kept = checks.inputs(("dy", "y", "z"), dy, y, z)
        checks.shape("z", kept, gradient.shape, "(that of dy)")
    checks.shape("y", result, gradient.shape, "(that of dy)")
    if spec.rowwise and not gradient.ndim:
        raise ValueError(f"dy must have an axis for {name} to run over; got a single number")
    dz = checks.output("out", out, gradient.shape, gradient.dtype)
    if out is not None:
        may_be_out = out is dy and not spec.rowwise
        checks.apart(("out", "dy", "y", "z"), out, None if may_be_out else dy, y, z)
    kept = None if kept is None else _rows(kept)
    get_backend().activation_backward(name, number, _rows(gradient), kept, _rows(result), _rows(dz))
    return dz


def preactivation(name: str, spec: ActivationSpec, z: Any) -> Any:
    """The pre-activation if the activation's derivative needs it, else None.

    Raises
    ------
    ValueError
        If it is needed and missing.
    """
    if not spec.needs_input:
        return None
    if z is None:
        raise ValueError(f"z must be given: the derivative of {name} is a function of the pre-activation")
    return z
