"""The dense layer, forward and backward."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore import checks
from dlcore.backends import get_backend
from dlcore.backends.contract import Array
from dlcore.ops.activations import preactivation, resolve


def dense(
    x: Any,
    w: Any,
    b: Any = None,
    activation: str | None = None,
    *,
    alpha: float | None = None,
    preactivation_out: Array | None = None,
    out: Array | None = None,
) -> Array:
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
    (rows, units) array
        Of the wider of the inputs' dtypes.

    Raises
    ------
    ValueError
        If shapes do not go together, the activation is unknown, or an output does not fit.
    TypeError
        If an argument is of a wrong kind.
    """
    name, _, number = resolve(activation, alpha)
    if b is None:
        left, right = checks.inputs(("x", "w"), x, w)
        bias = None
    else:
        left, right, bias = checks.inputs(("x", "w", "b"), x, w, b)
    shape = _sizes(left, right)
    if bias is not None and bias.shape != shape[1:]:
        raise ValueError(f"b must have shape ({shape[1]},), a number for each column of w; got {bias.shape}")
    y = out
    if y is None:
        y = np.empty(shape, left.dtype)
    else:
        checks.output("out", y, shape, left.dtype, ("x", x), ("w", w), ("b", b))
    z = preactivation_out
    if z is not None:
        checks.output("preactivation_out", z, shape, left.dtype, ("x", x), ("w", w), ("b", b), ("out", out))
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
    out: tuple[Array | None, Array | None, Array | None] = (None, None, None),
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
    given = [("dy", dy), ("x", x), ("w", w), ("y", y), *preactivation(name, spec, z)]
    names, values = zip(*given, strict=True)
    arrays = checks.inputs(names, *values)
    dy, x, w = arrays[:3]
    rows, units = _sizes(x, w)
    inputs = x.shape[1]
    for what, array in zip(names, arrays, strict=True):
        if what not in {"x", "w"}:
            checks.shape(what, array, (rows, units), "(rows, units)")
    if not isinstance(out, tuple) or len(out) != 3:
        raise TypeError(f"out must be a tuple (dx, dw, db), each an array or None; got {type(out).__name__}")
    apart = given
    results: list[Any] = []
    for what, value, shape, wanted in (
        ("dz_out", dz_out, (rows, units), True),
        ("out[0]", out[0], (rows, inputs), input_gradient),
        ("out[1]", out[1], (inputs, units), True),
        ("out[2]", out[2], (units,), bias_gradient),
    ):
        if value is not None and not wanted:
            raise ValueError(f"{what} must be None where that gradient is not wanted")
        results.append(checks.output(what, value, shape, dy.dtype, *apart) if wanted else None)
        apart.append((what, value))
    dz, dx, dw, db = results
    kept = arrays[4] if spec.needs_input else None
    get_backend().dense_backward(dy, x, w, kept, arrays[3], name, number, dz, dx, dw, db)
    return dx, dw, db


def _sizes(x: Array, w: Array) -> tuple[int, int]:
    """(rows, units) of x · w."""
    if x.ndim == 2 and w.ndim == 2 and len(w) == x.shape[1]:
        return len(x), w.shape[1]
    inputs = checks.matrix("x", x, "(rows, inputs)")[1]
    checks.matrix("w", w, "(inputs, units)")
    raise ValueError(f"w must have {inputs} rows, one for each column of x; got shape {w.shape}")
