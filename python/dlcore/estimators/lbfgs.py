"""The solver "lbfgs": scipy's L-BFGS-B over loss and gradient of all rows at once."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from dlcore.floats import Array
from dlcore.models import Sequential
from dlcore.optimizers import Optimizer
from dlcore.variable import Variable


class Recorder(Optimizer):
    """An optimizer that takes no step: it keeps the gradients it is given."""

    def __init__(self) -> None:
        super().__init__(0.0)
        self.gradients: list[Array] = []

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None) -> None:  # noqa: ARG002
        """Keep them."""
        self.gradients = [np.array(gradient) for gradient in grads]

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Never called: :meth:`apply` takes no step."""


class Found(NamedTuple):
    """What a minimization ends with: the loss, the iterations taken, and whether they were enough."""

    loss: float
    iterations: int
    converged: bool


def minimize(
    net: Sequential,
    loss: Any,
    x: Array,
    y: Array,
    weight: Array | None,
    *,
    tol: float,
    max_iter: int,
    max_fun: int,
    report: Callable[[float], None],
) -> Found:
    """Set the net's weights to those of a least loss over all rows.

    Parameters
    ----------
    net : Sequential
        Of float64.
    loss : Loss
    x, y, weight : arrays
        As ``fit`` takes them.
    tol : float
        The largest gradient, in absolute value, that counts as none.
    max_iter, max_fun : int
        Limits of iterations and of evaluations.
    report : callable (loss)
        Called after each iteration.
    """
    from scipy.optimize import minimize as scipy_minimize
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits  # which comes with scikit-learn

    recorder = Recorder()
    net.compile(recorder, loss=loss)
    variables = net.trainable_weights
    ends = np.cumsum([variable.array.size for variable in variables])[:-1]
    value = np.inf

    def place(point: Array) -> None:
        for variable, part in zip(variables, np.split(point, ends), strict=True):
            variable.array[...] = part.reshape(variable.shape)

    def value_and_gradient(point: Array) -> tuple[float, Array]:
        nonlocal value
        place(point)
        value = float(net.train_on_batch(x, y, weight))
        return value, np.concatenate([gradient.ravel() for gradient in recorder.gradients]).astype(np.float64)

    start = np.concatenate([variable.array.ravel() for variable in variables]).astype(np.float64)
    options = {"maxfun": max_fun, "maxiter": max_iter, "gtol": tol}
    with threadpool_limits(1, "blas"):  # scipy's products are small: its threads would only wait for each other
        found = scipy_minimize(
            value_and_gradient, start, method="L-BFGS-B", jac=True, options=options, callback=lambda _: report(value)
        )
    place(found.x)
    if found.status != 0:
        warnings.warn(
            f"lbfgs failed to converge after {found.nit} iteration(s) (status={found.status}): {found.message}. "
            "Increase max_iter or max_fun to improve the convergence, or scale the data.",
            ConvergenceWarning,
            stacklevel=5,
        )
    return Found(float(found.fun), min(int(found.nit), max_iter), found.status == 0)
