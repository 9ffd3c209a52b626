"""The dense layer, forward and backward."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore import autodiff, checks
from dlcore.backends import get_backend
from dlcore.backends.contract import Array
from dlcore.ops.activations import no_outputs, preactivation, resolve, traced_activation
from dlcore.ops.polymorphism import traced

__all__ = [
    "dense",
    "dense_backward",
]

_GIVEN = ("dy", "x", "w", "y")
_NEW = (None, None, None)


def dense(
    x: Any,
    w: Any,
    b: Any = None,
    activation: str | None = None,
    *,
    alpha: float | None = None,
    preactivation_out: Array | None = None,
    out: Array | None = None,
) -> Any:
    """activation(x · w + b), bias and activation fused into the product.

    Parameters
    ----------
    x : (rows, inputs)
    w : (inputs, units)
    b : (units,), optional
    activation : str, optional
        A name of :data:`dlcore.backends.contract.ACTIVATIONS`; None is "linear".
    alpha : float, optional
        The activation's parameter. Default: Keras's.
    preactivation_out : (rows, units) array, optional
        Gets x · w + b, which :func:`dense_backward` needs for some activations.
    out : (rows, units) array, optional
        Where the result goes.

    Returns
    -------
    (rows, units) array, or Tensor on the tape if an input is a Tensor or Variable
        Of the wider of the inputs' dtypes.

    Raises
    ------
    ValueError
        If shapes do not go together, the activation is unknown, or an output does not fit.
    TypeError
        If an argument is of a wrong kind.
    """
    name, _, number = resolve(activation, alpha)
    if traced((x, w, b)):
        no_outputs(out, preactivation_out)
        return traced_activation(autodiff.dense(x, w, b), name, number, None)
    if b is None:
        left, right = checks.inputs(("x", "w"), x, w)
        bias = None
    else:
        left, right, bias = checks.inputs(("x", "w", "b"), x, w, b)
    shape = _sizes(left, right)
    if bias is not None and bias.shape != shape[1:]:
        raise ValueError(f"b must have shape ({shape[1]},), a number for each column of w; got {bias.shape}")
    y, z = checks.output("out", out, shape, left.dtype), preactivation_out
    if out is not None:
        checks.apart(("out", "x", "w", "b"), out, x, w, b)
    if z is not None:
        checks.output("preactivation_out", z, shape, left.dtype)
        checks.apart(("preactivation_out", "x", "w", "b", "out"), z, x, w, b, out)
    get_backend().dense_forward(left, right, bias, name, number, z, y)
    return y


def dense_backward(
    dy: Any,
    x: Any,
    w: Any,
    y: Any = None,
    *,
    z: Any = None,
    activation: str | None = None,
    alpha: float | None = None,
    input_gradient: bool = True,
    bias_gradient: bool = True,
    dz_out: Array | None = None,
    out: tuple[Array | None, Array | None, Array | None] = _NEW,
) -> tuple[Array | None, Array, Array | None]:
    """Take the gradient of a loss back through :func:`dense`, the activation's derivative fused.

    Parameters
    ----------
    dy : (rows, units)
        The gradient with respect to the layer's result.
    x, w
        As they went into :func:`dense`.
    y : (rows, units), optional
        The layer's result. Needed unless the activation is linear.
    z : (rows, units), optional
        The pre-activation. Needed by leaky_relu, softplus, elu, gelu and silu.
    activation, alpha
        As in :func:`dense`.
    input_gradient, bias_gradient : bool
        Whether dx and db are wanted; a first layer needs no dx.
    dz_out : (rows, units) array, optional
        Gets the gradient with respect to x · w + b.
    out : (dx, dw, db), each an array or None
        Where the results go.

    Returns
    -------
    dx : (rows, inputs) or None
        The gradient with respect to x.
    dw : (inputs, units)
        The gradient with respect to w.
    db : (units,) or None
        The gradient with respect to b.

    Raises
    ------
    ValueError
        If shapes do not go together, y or z is missing, the activation is unknown, or an output does not fit.
    TypeError
        If an argument is of a wrong kind.
    """
    name, spec, number = resolve(activation, alpha)
    if y is None:
        if name != "linear":
            raise ValueError(f"y must be given: the derivative of {name} is a function of the layer's result")
        y = dy
    z = preactivation(name, spec, z)
    if z is None:
        gradient, left, right, result = checks.inputs(_GIVEN, dy, x, w, y)
        kept = None
    else:
        gradient, left, right, result, kept = checks.inputs((*_GIVEN, "z"), dy, x, w, y, z)
    shape, dtype = _sizes(left, right), left.dtype
    checks.shape("dy", gradient, shape, "(rows, units)")
    checks.shape("y", result, shape, "(rows, units)")
    if kept is not None:
        checks.shape("z", kept, shape, "(rows, units)")
    if not isinstance(out, tuple) or len(out) != 3:
        raise TypeError(f"out must be a tuple (dx, dw, db), each an array or None; got {type(out).__name__}")
    dz = checks.output("dz_out", dz_out, shape, dtype)
    dx = _wanted("out[0]", out[0], left.shape, dtype, input_gradient)
    dw = checks.output("out[1]", out[1], right.shape, dtype)
    db = _wanted("out[2]", out[2], shape[1:], dtype, bias_gradient)
    if dz_out is not None or out is not _NEW:
        _apart((dz_out, *out), (dy, x, w, y, z))
    get_backend().dense_backward(gradient, left, right, kept, result, name, number, dz, dx, dw, db)
    return dx, dw, db


def _apart(written: tuple[Any, ...], read: tuple[Any, ...]) -> None:
    """Check that the results lie apart from each other and from the inputs."""
    if checks.plainly_apart(written, read):
        return
    results = ("dz_out", "out[0]", "out[1]", "out[2]")
    for i, array in enumerate(written):
        if array is not None:
            checks.apart((results[i], *_GIVEN, "z", *results), array, *read, *written[:i])


def _wanted(what: str, out: Any, shape: tuple[int, ...], dtype: np.dtype[Any], wanted: bool) -> Array | None:
    """Where a gradient goes, None if it is not wanted."""
    if wanted:
        return checks.output(what, out, shape, dtype)
    if out is not None:
        raise ValueError(f"{what} must be None where that gradient is not wanted")
    return None


def _sizes(x: Array, w: Array) -> tuple[int, int]:
    """(rows, units) of x · w."""
    if x.ndim == 2 and w.ndim == 2 and len(w) == x.shape[1]:
        return len(x), w.shape[1]
    inputs = checks.matrix("x", x, "(rows, inputs)")[1]
    checks.matrix("w", w, "(inputs, units)")
    raise ValueError(f"w must have {inputs} rows, one for each column of x; got shape {w.shape}")
