"""What a layer adds to the loss of a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.autodiff import Tensor
from dlcore.autodiff.tracer import Differentiable, as_tensors
from dlcore.layers.shapes import flatten
from dlcore.layers.state import Stateful, weights_of


class WithLosses(Stateful):
    """The part of a layer that knows its losses."""

    activity_regularizer: Callable[[Any], Any] | None
    _losses: list[Tensor]

    def add_loss(self, loss: Any) -> None:
        """Add a scalar to :attr:`losses`, from within ``call``: it is there until the next call.

        Raises
        ------
        ValueError
            If it is no tensor.
        """
        for value in flatten(loss):
            if not isinstance(value, (Differentiable, np.ndarray, np.generic)):
                raise ValueError(
                    "`add_loss()` can only be called from inside `build()` or `call()`, on a tensor input. Received "
                    f"invalid value: {value!r}"
                )
            self._losses.append(as_tensors(value)[0])

    def _penalize(self, output: Any) -> None:
        """Add the penalty on the output, a mean over the rows."""
        assert self.activity_regularizer is not None
        for tensor in flatten(output):
            if isinstance(tensor, Tensor):
                (loss,) = as_tensors(self.activity_regularizer(tensor))
                self.add_loss(loss / max(len(tensor), 1) if tensor.ndim else loss)

    @property
    def losses(self) -> list[Tensor]:
        """What the last call added (:meth:`add_loss`, activity), then the penalties on the trainable weights."""
        layers = self._flatten_layers()
        added = [loss for layer in layers for loss in layer._losses]
        if not self.trainable:
            return added
        return added + [
            as_tensors(weight.regularizer(weight))[0]
            for weight in weights_of(layers)
            if weight.regularizer is not None and weight.trainable
        ]

    def _clear_losses(self) -> None:
        for layer in self._flatten_layers():
            layer._losses.clear()
