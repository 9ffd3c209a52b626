"""One epoch: a single call into the engine, or one for each batch if a callback asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcore.backends.contract import Array, Report, Totals
from dlcore.callbacks import CallbackList, Progress
from dlcore.models.data import Data
from dlcore.models.plan import Plan
from dlcore.optimizers import Optimizer

if TYPE_CHECKING:
    from dlcore.models.sequential import Sequential


def run_epoch(
    plan: Plan, optimizer: Optimizer, training: Data, batch: int, order: Array | None, report: Report | None
) -> Totals:
    """An epoch in one call. If it is cut short (Ctrl-C), the optimizer counts the steps that were taken."""
    count = optimizer.iterations.array
    hyper = optimizer.hyper(0.0, int(count) + 1)
    rates = optimizer.rates(-(-len(training[0]) // batch))
    try:
        return plan.engine.train(*training, order, batch, hyper, rates, report)
    finally:
        count += plan.engine.taken


def run_batches(
    model: Sequential,
    plan: Plan,
    training: Data,
    batch: int,
    order: Array | None,
    progress: Progress,
    listeners: CallbackList,
) -> Totals:
    """An epoch in a call a batch, callbacks before and after each: the same steps, hence the same bits."""
    x, y, weight = training
    sums = Totals(0, 0, 0.0, (0.0,) * len(plan.spec.metrics))
    for number in range(model._initial_batch, -(-len(x) // batch)):
        start = number * batch
        listeners.on_train_batch_begin(number)
        rows = slice(start, start + batch) if order is None else order[start : start + batch]
        chosen = x[rows], y[rows], None if weight is None else weight[rows]
        step = run_epoch(plan, model.optimizer, chosen, batch, None, None)
        sums = Totals(
            sums.steps + step.steps,
            sums.rows + step.rows,
            sums.loss + step.loss,
            tuple(a + b for a, b in zip(sums.metrics, step.metrics, strict=True)),
        )
        progress.report(sums)
        listeners.on_train_batch_end(number, plan.logs(sums))
        if model.stop_training:
            break
    model._initial_batch = 0
    return sums
