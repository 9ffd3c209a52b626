"""Layers that bring data to the scale of a network: Normalization and Rescaling."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.autodiff import Tensor
from dlcore.backends.network import LayerSpec
from dlcore.floats import Array, numbers
from dlcore.layers.layer import Layer
from dlcore.layers.shapes import Shape, axis_in
from dlcore.variable import Variable

#: Deviations smaller than this count as this.
LEAST_DEVIATION = 1e-7


class Rescaling(Layer):
    """The input · scale + offset.

    Parameters
    ----------
    scale, offset : float or array
        Arrays are stretched by NumPy's rules.
    **kwargs
        See :class:`Layer`.
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale, self.offset = _plain("scale", scale), _plain("offset", offset)
        self.supports_masking = True

    def call(self, inputs: Any) -> Tensor:
        """The output, of the input's shape."""
        scale, offset = (np.asarray(value, self.dtype) for value in (self.scale, self.offset))
        return self._in_dtype(inputs) * scale + offset

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        return tuple(input_shape)

    def describe(self, chain: list[LayerSpec]) -> None:
        """Nothing to compute before the first dense layer: data can be brought to scale as they are read."""
        if chain:
            super().describe(chain)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "scale": self.scale, "offset": self.offset}


def _plain(name: str, value: Any) -> Any:
    """A number or nested list, from that or an array, or from Keras's description of an array."""
    if isinstance(value, Mapping):
        value = value["config"]["value"]
    return numbers(name, value).tolist()


class Normalization(Layer):
    """(x - mean) / √variance, with means and variances found in data (:meth:`adapt`) or given.

    Parameters
    ----------
    axis : int, tuple of int or None
        The axes with a mean for each place on them; None: one mean for all. Axis 0, the rows, cannot be one.
    mean, variance : array, optional
        Both or neither.
    invert : bool
        Whether to compute x · √variance + mean instead.
    **kwargs
        See :class:`Layer`.
    """

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        axes: tuple[int, ...] = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        if 0 in axes:
            raise ValueError("The argument 'axis' may not be 0.")
        if (mean is None) != (variance is None):
            raise ValueError(
                "When setting values directly, both `mean` and `variance` must be set. Received: "
                f"mean={mean} and variance={variance}"
            )
        self.axis, self.invert = axes, bool(invert)
        self.input_mean, self.input_variance = mean, variance
        self.adapt_mean: Variable | None = None
        self.adapt_variance: Variable | None = None
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Settle the shape of the statistics."""
        if len(input_shape) == 1:  # rows of one number each
            input_shape = (*input_shape, 1)
        ndim = len(input_shape)
        if any(not -ndim <= axis < ndim for axis in self.axis):
            raise ValueError(
                f"All `axis` values must be in the range [-ndim, ndim). Found ndim: `{ndim}`, axis: {self.axis}"
            )
        self._keep = tuple(sorted(axis_in(axis, input_shape) for axis in self.axis))
        lengths = [input_shape[axis] for axis in self._keep]
        if None in lengths:
            raise ValueError(
                f"All `axis` values to be kept must have a known shape. Received axis={self.axis}, "
                f"inputs.shape={input_shape}, with unknown axis at index {self._keep[lengths.index(None)]}"
            )
        self._reduce = tuple(i for i in range(ndim) if i not in self._keep)
        self._along = tuple(n if i in self._keep else 1 for i, n in enumerate(input_shape))
        if self.input_mean is None:
            shape: Any = tuple(lengths)
            self.adapt_mean = self.add_weight(name="mean", shape=shape, initializer="zeros", trainable=False)
            self.adapt_variance = self.add_weight(name="variance", shape=shape, initializer="ones", trainable=False)
            # Holds nothing; Keras's files have it.
            self.count = self.add_weight(name="count", shape=(), dtype="int", initializer="zeros", trainable=False)
        else:
            self._given = (self._stretched(self.input_mean), self._stretched(self.input_variance))

    def _stretched(self, value: Any) -> Array:
        """A given statistic with the input's axes: its own are the last ones that are kept."""
        array = numbers("mean and variance", value).astype(self.dtype)
        lengths = [1] * len(self._along)
        for i in range(1, array.ndim + 1):
            if i <= len(self._keep):
                lengths[self._keep[-i]] = array.shape[-i]
        if math.prod(lengths) != array.size:
            raise ValueError(f"mean and variance must have the shape {self._along} or less; got {array.shape}")
        result: Array = np.broadcast_to(array.reshape(lengths), self._along)  # type: ignore[arg-type]
        return result

    @property
    def mean(self) -> Tensor | None:
        """The means, with the input's axes; None before the layer is built."""
        return None if not self.built else Tensor(self._statistics()[0])

    @property
    def variance(self) -> Tensor | None:
        """The variances, with the input's axes; None before the layer is built."""
        return None if not self.built else Tensor(self._statistics()[1])

    def _statistics(self) -> tuple[Array, Array]:
        if self.adapt_mean is None or self.adapt_variance is None:
            return self._given
        shape: Any = self._along
        return self.adapt_mean.array.reshape(shape), self.adapt_variance.array.reshape(shape)

    def mean_and_deviation(self) -> tuple[Array, Array]:
        """What is subtracted and what is divided by, with the input's axes."""
        mean, variance = self._statistics()
        return mean, np.maximum(np.sqrt(variance), np.asarray(LEAST_DEVIATION, self.dtype))

    def adapt(self, data: Any) -> None:
        """Take means and variances from data.

        Parameters
        ----------
        data : array, or iterable of batches
            A batch may be a tuple, of which the first entry counts.

        Raises
        ------
        ValueError
            If there is no batch, or one of another shape than the first; nothing has changed then.
        TypeError
            If it is none of these.
        """
        count, mean, square = 0, np.float64(0), np.float64(0)
        first: tuple[int, ...] | None = None
        for batch in _batches(data):
            if first is None:
                first = batch.shape
                if not self.built:
                    self.build((None, *first[1:]))
            if any(batch.shape[axis] != self._along[axis] for axis in self._keep if axis < batch.ndim):
                raise ValueError(
                    f"layer {self.name!r} was built for rows of shape {self._along[1:]}; adapt() got data with an "
                    f"incompatible shape: {batch.shape}"
                )
            x = (batch if batch.ndim > 1 else batch[:, None]).astype(np.float64)
            new = count + math.prod(x.shape[axis] for axis in self._reduce)
            delta = np.mean(x, axis=self._reduce) - mean
            # Squares about the mean of all so far. Source: Chan, Golub and LeVeque, 1979.
            square = square + np.var(x, axis=self._reduce) * (new - count) + delta**2 * (count * (new - count) / new)
            mean, count = mean + delta * ((new - count) / new), new
        if first is None:
            raise ValueError("adapt() received an empty iterable: it needs at least one batch")
        if self.adapt_mean is not None and self.adapt_variance is not None:
            self.adapt_mean.assign(mean)
            self.adapt_variance.assign(square / count)

    def call(self, inputs: Any) -> Tensor:
        """The output, of the input's shape."""
        mean, deviation = self.mean_and_deviation()
        x = self._in_dtype(inputs)
        result: Tensor = x * deviation + mean if self.invert else (x - mean) / deviation
        return result

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        return tuple(input_shape)

    def describe(self, chain: list[LayerSpec]) -> None:
        """Nothing to compute before the first dense layer: data can be brought to scale as they are read."""
        if chain:
            super().describe(chain)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        given = {"mean": self.input_mean, "variance": self.input_variance}
        return {
            **super().get_config(),
            "axis": self.axis,
            "invert": self.invert,
            **{name: None if value is None else numbers(name, value).tolist() for name, value in given.items()},
        }


def _batches(data: Any) -> Iterable[Array]:
    """The batches in data: the data itself, if it is an array."""
    if hasattr(data, "__array__"):
        return [numbers("data", data)]
    if hasattr(data, "__getitem__") and hasattr(data, "__len__"):
        return (_first_entry(data[i]) for i in range(len(data)))
    if not isinstance(data, Iterable):
        raise TypeError(
            f"Unsupported data type: {type(data)}. `adapt` supports arrays and iterables of batches (lists, …)"
        )
    return map(_first_entry, data)


def _first_entry(batch: Any) -> Array:
    batch = batch[0] if isinstance(batch, tuple) else batch
    if not hasattr(batch, "__array__"):
        raise TypeError(
            f"adapt() expects an iterable that yields arrays with a `.shape` attribute; got a {type(batch).__name__}"
        )
    return numbers("data", batch)
