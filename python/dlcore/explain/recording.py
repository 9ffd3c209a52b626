"""The op-by-op engine with a notebook: the same steps by the same kernels, and what each of them made is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dlcore.backends.contract import ACTIVATIONS, LOSSES, Array, Backend, Parameters, Statistics
from dlcore.backends.network import Hyper, NetworkSpec, Totals
from dlcore.engine import Extras, StepwiseEngine
from dlcore.engine.stepwise import PLAIN

#: Losses that are no mean over the columns of a row, or mix the columns before they take it: they have no parts.
WHOLE = (
    "categorical_crossentropy",
    "categorical_crossentropy_logits",
    "kl_divergence",
    "cosine_similarity",
    "categorical_hinge",
)

#: Up to so many units the derivative of an activation that mixes them is kept as a matrix for each row.
JACOBIAN_UNITS = 16


class LayerRecord(NamedTuple):
    """What one dense layer computed, all of shape (rows, …), and its gradients; None is what was not needed."""

    input: Array
    net: Array
    out: Array
    dE_dout: Array | None  # noqa: N815 - the names of the quantities
    dout_dnet: Array | None
    dE_dnet: Array | None  # noqa: N815
    gradients: tuple[Array | None, Array | None]
    penalized: tuple[Array | None, Array | None]


class StepRecord(NamedTuple):
    """One step. ``values`` is weight · loss of each row and ``parts`` the share of each output, where there are any."""

    layers: tuple[LayerRecord, ...]
    spec: NetworkSpec
    loss: float
    penalty: float
    values: Array | None
    parts: Array | None


class RecordingEngine(StepwiseEngine):
    """:class:`dlcore.engine.StepwiseEngine` that keeps its last step in ``record``.

    Weighted sums and the gradients before each activation get memory of their own; the kernels and their order are
    the same, hence the bits.
    """

    record: StepRecord

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
        super().__init__(backend, spec, parameters, slots, extras, draws, statistics)
        self._whole = spec

    def _buffers_for(self, rows: int, training: bool) -> Any:
        buffers = super()._buffers_for(rows, training)
        buffers.z = [np.empty_like(y) for y in buffers.y]
        if training:
            buffers.dz = [np.empty_like(y) for y in buffers.y]
        return buffers

    def _step(
        self, buffers: Any, x: Array, y: Array, sample_weight: Array | None, hyper: Hyper, totals: Totals
    ) -> Totals:
        self._now = buffers, x, y, sample_weight
        return super()._step(buffers, x, y, sample_weight, hyper, totals)

    def _loss(self, buffers: Any, y: Array, sample_weight: Array | None, grad: Array | None) -> float:
        found = super()._loss(buffers, y, sample_weight, grad)
        self._raw = found / len(y)
        return found

    def _backward(self, buffers: Any, x: Array) -> None:
        super()._backward(buffers, x)
        self._pure = [tuple(None if g is None else g.copy() for g in pair) for pair in self._gradients]

    def _update(self, hyper: Hyper) -> None:
        self.record = self._recorded()
        super()._update(hyper)

    def _recorded(self) -> StepRecord:
        """Everything known between the backward pass and the update."""
        buffers, x, y, sample_weight = self._now
        layers = []
        for i in range(len(self._spec.layers)):
            fused = self._whole.fused_output and i == len(self._spec.layers) - 1
            known = i >= self._lowest
            net, out = buffers.z[i].copy(), buffers.y[i].copy()
            if fused:
                self._activated(buffers, out)
            layers.append(
                LayerRecord(
                    input=(buffers.y[i - 1] if i else x).copy(),
                    net=net,
                    out=out,
                    dE_dout=buffers.dy[i].copy() if known and not fused else None,
                    dout_dnet=self._slope(i, net, out),
                    dE_dnet=buffers.dz[i].copy() if known else None,
                    gradients=self._pure[i],  # type: ignore[arg-type]
                    penalized=tuple(None if g is None else g.copy() for g in self._gradients[i]),  # type: ignore[arg-type]
                )
            )
        own = self._extras.loss is None
        penalty = 0.0 if self._extras.penalty is None else self._extras.penalty(False)[0]
        values = buffers.values.copy() if own else None
        parts = self._parts(buffers.y[-1], y, sample_weight) if own else None
        return StepRecord(tuple(layers), self._whole, self._raw + penalty, penalty, values, parts)

    def _slope(self, i: int, net: Array, out: Array) -> Array | None:
        """D out / d net: of each unit, or where the activation mixes them a matrix (rows, out, net) if it is small."""
        layer = self._whole.layers[i]
        rowwise = ACTIVATIONS[layer.activation].rowwise
        if rowwise and layer.units > JACOBIAN_UNITS:
            return None

        def pulled(dy: Array) -> Array:
            found = np.empty_like(out)
            self._backend.activation_backward(layer.activation, layer.alpha, dy, net, out, found)
            return found

        if not rowwise:
            return pulled(np.ones_like(out))
        rows = []
        for unit in range(layer.units):
            dy = np.zeros_like(out)
            dy[:, unit] = 1
            rows.append(pulled(dy))
        return np.stack(rows, axis=1)

    def _parts(self, prediction: Array, y: Array, sample_weight: Array | None) -> Array | None:
        """The share of each output in a row's loss: the loss of its column alone, by the number of columns."""
        kind, units = self._whole.loss, prediction.shape[1]
        if LOSSES[kind].sparse or kind in WHOLE:
            return None
        found = np.empty_like(prediction)
        values = np.empty(len(prediction), prediction.dtype)
        for unit in range(units):
            column, wanted = np.ascontiguousarray(prediction[:, [unit]]), np.ascontiguousarray(y[:, [unit]])
            self._backend.loss(kind, wanted, column, sample_weight, self._whole.loss_parameter, 1.0, values, None)
            found[:, unit] = values / units
        return found
