"""The training itself: epochs in an engine, or L-BFGS."""

from __future__ import annotations

import warnings
from typing import Any

from dlcore.estimators import arguments, lbfgs, nets, solvers
from dlcore.estimators.fitted import Fitted, Ready
from dlcore.estimators.rows import Rows
from dlcore.estimators.watching import Watch


def train(estimator: Any, fitted: Fitted, given: Rows, kept: Rows | None, count: int, incremental: bool) -> None:
    """Train a net.

    Parameters
    ----------
    estimator
        Whose arguments say how.
    fitted : Fitted
        What is trained, in place.
    given, kept : Rows
        To train on; to validate with, if there are any.
    count : int
        Rows before equal ones were merged.
    incremental : bool
        Whether this is one pass of many, of ``partial_fit``.
    """
    ready = fitted.ready(given)
    if arguments.is_lbfgs(estimator):
        _minimize(estimator, fitted, ready)
    else:
        _descend(estimator, fitted, ready, kept, count, incremental)


def _minimize(estimator: Any, fitted: Fitted, ready: Ready) -> None:
    progress = fitted.progress

    def report(loss: float) -> None:
        progress.iterations += 1
        if estimator.verbose:
            print(f"Iteration {progress.iterations}, loss = {loss:.8f}")

    progress.iterations, fitted.settled = 0, True
    nets.regularize(fitted.net, _strength(estimator, ready, ready.length))
    found = lbfgs.minimize(
        fitted.net,
        fitted.loss,
        *ready[:3],
        tol=estimator.tol,
        max_iter=estimator.max_iter,
        max_fun=estimator.max_fun,
        report=report,
    )
    progress.iterations, progress.loss = found.iterations, found.loss / fitted.output.columns


def _descend(estimator: Any, fitted: Fitted, ready: Ready, kept: Rows | None, count: int, incremental: bool) -> None:
    net, progress = fitted.net, fitted.progress
    plan = solvers.plan(estimator, count, ready.length)
    _compile(estimator, fitted, ready, plan, incremental)
    progress.validate(kept is not None)
    watch = Watch(
        progress,
        count,
        fitted.output.columns,
        None if kept is None else lambda: estimator._score_of(fitted, kept),
        tol=estimator.tol,
        patience=estimator.n_iter_no_change,
        learning_rate=estimator.learning_rate,
        initial_rate=estimator.learning_rate_init,
        power_t=estimator.power_t,
        verbose=estimator.verbose,
    )
    try:
        net.fit(
            *ready[:2],
            batch_size=plan.batch,
            epochs=1 if incremental else plan.epochs,
            verbose=0,
            callbacks=[watch, *arguments.callbacks_of(estimator.callbacks)],
            validation_data=None if kept is None else fitted.ready(kept)[:3],
            shuffle=bool(estimator.shuffle),
            sample_weight=ready.weight,
        )
    except KeyboardInterrupt:
        watch.restore()
        warnings.warn("Training interrupted by user.", stacklevel=5)
    else:
        if not (incremental or watch.converged or plan.complete) and progress.iterations == estimator.max_iter:
            from sklearn.exceptions import ConvergenceWarning

            warnings.warn(
                f"Stochastic Optimizer: Maximum iterations ({estimator.max_iter}) reached and the optimization hasn't "
                "converged yet.",
                ConvergenceWarning,
                stacklevel=5,
            )


def _compile(estimator: Any, fitted: Fitted, ready: Ready, plan: solvers.Plan, incremental: bool) -> None:
    """Give the net its optimizer: a fresh one, unless a pass goes on from others."""
    net = fitted.net
    changed = nets.regularize(net, _strength(estimator, ready, plan.batch))
    goes_on = incremental and not fitted.settled
    if not goes_on:
        steps = None if incremental else plan.epochs * -(-ready.length // plan.batch)
        net.compile(solvers.optimizer_of(estimator, steps), loss=fitted.loss)
        fitted.settled = steps is not None and solvers.follows_recipe(estimator)
    elif changed:
        net.compile(net.optimizer, loss=fitted.loss)


def _strength(estimator: Any, ready: Ready, batch: int) -> float:
    """What Σ w² is multiplied with: scikit-learn divides alpha by what the rows of a batch weigh."""
    return float(estimator.alpha) / (2 * batch * ready.mean_weight)
