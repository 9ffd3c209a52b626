"""Embedding: a row of a table for each integer."""

# ruff: noqa: ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from dlcore import constraints, initializers, regularizers
from dlcore.autodiff import Tensor, apply, register
from dlcore.floats import Array, numbers
from dlcore.layers.dense import refuse_lora
from dlcore.layers.layer import Layer
from dlcore.layers.shapes import Shape
from dlcore.variable import Variable


def _put_rows(g: Array, rows: int, at: Array) -> Array:
    """The sum, for each row of the table, of what it was taken for, in ascending order."""
    result = np.zeros((rows, g.shape[-1]), g.dtype)
    flat, places = g.reshape(-1, g.shape[-1]), at.reshape(-1)
    if places.size:
        order = np.argsort(places, kind="stable")
        taken, starts = np.unique(places[order], return_index=True)
        result[taken] = np.add.reduceat(flat[order], starts, axis=0)
    return result


register("take_rows", lambda table, at: table[at], lambda g, y, table, at: apply("put_rows", g, rows=len(table), at=at))
register("put_rows", _put_rows, lambda h, out, g, rows, at: apply("take_rows", h, at=at))


class Embedding(Layer):
    """A table of learned rows, looked up by integers.

    Parameters
    ----------
    input_dim : int
        Rows of the table: the integers are in [0, input_dim).
    output_dim : int
        Columns of the table.
    embeddings_initializer, embeddings_regularizer, embeddings_constraint : str or callable, optional
        Of the table.
    mask_zero : bool
        Whether 0 stands for nothing; :meth:`compute_mask` then says where the input is not 0.
    weights : array (input_dim, output_dim), optional
        The first values of the table.
    lora_rank, lora_alpha, quantization_config
        Keras's arguments; only None is supported.
    **kwargs
        See :class:`Layer`.

    Raises
    ------
    ValueError
        If input_dim or output_dim is no positive integer.
    """

    _table: Variable

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        for name, value in (("input_dim", input_dim), ("output_dim", output_dim)):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value <= 0:
                raise ValueError(f"`{name}` must be a positive integer. Received: {name}={value!r}")
        refuse_lora(lora_rank, lora_alpha, quantization_config)
        if kwargs.pop("input_length", None) is not None:
            warnings.warn("Argument `input_length` is deprecated. Just remove it.", stacklevel=2)
        super().__init__(**kwargs)
        self.input_dim, self.output_dim = int(input_dim), int(output_dim)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = self.supports_masking = bool(mask_zero)
        self.autocast = False
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, list) and len(weights) == 1 else [weights])

    def build(self, input_shape: Any = None) -> None:  # noqa: ARG002 - the table does not depend on it
        """Make the table."""
        if self.built:
            return
        self._table = self.add_weight(
            shape=(self.input_dim, self.output_dim),
            initializer=self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
            name="embeddings",
        )

    @property
    def embeddings(self) -> Variable:
        """The table.

        Raises
        ------
        AttributeError
            If the layer is not built.
        """
        if not self.built:
            raise AttributeError("You must build the layer before accessing `embeddings`.")
        return self._table

    def call(self, inputs: Any) -> Tensor:
        """The rows (…, output_dim) for integers (…).

        Raises
        ------
        ValueError
            If one is outside [0, input_dim).
        """
        at = numbers("inputs", inputs)
        places = at.astype(np.int64) if at.dtype != np.int64 else at
        if places.size and (places.min() < 0 or places.max() >= self.input_dim):
            raise ValueError(
                f"layer {self.name!r} takes integers in [0, {self.input_dim}); found {places.min()} to {places.max()}"
            )
        return apply("take_rows", self._table, at=places)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:  # noqa: ARG002 - a new mask begins here
        """Where the input is not 0, if ``mask_zero``; else None."""
        return numbers("inputs", inputs) != 0 if self.mask_zero else None

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape and ``output_dim``."""
        return (*input_shape, self.output_dim)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": initializers.serialize(self.embeddings_initializer),
            "embeddings_regularizer": regularizers.serialize(self.embeddings_regularizer),
            "embeddings_constraint": constraints.serialize(self.embeddings_constraint),
            "mask_zero": self.mask_zero,
        }
