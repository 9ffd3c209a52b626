"""The op-by-op engine: trains any network a spec can say through a backend's kernels, and what no fused engine can.

The same kernels in the same order as a fused engine, hence the same bits. Buffers are made once for a batch size.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from dlcore.backends.contract import METRICS, Array, Backend, Engine, Parameters, Report, Statistics
from dlcore.backends.network import Hyper, NetworkSpec, NormalizationSpec, Shaping, Totals
from dlcore.engine.buffers import Buffers, gather
from dlcore.engine.normalizer import Normalizer
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
    parameters: Sequence[Parameters],
    slots: Sequence[tuple[Sequence[Array], Sequence[Array]]],
    extras: Extras = PLAIN,
    draws: Sequence[Array | None] = (),
    statistics: Sequence[Statistics | None] = (),
) -> Engine:
    """The backend's fused engine where it has one that can do all that is asked for, else the op-by-op one."""
    shaping = extras.shaping
    beyond = extras if shaping is None else extras._replace(penalty=None, apply=None, shaping=None)
    fused = backend.engine(spec, parameters, slots, shaping, draws, statistics) if beyond == PLAIN else None
    return fused if fused is not None else StepwiseEngine(backend, spec, parameters, slots, extras, draws, statistics)


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
    draws, statistics
        As for :meth:`dlcore.backends.contract.Backend.engine`.
    """

    def __init__(
        self,
        backend: Backend,
        spec: NetworkSpec,
        parameters: Sequence[Parameters],
        slots: Sequence[tuple[Sequence[Array], Sequence[Array]]],
        extras: Extras = PLAIN,
        draws: Sequence[Array | None] = (),
        statistics: Sequence[Statistics | None] = (),
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
        self._dtype = next(p.dtype for pair in parameters for p in pair if p is not None)
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
        self._buffers: dict[tuple[int, bool], Buffers] = {}
        self._draws = draws or (None,) * len(spec.layers)
        self._normalizers = [
            Normalizer(backend, layer, *pair, moving) if isinstance(layer, NormalizationSpec) else None
            for layer, pair, moving in zip(
                spec.layers, parameters, statistics or (None,) * len(spec.layers), strict=True
            )
        ]

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
            batch = gather(buffers, x, y, sample_weight, start, stop, order)
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
        self, buffers: Buffers, x: Array, y: Array, sample_weight: Array | None, hyper: Hyper, totals: Totals
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
        for normalizer in self._normalizers:
            if normalizer is not None:
                normalizer.follow()
        return _add(totals, len(x), loss, metrics)

    def _forward(self, buffers: Buffers, x: Array, training: bool = False) -> None:
        for i, (layer, (w, b)) in enumerate(zip(self._spec.layers, self._parameters, strict=True)):
            state = self._draws[i]
            if training and state is not None:
                buffers.kept[i] = kept = keep_mask(drawn(*state.tolist()), x.shape, layer.dropout)
                buffers.inputs[i][...] = masked(x, kept, kept_scale(layer.dropout))
                x = buffers.inputs[i]
            normalizer, y, z = self._normalizers[i], buffers.y[i], buffers.z[i]
            if normalizer is None:
                assert w is not None
                self._backend.dense_forward(x, w, b, layer.activation, layer.alpha, z, y)
            else:
                normal = y if z is None else z
                normalizer.forward(x, normal, training)
                if layer.activation != "linear" or normal is not y:
                    self._backend.activation_forward(layer.activation, layer.alpha, normal, y)
            x = y

    def _loss(self, buffers: Buffers, y: Array, sample_weight: Array | None, grad: Array | None) -> float:
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

    def _metrics(self, buffers: Buffers, y: Array, sample_weight: Array | None) -> list[float]:
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

    def _activated(self, buffers: Buffers, out: Array | None = None) -> Array:
        """The network's output: of a fused network, its logits passed through the activation."""
        logits = buffers.y[-1]
        if not self._spec.fused_output:
            return logits
        out = logits if out is None else out
        self._backend.activation_forward(self._output.activation, self._output.alpha, logits, out)
        return out

    def _backward(self, buffers: Buffers, x: Array) -> None:
        layers = self._spec.layers
        for i in range(len(layers) - 1, self._lowest - 1, -1):
            layer = layers[i]
            (w, _), (dw, db) = self._parameters[i], self._gradients[i]
            kept = buffers.kept[i]
            below = buffers.dy[i - 1] if i > self._lowest else None
            met = x if i == 0 and kept is None else buffers.inputs[i]
            normalizer = self._normalizers[i]
            if normalizer is not None:
                dz = buffers.dz[i]
                self._backend.activation_backward(
                    layer.activation, layer.alpha, buffers.dy[i], buffers.z[i], buffers.y[i], dz
                )
                normalizer.backward(dz, met, below, dw, db)
                continue
            assert w is not None
            self._backend.dense_backward(
                buffers.dy[i],
                met,
                w,
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

    def _buffers_for(self, rows: int, training: bool) -> Buffers:
        """The buffers for batches of so many rows; a few sizes are kept."""
        key = (rows, training)
        found = self._buffers.get(key)
        if found is None:
            while len(self._buffers) > 3:
                del self._buffers[next(iter(self._buffers))]
            found = self._buffers[key] = Buffers(self._spec, rows, self._dtype, training, self._shown)
        return found


def _add(totals: Totals, rows: int, loss: float, metrics: list[float]) -> Totals:
    """The totals with one more batch."""
    return Totals(
        totals.steps + 1,
        totals.rows + rows,
        totals.loss + loss,
        tuple(a + b for a, b in zip(totals.metrics, metrics, strict=True)),
    )
