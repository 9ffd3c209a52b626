"""The op-by-op engine: trains any network a spec can say through a backend's kernels, and what no fused engine can.

The same kernels in the same order as a fused engine, hence the same bits. Buffers are made once for a batch size.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dlcore.backends.contract import (
    ACTIVATIONS,
    METRICS,
    Array,
    Backend,
    DenseSpec,
    Engine,
    Hyper,
    NetworkSpec,
    Report,
    Shaping,
    Totals,
)
from dlcore.floats import masked
from dlcore.streams import drawn, keep_mask, kept_scale

#: Seconds between two reports.
REPORT_EVERY = 0.1

#: Rows that predict and evaluate take through the network at a time.
BLOCK_ROWS = 1024


class Extras(NamedTuple):
    """What a training can ask for beyond a NetworkSpec; only :class:`StepwiseEngine` knows how to do all of it.

    Attributes
    ----------
    reduction : str
        A reduction of :class:`dlcore.losses.Loss`.
    frozen : tuple of (bool, bool)
        Of each layer, whether its weights and its bias stay; empty: none does.
    loss : callable (y, prediction, sample_weight, want gradient) -> (loss of the batch, its gradient or None)
        In place of the spec's loss.
    penalty : callable (want gradients) -> (number, gradients)
        Added to the loss of every batch: regularization. A gradient, or None, for each parameter that learns.
    apply : callable (gradients)
        Takes the step in place of the spec's update, and counts it.
    observe : callable (y, output, sample_weight)
        Is shown every batch: metrics that no kernel sums.
    shaping : Shaping
        What ``penalty`` and ``apply`` come to, if that is something a fused engine can do in their place.
    """

    reduction: str = "sum_over_batch_size"
    frozen: tuple[tuple[bool, bool], ...] = ()
    loss: Callable[[Array, Array, Array | None, bool], tuple[float, Array | None]] | None = None
    penalty: Callable[[bool], tuple[float, Sequence[Array | None]]] | None = None
    apply: Callable[[Sequence[Array]], None] | None = None
    observe: Callable[[Array, Array, Array | None], None] | None = None
    shaping: Shaping | None = None


PLAIN = Extras()


def make_engine(
    backend: Backend,
    spec: NetworkSpec,
    parameters: Sequence[tuple[Array, Array | None]],
    slots: Sequence[tuple[Sequence[Array], Sequence[Array]]],
    extras: Extras = PLAIN,
    draws: Sequence[Array | None] = (),
) -> Engine:
    """The backend's fused engine where it has one that can do all that is asked for, else the op-by-op one."""
    shaping = extras.shaping
    beyond = extras if shaping is None else extras._replace(penalty=None, apply=None, shaping=None)
    fused = backend.engine(spec, parameters, slots, shaping, draws) if beyond == PLAIN else None
    return fused if fused is not None else StepwiseEngine(backend, spec, parameters, slots, extras, draws)


class _Buffers:
    """Everything a step over so many rows writes."""

    def __init__(self, spec: NetworkSpec, rows: int, dtype: np.dtype[Any], training: bool, shown: bool) -> None:
        def matrix(columns: int) -> Array:
            return np.empty((rows, columns), dtype)

        self.x = matrix(spec.inputs)
        self.y = [matrix(layer.units) for layer in spec.layers]
        self.z = [matrix(layer.units) if ACTIVATIONS[layer.activation].needs_input else None for layer in spec.layers]
        self.values = np.empty(rows, dtype)
        self.metric_values = np.empty(rows, dtype)
        self.output = self.y[-1]
        if spec.fused_output and shown:
            self.output = matrix(spec.layers[-1].units)
        if not training:
            return
        self.targets: Array | None = None
        self.sample_weight = np.empty(rows, dtype)
        self.kept: list[NDArray[np.bool_] | None] = [None] * len(spec.layers)
        #: What each layer's weights met. With dropout a copy: the derivative of the layer below needs its whole output.
        self.inputs = [self.x, *self.y[:-1]]
        for i, layer in enumerate(spec.layers):
            if layer.dropout:
                self.inputs[i] = np.empty_like(self.inputs[i])
        self.dy = [matrix(layer.units) for layer in spec.layers]
        self.dz = [
            matrix(layer.units) if ACTIVATIONS[layer.activation].rowwise else dy
            for layer, dy in zip(spec.layers, self.dy, strict=True)
        ]


class StepwiseEngine:
    """:class:`dlcore.backends.contract.Engine` made of single kernel calls.

    A step is: forward through all layers, loss, metrics, backward through all layers with the weights as they are,
    then the updates from the first layer to the last, weights before bias.

    Parameters
    ----------
    backend : Backend
        Whose kernels compute.
    spec, parameters, slots
        As for :meth:`dlcore.backends.contract.Backend.engine`.
    extras : Extras
        What goes beyond the spec.
    draws
        As for :meth:`dlcore.backends.contract.Backend.engine`.
    """

    def __init__(
        self,
        backend: Backend,
        spec: NetworkSpec,
        parameters: Sequence[tuple[Array, Array | None]],
        slots: Sequence[tuple[Sequence[Array], Sequence[Array]]],
        extras: Extras = PLAIN,
        draws: Sequence[Array | None] = (),
    ) -> None:
        self.taken = 0
        self._backend = backend
        self._extras = extras
        self._parameters = parameters
        self._output = spec.layers[-1]
        if spec.fused_output:
            bare = self._output._replace(activation="linear", alpha=0.0)
            spec = spec._replace(layers=(*spec.layers[:-1], bare))
        self._spec = spec
        # Whether anyone looks at the output itself, where training needs only the logits.
        self._shown = extras.observe is not None or any(not METRICS[kind].ordinal for kind, _ in spec.metrics)
        frozen = extras.frozen or ((False, False),) * len(spec.layers)
        self._dtype = parameters[0][0].dtype
        self._gradients = [
            tuple(None if p is None or stays else np.empty_like(p) for p, stays in zip(pair, stay, strict=True))
            for pair, stay in zip(parameters, frozen, strict=True)
        ]
        learning = [
            (layer, p, g, state)
            for layer, triple in enumerate(zip(parameters, self._gradients, slots, strict=True))
            for p, g, state in zip(*triple, strict=True)
            if p is not None and g is not None
        ]
        self._learning = [(p, state) for _, p, _, state in learning]
        self._applied = [g for _, _, g, _ in learning]
        # Nothing is to be known below the lowest layer that learns.
        self._lowest = min((layer for layer, *_ in learning), default=len(spec.layers))
        self._buffers: dict[tuple[int, bool], _Buffers] = {}
        self._draws = draws or (None,) * len(spec.layers)

    def train(
        self,
        x: Array,
        y: Array,
        sample_weight: Array | None,
        order: Array | None,
        batch_size: int,
        hyper: Hyper,
        learning_rates: Array,
        report: Report | None,
    ) -> Totals:
        """See :meth:`dlcore.backends.contract.Engine.train`."""
        totals = Totals(0, 0, 0.0, (0.0,) * len(self._spec.metrics))
        reported = time.perf_counter()
        rates = learning_rates.tolist()
        for start in range(0, len(x), batch_size):
            stop = min(start + batch_size, len(x))
            buffers = self._buffers_for(stop - start, True)
            batch = _gather(buffers, x, y, sample_weight, start, stop, order)
            step = hyper._replace(learning_rate=rates[totals.steps], step=hyper.step + totals.steps)
            totals = self._step(buffers, *batch, step, totals)
            self.taken += 1
            if report is not None and time.perf_counter() - reported > REPORT_EVERY:
                report(totals)
                reported = time.perf_counter()
        return totals

    def evaluate(self, x: Array, y: Array, sample_weight: Array | None, batch_size: int) -> Totals:
        """See :meth:`dlcore.backends.contract.Engine.evaluate`."""
        totals = Totals(0, 0, 0.0, (0.0,) * len(self._spec.metrics))
        for start in range(0, len(x), batch_size):
            stop = min(start + batch_size, len(x))
            buffers = self._buffers_for(stop - start, False)
            weight = None if sample_weight is None else sample_weight[start:stop]
            self._forward(buffers, x[start:stop])
            loss = self._loss(buffers, y[start:stop], weight, None)
            if self._extras.penalty is not None:
                loss += self._extras.penalty(False)[0] * (stop - start)
            totals = _add(totals, stop - start, loss, self._metrics(buffers, y[start:stop], weight))
        return totals

    def predict(self, x: Array, out: Array) -> None:
        """See :meth:`dlcore.backends.contract.Engine.predict`."""
        for start in range(0, len(x), BLOCK_ROWS):
            rows = x[start : start + BLOCK_ROWS]
            buffers = self._buffers_for(len(rows), False)
            self._forward(buffers, rows)
            out[start : start + BLOCK_ROWS] = self._activated(buffers)

    # --- One step ---

    def predictor(self, otherwise: Callable[..., Array]) -> Callable[..., Array]:
        """See :meth:`dlcore.backends.contract.Engine.predictor`: there is nothing quicker here."""
        return otherwise

    def _step(
        self, buffers: _Buffers, x: Array, y: Array, sample_weight: Array | None, hyper: Hyper, totals: Totals
    ) -> Totals:
        self._forward(buffers, x, training=True)
        loss = self._loss(buffers, y, sample_weight, buffers.dy[-1])
        metrics = self._metrics(buffers, y, sample_weight)
        self._backward(buffers, x)
        if self._extras.penalty is not None:
            penalty, slopes = self._extras.penalty(True)
            loss += penalty * len(x)
            for i, slope in enumerate(slopes):
                if slope is not None:
                    self._applied[i] += slope
        self._update(hyper)
        for state in self._draws:
            if state is not None:
                state[1] += np.uint32(1)
        return _add(totals, len(x), loss, metrics)

    def _forward(self, buffers: _Buffers, x: Array, training: bool = False) -> None:
        for i, (layer, (w, b)) in enumerate(zip(self._spec.layers, self._parameters, strict=True)):
            state = self._draws[i]
            if training and state is not None:
                buffers.kept[i] = kept = keep_mask(drawn(*state.tolist()), x.shape, layer.dropout)
                buffers.inputs[i][...] = masked(x, kept, kept_scale(layer.dropout))
                x = buffers.inputs[i]
            self._backend.dense_forward(x, w, b, layer.activation, layer.alpha, buffers.z[i], buffers.y[i])
            x = buffers.y[i]

    def _loss(self, buffers: _Buffers, y: Array, sample_weight: Array | None, grad: Array | None) -> float:
        """Rows times the loss of the batch; its gradient goes to ``grad``."""
        rows = len(y)
        if self._extras.loss is not None:
            value, found = self._extras.loss(y, buffers.y[-1], sample_weight, grad is not None)
            if grad is not None:
                grad[...] = 0 if found is None else found
            return value * rows
        divisor = float(rows)
        if self._extras.reduction == "sum":
            divisor = 1.0
        elif self._extras.reduction == "mean_with_sample_weight" and sample_weight is not None:
            divisor = float(sample_weight.sum(dtype=np.float64))
        scale = 1 / divisor if divisor else 0.0
        prediction, parameter = buffers.y[-1], self._spec.loss_parameter
        total = self._backend.loss(
            self._spec.loss, y, prediction, sample_weight, parameter, scale, buffers.values, grad
        )
        return total if divisor == rows else total * scale * rows

    def _metrics(self, buffers: _Buffers, y: Array, sample_weight: Array | None) -> list[float]:
        logits, output = buffers.y[-1], buffers.output
        if output is not logits:
            self._activated(buffers, output)
        if self._extras.observe is not None:
            self._extras.observe(y, output, sample_weight)
        return [
            self._backend.metric(
                kind, y, logits if METRICS[kind].ordinal else output, None, parameter, buffers.metric_values
            )
            for kind, parameter in self._spec.metrics
        ]

    def _activated(self, buffers: _Buffers, out: Array | None = None) -> Array:
        """The network's output: of a fused network, its logits passed through the activation."""
        logits = buffers.y[-1]
        if not self._spec.fused_output:
            return logits
        out = logits if out is None else out
        self._backend.activation_forward(self._output.activation, self._output.alpha, logits, out)
        return out

    def _backward(self, buffers: _Buffers, x: Array) -> None:
        layers = self._spec.layers
        for i in range(len(layers) - 1, self._lowest - 1, -1):
            layer: DenseSpec = layers[i]
            dw, db = self._gradients[i]
            kept = buffers.kept[i]
            below = buffers.dy[i - 1] if i > self._lowest else None
            self._backend.dense_backward(
                buffers.dy[i],
                x if i == 0 and kept is None else buffers.inputs[i],
                self._parameters[i][0],
                buffers.z[i],
                buffers.y[i],
                layer.activation,
                layer.alpha,
                buffers.dz[i],
                below,
                dw,
                db,
            )
            if kept is not None and below is not None:
                below[...] = masked(below, kept, kept_scale(layer.dropout))

    def _update(self, hyper: Hyper) -> None:
        if self._extras.apply is not None:
            self._extras.apply(self._applied)
            return
        for (p, slots), g in zip(self._learning, self._applied, strict=True):
            self._backend.update(self._spec.update, p, g, slots, hyper)

    def _buffers_for(self, rows: int, training: bool) -> _Buffers:
        """The buffers for batches of so many rows; a few sizes are kept."""
        key = (rows, training)
        found = self._buffers.get(key)
        if found is None:
            while len(self._buffers) > 3:
                del self._buffers[next(iter(self._buffers))]
            found = self._buffers[key] = _Buffers(self._spec, rows, self._dtype, training, self._shown)
        return found


def _gather(
    buffers: _Buffers, x: Array, y: Array, sample_weight: Array | None, start: int, stop: int, order: Array | None
) -> tuple[Array, Array, Array | None]:
    """The rows of a batch: views where they lie together, copies in the buffers where an order scatters them."""
    if order is None:
        return x[start:stop], y[start:stop], None if sample_weight is None else sample_weight[start:stop]
    rows = order[start:stop]
    if buffers.targets is None:
        buffers.targets = np.empty((len(rows), *y.shape[1:]), y.dtype)
    # mode="clip" lets take write straight to its target; the order is a permutation, so nothing is clipped.
    x.take(rows, axis=0, out=buffers.x, mode="clip")
    y.take(rows, axis=0, out=buffers.targets, mode="clip")
    if sample_weight is None:
        return buffers.x, buffers.targets, None
    sample_weight.take(rows, out=buffers.sample_weight, mode="clip")
    return buffers.x, buffers.targets, buffers.sample_weight


def _add(totals: Totals, rows: int, loss: float, metrics: list[float]) -> Totals:
    """The totals with one more batch."""
    return Totals(
        totals.steps + 1,
        totals.rows + rows,
        totals.loss + loss,
        tuple(a + b for a, b in zip(totals.metrics, metrics, strict=True)),
    )
