"""Loss functions over the error, cross-entropies over the probability, and their derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore import losses, ops
from dlcore.autodiff import Tensor
from dlcore.checks import number
from dlcore.plots import curves, style

#: How losses of several classes are told the same as a binary one: what y_true is for class 0 and 1 of two.
_ONE_HOT = (
    losses.CategoricalCrossentropy, losses.CategoricalFocalCrossentropy, losses.CategoricalHinge, losses.KLDivergence,
)  # fmt: skip
_SPARSE = (losses.SparseCategoricalCrossentropy, losses.CategoricalGeneralizedCrossEntropy)


def loss_curves(
    which: Any = ("mae", "mse", "smooth_l1", "log_cosh"),
    *,
    low: float = -3.0,
    high: float = 3.0,
    y_true: float = 0.0,
    derivative: bool | str = False,
    ax: style.Axes | None = None,
) -> style.Axes:
    """Losses of one number over its error, y_pred - y_true.

    Parameters
    ----------
    which : name, Loss, callable, a list of them, or a dict of label to any of them
        What :func:`dlcore.losses.get` knows, or a function (y_true, y_pred) -> values.
    low, high : float
        The interval of the error.
    y_true : float
        The target; only losses like "mape" care.
    derivative : False, True or "both"
        Draw values, derivatives by y_pred, or both on the same Axes (derivatives dashed). They come from the kernels
        and the tape.
    ax : Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        For an unknown name, which lists the known ones; for a loss that gives no number for each error.

    Examples
    --------
    >>> ax = dlcore.plots.loss_curves(["mae", "mse", dlcore.losses.Huber(delta=0.5)], derivative=True)
    """
    errors = curves.interval(low, high)
    curves.check_derivative(derivative)
    target = number("y_true", y_true)
    functions = {
        label: _over_error(_values_of(one), target) for label, one in style.labelled("which", which, _label).items()
    }
    found = {label: curves.values_and_slopes(label, one, errors) for label, one in functions.items()}
    ax = style.axes(ax)
    curves.draw(ax, errors, found, derivative)
    title = {False: "Losses", True: "Derivatives of losses", "both": "Losses and their derivatives"}
    style.named(ax, title[derivative], "error, y_pred − y_true", "∂loss / ∂y_pred" if derivative is True else "loss")
    ax.margins(x=0)
    return ax


def cross_entropy_curves(
    which: Any = ("binary_crossentropy", "binary_focal_crossentropy"),
    *,
    low: float = 0.01,
    high: float = 0.99,
    targets: Any = (1, 0),
    derivative: bool | str = False,
    ax: style.Axes | None = None,
) -> style.Axes:
    """Cross-entropies over the predicted probability p of class 1, for a sample of class 1 and one of class 0.

    Parameters
    ----------
    which : name, Loss, callable, a list of them, or a dict of label to any of them
        What :func:`dlcore.losses.get` knows. Losses of several classes get the two probabilities (1 - p, p).
    low, high : float in [0, 1]
        The interval of p.
    targets : sequence of 0 and 1
        The true classes to draw, a line for each.
    derivative : False, True or "both"
        Draw values, derivatives by p, or both on the same Axes (derivatives dashed).
    ax : Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        For an unknown name, which lists the known ones; for an interval outside [0, 1] or another target.

    Examples
    --------
    >>> ax = dlcore.plots.cross_entropy_curves("categorical_crossentropy", targets=[1], derivative="both")
    """
    number("low", low, 0, 1, open_high=False)
    number("high", high, 0, 1, open_high=False)
    probabilities = curves.interval(low, high)
    curves.check_derivative(derivative)
    classes = list(targets) if isinstance(targets, (list, tuple)) else [targets]
    if not classes or any(target not in (0, 1) for target in classes):
        raise ValueError(f"targets must hold 0, 1 or both; got {targets!r}")
    functions = {
        f"{label}, y = {int(target)}": _over_probability(one, int(target))
        for label, one in style.labelled("which", which, _label).items()
        for target in classes
    }
    found = {label: curves.values_and_slopes(label, one, probabilities) for label, one in functions.items()}
    ax = style.axes(ax)
    curves.draw(ax, probabilities, found, derivative)
    title = {
        False: "Cross-entropies", True: "Derivatives of cross-entropies", "both": "Cross-entropies and derivatives",
    }  # fmt: skip
    style.named(
        ax, title[derivative], "predicted probability p of class 1", "∂loss / ∂p" if derivative is True else "loss"
    )
    ax.set_xlim(0, 1)
    return ax


def _label(loss: Any) -> str:
    if isinstance(loss, str):
        return loss
    return str(getattr(loss, "name", None) or getattr(loss, "__name__", type(loss).__name__))


def _values_of(loss: Any) -> Callable[[Any, Any], Any]:
    """The loss as a function (y_true, y_pred) -> a value for each sample, whatever its reduction.

    Raises
    ------
    ValueError, TypeError
        If it is an unknown name, or no loss.
    """
    found = losses.get(loss)
    if isinstance(found, losses.Loss):
        return found.call
    if not callable(found):
        raise TypeError(f"a loss must be a name, a Loss or a function (y_true, y_pred); got {loss!r}")
    function: Callable[[Any, Any], Any] = found
    return function


def _over_error(values: Callable[[Any, Any], Any], target: float) -> curves.Curve:
    return lambda error: values(Tensor(np.full(error.shape, target)), error + target)


def _over_probability(loss: Any, target: int) -> curves.Curve:
    values, kind = _values_of(loss), losses.as_object(loss)
    if not isinstance(kind, (*_ONE_HOT, *_SPARSE)):
        return lambda p: values(Tensor(np.full(p.shape, float(target))), p)

    def of_two_classes(p: Tensor) -> Any:
        truth = np.full(len(p), target) if isinstance(kind, _SPARSE) else np.tile(np.eye(2)[target], (len(p), 1))
        return values(Tensor(truth), ops.concatenate([1 - p, p], axis=-1))

    return of_two_classes
