"""Losses of probabilities, computed from the logits that those came from, as engines do: exact where they saturate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dlcore.autodiff import Tensor
from dlcore.autodiff.tracer import Differentiable, Record, active_recorders
from dlcore.backends.contract import LOSSES
from dlcore.losses import KernelLoss, Loss
from dlcore.losses.reduction import mask_of
from dlcore.models.forms import loss_kernel


class _LastActivation:
    """A recorder that remembers the last activation by a kernel, and nothing else."""

    seen: Record | None = None

    def tracks(self, _: Differentiable) -> bool:
        return True

    def record(self, record: Record) -> None:
        if record.name == "activation":
            self.seen = record


def activated(call: Callable[[], Any]) -> Any:
    """The output of a call; if an activation gave it, it knows the logits."""
    last, recorders = _LastActivation(), active_recorders()
    recorders.append(last)
    try:
        output = call()
    finally:
        recorders.remove(last)
    if last.seen is not None and last.seen.output is output:
        output._activation = last.seen.parameters["kind"], last.seen.inputs[0]
    return output


def loss_of(loss: Loss, y_true: Any, y_pred: Any, sample_weight: Any) -> Tensor:
    """The loss of a batch; one with a kernel as in an engine, to the bit.

    That is in the model's dtype, and through the logits where loss and activation are a pair that LOSSES names.
    """
    kind = loss_kernel(loss)
    if kind is None or not isinstance(y_pred, Tensor) or y_pred.dtype.char not in "fd" or mask_of(y_pred) is not None:
        return loss(y_true, y_pred, sample_weight)
    activation, logits = getattr(y_pred, "_activation", (None, None))
    fuses = activation is not None and LOSSES[kind].fuses == activation
    assert isinstance(loss, KernelLoss)
    return loss.as_in_engines(y_pred.dtype, fuses)(y_true, logits if fuses else y_pred, sample_weight)
