"""Activations and their derivatives."""

from __future__ import annotations

import functools
from typing import Any

from dlcore import activations, ops
from dlcore.plots import curves, style

#: What mixes the numbers of a row is drawn for rows (x, 0).
_ROWWISE = (activations.softmax, activations.log_softmax, activations.sparsemax, activations.glu)


def activation_curves(
    which: Any = ("sigmoid", "tanh", "relu", "gelu"),
    *,
    low: float = -5.0,
    high: float = 5.0,
    derivative: bool | str = False,
    ax: style.Axes | None = None,
) -> style.Axes:
    """Activations over the weighted sum x that goes into them.

    Parameters
    ----------
    which : name, callable, a list of them, or a dict of label to either
        Any activation that :func:`dlcore.activations.get` knows, or a function of a Tensor. One that mixes the numbers
        of a row (softmax, …) is drawn as the first output for rows (x, 0).
    low, high : float
        The interval of x.
    derivative : False, True or "both"
        Draw values, derivatives, or both on the same Axes (derivatives dashed). They come from the kernels and the
        tape.
    ax : Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        For an unknown name, which lists the known ones.

    Examples
    --------
    >>> ax = dlcore.plots.activation_curves(["relu", "gelu"], derivative="both")
    """
    x = curves.interval(low, high)
    curves.check_derivative(derivative)
    functions = {label: _curve(activations.get(one)) for label, one in style.labelled("which", which, _label).items()}
    found = {label: curves.values_and_slopes(label, one, x) for label, one in functions.items()}
    ax = style.axes(ax)
    curves.draw(ax, x, found, derivative)
    title = {False: "Activations", True: "Derivatives of activations", "both": "Activations and their derivatives"}
    style.named(ax, title[derivative], "x", "f′(x)" if derivative is True else "f(x)")
    ax.margins(x=0)
    return ax


def _label(activation: Any) -> str:
    if isinstance(activation, str):
        return activation
    function = activation.func if isinstance(activation, functools.partial) else activation
    return str(getattr(function, "__name__", type(function).__name__))


def _curve(activation: curves.Curve) -> curves.Curve:
    if activation not in _ROWWISE:
        return activation
    return lambda x: activation(ops.concatenate([x, ops.zeros_like(x)], axis=-1))[:, :1]
