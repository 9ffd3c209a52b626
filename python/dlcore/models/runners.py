"""Two ways to run a model: an engine that takes whole epochs, or the model's own steps, batch by batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from dlcore.backends.contract import Array
from dlcore.backends.network import Hyper, Totals
from dlcore.engine import REPORT_EVERY
from dlcore.models.feeds import Segment
from dlcore.models.plan import Plan
from dlcore.models.steps import plain
from dlcore.utils import pack_x_y_sample_weight
from dlcore.variable import Variable

if TYPE_CHECKING:
    from dlcore.models.model import Model

Logs = dict[str, float]
NOTHING = Totals(0, 0, 0.0, ())


class Runner(Protocol):
    """Trains and evaluates the batches it is given, and knows the logs of what it has seen since ``begin``."""

    @property
    def rows(self) -> int:
        """Rows seen since ``begin``."""

    def begin(self) -> None:
        """Start counting anew: an epoch, or an evaluation, begins."""

    def renew(self) -> None:
        """Look again at what a callback may have changed."""

    def train(self, segment: Segment, report: Callable[[], None] | None) -> None:
        """Take the steps of a segment. ``report`` is called some ten times a second meanwhile."""

    def evaluate(self, segment: Segment) -> None:
        """Take in a segment without training."""

    def logs(self) -> Logs:
        """Loss and metrics so far."""

    def finish(self) -> None:
        """Give the metric objects what was counted for them."""

    def learning(self) -> list[Variable]:
        """The weights that training changes."""


class EngineRunner:
    """Runs a :class:`~dlcore.models.plan.Plan`."""

    def __init__(self, planned: Callable[[], Plan]) -> None:
        self._planned = planned
        self.plan = planned()
        self._totals = NOTHING
        self._running = NOTHING

    @property
    def rows(self) -> int:
        """Rows seen since ``begin``."""
        return self._totals.rows + self._running.rows

    def begin(self) -> None:
        """See :class:`Runner`."""
        self._totals = self._running = NOTHING
        for metric in self.plan.observed:
            metric.reset_state()

    def renew(self) -> None:
        """See :class:`Runner`."""
        self.plan = self._planned()

    def train(self, segment: Segment, report: Callable[[], None] | None) -> None:
        """See :class:`Runner`. If it is cut short (Ctrl-C), the optimizer counts the steps that were taken."""
        plan, optimizer = self.plan, self.plan.optimizer
        rates = optimizer.rates(segment.batches)
        listener = None if report is None else self._listener(report)
        if plan.applies:
            self._add(plan.engine.train(*segment.data, segment.order, segment.batch, Hyper(0.0), rates, listener))
            return
        count = optimizer._iterations.array
        calls = count.item()  # where gradients gather, several make a step
        hyper = optimizer.hyper(0.0, calls + 1)
        before = plan.engine.taken
        try:
            self._add(plan.engine.train(*segment.data, segment.order, segment.batch, hyper, rates, listener))
        finally:
            count[...] = calls + plan.engine.taken - before

    def evaluate(self, segment: Segment) -> None:
        """See :class:`Runner`."""
        self._add(self.plan.engine.evaluate(*segment.data, segment.batch))

    def logs(self) -> Logs:
        """See :class:`Runner`."""
        return self.plan.logs(_sum(self._totals, self._running))

    def finish(self) -> None:
        """See :class:`Runner`."""
        self.plan.finish(self._totals)

    def learning(self) -> list[Variable]:
        """See :class:`Runner`."""
        return self.plan.learning

    def _listener(self, report: Callable[[], None]) -> Callable[[Totals], None]:
        def listen(totals: Totals) -> None:
            self._running = totals
            report()

        return listen

    def _add(self, totals: Totals) -> None:
        self._totals, self._running = _sum(self._totals, totals), NOTHING


class StepRunner:
    """Calls ``train_step`` and ``test_step`` of the model."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._logs: dict[str, Any] = {}
        self.rows = 0

    def begin(self) -> None:
        """See :class:`Runner`."""
        self._logs, self.rows = {}, 0
        self._model.reset_metrics()

    def renew(self) -> None:
        """Every step looks."""

    def train(self, segment: Segment, report: Callable[[], None] | None) -> None:
        """See :class:`Runner`."""
        reported = time.perf_counter()
        for rows, batch in _batches(segment):
            with np.errstate(all="ignore"):  # overflow gives infinities without a warning, as in an engine
                self._logs = self._model.train_step(batch)
            self.rows += rows
            if report is not None and time.perf_counter() - reported > REPORT_EVERY:
                report()
                reported = time.perf_counter()

    def evaluate(self, segment: Segment) -> None:
        """See :class:`Runner`."""
        for rows, batch in _batches(segment):
            with np.errstate(all="ignore"):
                self._logs = self._model.test_step(batch)
            self.rows += rows

    def logs(self) -> Logs:
        """See :class:`Runner`."""
        return {name: plain(value) for name, value in self._logs.items()}

    def finish(self) -> None:
        """They counted themselves."""

    def learning(self) -> list[Variable]:
        """See :class:`Runner`."""
        return self._model.trainable_weights


def _batches(segment: Segment) -> Iterator[tuple[int, Any]]:
    """The batches of a segment, how many rows each has and what ``train_step`` takes."""
    x, y, weight = segment.data
    order = segment.order
    for start in range(0, segment.rows, segment.batch):
        stop = min(start + segment.batch, segment.rows)
        rows: slice | Array = slice(start, stop) if order is None else order[start:stop]
        parts = x[rows], None if y is None else y[rows], None if weight is None else weight[rows]
        yield stop - start, pack_x_y_sample_weight(*parts)


def _sum(a: Totals, b: Totals) -> Totals:
    if a is NOTHING or b is NOTHING:
        return b if a is NOTHING else a
    metrics = tuple(p + q for p, q in zip(a.metrics, b.metrics, strict=True))
    return Totals(a.steps + b.steps, a.rows + b.rows, a.loss + b.loss, metrics)
