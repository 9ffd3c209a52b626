"""The explanation of a training step: arrays by name, text, and a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np

from dlcore.backends.contract import Array
from dlcore.explain.parts import LayerStep, LossStep, ParameterStep

__all__ = ["Explanation"]


class Explanation(Mapping[str, Array]):
    """One training step taken apart: what ``model.explain_step(x, y)`` gives.

    A mapping from names to arrays: "x", "y", "prediction", "loss", "loss/rows", "loss/parts"; of each layer
    "dense/input", "dense/net", "dense/out", "dense/dE_dout", "dense/dout_dnet", "dense/dE_dnet", "dense/dnet_dw"; of
    each parameter "dense/kernel" (before), "dense/kernel/gradient", "dense/kernel/after", and what the optimizer
    remembers of it, "dense/kernel/momentum" and "dense/kernel/momentum/after". What was not needed is not there.

    Attributes
    ----------
    model : str
        The model's name.
    layers : tuple of LayerStep
        What each layer computed; :meth:`layer` finds one by name.
    loss : LossStep
        The loss and its parts.
    parameters : dict of str to ParameterStep
        All parameters by name, "dense/kernel".
    x, y, sample_weight : ndarray
        The batch as the model took it.
    logs : dict of str to float
        What ``fit`` would have reported of this batch.
    optimizer : str
        Its class.
    learning_rate : float
        Of this step.
    step : int
        The number of the step, counted from 1.
    by_kernels : bool
        Whether the numbers come from the engine's kernels; False: from the tape.
    """

    def __init__(
        self,
        model: str,
        layers: Sequence[LayerStep],
        loss: LossStep,
        batch: tuple[Array, Any, Any],
        logs: Mapping[str, float],
        optimizer: str,
        learning_rate: float,
        step: int,
        by_kernels: bool,
    ) -> None:
        self.model, self.layers, self.loss = model, tuple(layers), loss
        self.x, self.y, self.sample_weight = batch
        self.logs, self.optimizer, self.learning_rate, self.step = dict(logs), optimizer, learning_rate, step
        self.by_kernels = by_kernels
        self.parameters: dict[str, ParameterStep] = {
            parameter.name: parameter for layer in self.layers for parameter in layer.parameters.values()
        }
        self._arrays: dict[str, Array] = {name: array for name, array in self._named() if array is not None}

    def _named(self) -> Iterator[tuple[str, Any]]:
        yield "x", self.x
        yield "y", self.y
        yield "sample_weight", self.sample_weight
        yield "prediction", self.prediction
        yield "loss", np.float64(self.loss.total)
        yield "loss/rows", self.loss.rows
        yield "loss/parts", self.loss.parts
        for layer in self.layers:
            yield from layer.arrays()

    @property
    def prediction(self) -> Array:
        """The output of the model for the batch."""
        return self.layers[-1].out

    @property
    def rows(self) -> int:
        """Rows of the batch."""
        return len(self.x)

    def layer(self, name: str) -> LayerStep:
        """The layer of a name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(f"no layer {name!r}; there are {', '.join(layer.name for layer in self.layers)}")

    def __getitem__(self, key: str) -> Array:
        if key not in self._arrays:
            raise KeyError(f"no {key!r} in this explanation; there are {', '.join(self._arrays)}")
        return self._arrays[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    # --- Showing ---

    def __str__(self) -> str:
        from dlcore.explain.text import text

        return text(self)

    def __repr__(self) -> str:
        return f"<Explanation of step {self.step} of {self.model!r}: {self.rows} rows, loss {self.loss.total:.6g}>"

    def to_html(self) -> str:
        """One page that needs nothing else: the network drawn, its two passes to step through, every formula."""
        from dlcore.explain.page import page

        return page(self)

    def save(self, path: str | PathLike[str]) -> None:
        """Write :meth:`to_html` to a file, whole or not at all.

        Raises
        ------
        ValueError
            If the name does not end in .html.
        """
        from dlcore.explain.page import write

        write(path, self.to_html())

    def _repr_html_(self) -> str:
        from dlcore.explain.notebook import explanation_html

        return explanation_html(self)
