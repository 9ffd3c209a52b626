"""Input: the shape that a model's data have."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.autodiff import Tensor
from dlcore.autodiff.tracer import as_tensors
from dlcore.backends.network import LayerSpec
from dlcore.checks import whole
from dlcore.layers.layer import Layer
from dlcore.layers.shapes import Shape, batch_shape

_Lengths = int | Sequence[int | None]


class InputLayer(Layer):
    """Says what shape a row of the input has.

    Parameters
    ----------
    shape : tuple of int
        Of one row, without the batch; None for a length that may vary.
    batch_size : int, optional
        How many rows; as a rule left open.
    dtype : optional
        Of the data; default ``floatx()``.
    sparse, ragged : optional
        Keras's arguments; only None and False are supported.
    batch_shape : tuple, optional
        Of the whole batch, instead of shape and batch_size.
    optional : bool
        Whether the input may be left out.
    name : str, optional
        See :class:`Layer`.

    Raises
    ------
    ValueError
        If there is no shape, or two.
    """

    def __init__(
        self,
        shape: _Lengths | None = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Sequence[int | None] | None = None,
        input_tensor: Any = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if "input_shape" in kwargs:
            warnings.warn("Argument `input_shape` is deprecated. Use `shape` instead.", stacklevel=2)
            shape = kwargs.pop("input_shape")
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        for argument, value in (("sparse", sparse), ("ragged", ragged)):
            if value:
                raise ValueError(f"`{argument}=True` is not supported: inputs are arrays")
        if input_tensor is not None:
            raise ValueError(
                "Argument `input_tensor` must be a KerasTensor, of which there are none here: leave it out"
            )
        if shape is None and batch_shape is None:
            raise ValueError("You must pass a `shape` argument.")
        if batch_shape is not None and (shape is not None or batch_size is not None):
            other = "`shape` and `batch_shape`" if shape is not None else "`batch_size` and `batch_shape`"
            raise ValueError(f"You cannot pass both {other} at the same time.")
        super().__init__(dtype=dtype, name=name, input_shape=_row(shape, batch_shape), **kwargs)
        assert self.batch_input_shape is not None
        rows = batch_size if batch_shape is None else next(iter(batch_shape))
        rows = None if rows is None else whole("batch_size", rows, 1, 2**62)
        self.batch_shape: Shape = (rows, *self.batch_input_shape[1:])
        self.sparse, self.ragged, self.optional = bool(sparse), bool(ragged), optional
        self.supports_masking = True
        self.built = True

    @classmethod
    def _checked_dtype(cls, dtype: Any) -> str:
        """Data may be of any numeric type."""
        if dtype is not None and (found := np.dtype(dtype)).kind in "iub":
            return str(found.name)
        return super()._checked_dtype(dtype)

    @property
    def shape(self) -> Shape:
        """The shape of the batch, its rows None where they are open."""
        return self.batch_shape

    def call(self, inputs: Any) -> Tensor:
        """The input as it is."""
        return as_tensors(inputs)[0]

    def compute_output_shape(self, input_shape: Any = None) -> Shape:
        """The shape of the batch."""
        return self.batch_shape if input_shape is None else tuple(input_shape)

    def describe(self, chain: list[LayerSpec]) -> None:
        """Nothing to compute."""

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "batch_shape": self.batch_shape,
            "dtype": self.dtype,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "name": self.name,
            "optional": self.optional,
        }


def _row(shape: _Lengths | None, batch: Sequence[int | None] | None) -> Any:
    return batch_shape(shape)[1:] if batch is None else tuple(batch)[1:]


def Input(  # noqa: N802 - Keras's name
    shape: _Lengths | None = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Sequence[int | None] | None = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
) -> InputLayer:
    """The first entry of a Sequential: the shape of one row, for example ``(784,)``; see :class:`InputLayer`."""
    return InputLayer(shape, batch_size, dtype, sparse, ragged, batch_shape, tensor, optional, name)
