"""Normalizations of each row by itself."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from dlcore.autodiff import Tensor, reduce_mean, reduce_sum, reshape, sqrt, square
from dlcore.backends.network import LayerSpec
from dlcore.layers.input_spec import InputSpec
from dlcore.layers.layer import Layer
from dlcore.layers.scale_and_shift import ScaleAndShift, in_shape
from dlcore.layers.shapes import Shape, axis_in
from dlcore.layers.standardize import standardize
from dlcore.variable import Variable

#: What UnitNormalization divides by at least.
LEAST_NORM = 1e-12

_Axis = int | Sequence[int]


def _listed(axis: Any) -> int | list[int]:
    if isinstance(axis, (list, tuple)):
        return list(axis)
    if isinstance(axis, int):
        return axis
    raise TypeError(f"Expected an int or a list/tuple of ints for the argument 'axis', but received: {axis!r}")


def _axes(axis: _Axis, shape: Sequence[int | None]) -> tuple[int, ...]:
    """The axes counted from the front, in order.

    Raises
    ------
    ValueError
        If one is named twice, or is none of the shape's.
    """
    axes = [axis_in(a, shape) for a in ([axis] if isinstance(axis, int) else axis)]
    if len(set(axes)) != len(axes):
        raise ValueError(f"Duplicate axes are not allowed. Received: axis={axis}")
    return tuple(sorted(axes))


def _lengths(layer: Layer, axes: Sequence[int], shape: Shape) -> tuple[int, ...]:
    """The lengths along the axes, which must be known."""
    found = tuple(n for a in axes if (n := shape[a]) is not None)
    if len(found) < len(axes):
        raise ValueError(f"layer {layer.name!r} needs inputs with known lengths on axes {axes}; got {shape}")
    return found


def _along(axes: Sequence[int], shape: Sequence[int]) -> tuple[int, ...]:
    """The shape, with 1 for all axes but these."""
    return tuple(n if i in axes else 1 for i, n in enumerate(shape))


class LayerNormalization(ScaleAndShift):
    """γ · (x - mean) / √(variance + epsilon) + β, with mean and variance of each row. Source: Ba et al., 2016.

    Parameters
    ----------
    axis : int or list of int
        What belongs to a row.
    epsilon : float
        Added to the variance.
    center, scale : bool
        Whether there is a β, a γ.
    beta_initializer, gamma_initializer, beta_regularizer, … : str or callable, optional
        Of β and γ.
    rms_scaling : bool
        Deprecated in Keras: do not subtract the mean, and add no β. :class:`RMSNormalization` is what was meant.
    **kwargs
        See :class:`Layer`.
    """

    def __init__(
        self,
        axis: _Axis = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        self.rms_scaling = bool(kwargs.pop("rms_scaling", False))
        if self.rms_scaling:
            warnings.warn(
                "You passed `rms_scaling=True`, which is deprecated: it scales by the variance about the mean, not by "
                "the root mean square. Use RMSNormalization",
                stacklevel=2,
            )
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer,
            beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        self.axis = _listed(axis)

    def build(self, input_shape: Shape) -> None:
        """Make γ and β."""
        axes = _axes(self.axis, input_shape)
        lengths = _lengths(self, axes, input_shape)
        if self.rms_scaling:
            self.gamma = self.add_weight(
                shape=lengths,
                initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                name="gamma",
            )
        else:
            self.add_scale_and_shift(lengths)
        self.axis = list(axes)
        self.input_spec = InputSpec(min_ndim=axes[-1] + 1, axes=dict(zip(axes, lengths, strict=True)))

    def unbuild(self) -> None:
        """Drop the weights."""
        super().unbuild()
        self.input_spec = None

    def call(self, inputs: Any) -> Tensor:
        """The output, of the input's shape."""
        x = self._in_dtype(inputs)
        axes = _axes(self.axis, x.shape)
        if self.rms_scaling:
            shifted = x - reduce_mean(x, axis=axes, keepdims=True)
            y = x / sqrt(reduce_mean(square(shifted), axis=axes, keepdims=True) + self.epsilon)
        elif axes == (x.ndim - 1,):
            return self.by_kernels(x, "layer")[0]
        else:
            y, _, _ = standardize(x, axes, self.epsilon)
        return self.scaled_and_shifted(y, _along(axes, x.shape))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        _axes(self.axis, input_shape)
        return tuple(input_shape)

    def describe(self, chain: list[LayerSpec]) -> None:
        """A normalization of each row."""
        if self.rms_scaling:
            raise NotImplementedError(f"layer {self.name!r} has rms_scaling=True")
        chain.append(self.described("layer", chain, [self.axis] if isinstance(self.axis, int) else self.axis))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "axis": self.axis, "rms_scaling": self.rms_scaling}


class RMSNormalization(Layer):
    """scale · x / √(mean of x² + epsilon). Source: Zhang and Sennrich, NeurIPS 2019.

    Parameters
    ----------
    axis : int or list of int
        What belongs to a row.
    epsilon : float
        Added to the mean square.
    **kwargs
        See :class:`Layer`.
    """

    scale: Variable

    def __init__(self, axis: _Axis = -1, epsilon: float = 1e-6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis, self.epsilon = _listed(axis), float(epsilon)

    def build(self, input_shape: Shape) -> None:
        """Make the scale."""
        axes = _axes(self.axis, input_shape)
        self.scale = self.add_weight(name="scale", shape=_lengths(self, axes, input_shape), initializer="ones")

    def call(self, x: Any) -> Tensor:
        """The output, of the input's shape."""
        x = self._in_dtype(x)
        axes = _axes(self.axis, x.shape)
        y, _, _ = standardize(x, axes, self.epsilon, center=False)
        return y * in_shape(self.scale, _along(axes, x.shape))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        _axes(self.axis, input_shape)
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "axis": self.axis, "epsilon": self.epsilon}


class UnitNormalization(Layer):
    """Each row divided by its Euclidean length.

    Parameters
    ----------
    axis : int or list of int
        What belongs to a row.
    **kwargs
        See :class:`Layer`.
    """

    def __init__(self, axis: _Axis = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axis, (int, list, tuple)):
            raise TypeError(f"Invalid value for `axis` argument: expected an int or a list/tuple of ints. Got {axis!r}")
        self.axis = _listed(axis)
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: Any) -> Tensor:
        """The output, of the input's shape."""
        x = self._in_dtype(inputs)
        squares = reduce_sum(square(x), axis=_axes(self.axis, x.shape), keepdims=True)
        # A row of zeros keeps its zeros, and has no gradient instead of NaN.
        short = squares.array < LEAST_NORM**2
        return x / (sqrt(squares + short) * ~short + LEAST_NORM * short.astype(x.dtype))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        _axes(self.axis, input_shape)
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "axis": self.axis}


class GroupNormalization(ScaleAndShift):
    """γ · (x - mean) / √(variance + epsilon) + β, with mean and variance of groups of features in each row.

    Source: Wu and He, ECCV 2018.

    Parameters
    ----------
    groups : int
        How many groups the features are cut into; -1: each feature is one.
    axis : int
        The axis of the features.
    epsilon, center, scale, beta_initializer, …
        As for :class:`LayerNormalization`.

    Raises
    ------
    ValueError
        If groups is none of these, or does not divide the features.
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        if not isinstance(groups, int) or (groups <= 0 and groups != -1):
            raise ValueError(
                "Received an invalid value for argument `groups`, expected a positive integer (or `-1`, a group for "
                f"each feature). Received: groups={groups}"
            )
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer,
            beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        self.groups, self.axis = groups, axis

    def build(self, input_shape: Shape) -> None:
        """Make γ and β."""
        axis = axis_in(self.axis, input_shape)
        (length,) = _lengths(self, (axis,), input_shape)
        groups = length if self.groups == -1 else self.groups
        if length < groups:
            raise ValueError(f"Number of groups ({groups}) cannot be more than the number of channels ({length}).")
        if length % groups:
            raise ValueError(f"Number of groups ({groups}) must be a multiple of the number of channels ({length}).")
        self.groups = groups
        self.add_scale_and_shift((length,))
        self.input_spec = InputSpec(ndim=len(input_shape), axes={axis: length})

    def call(self, inputs: Any) -> Tensor:
        """The output, of the input's shape."""
        x = self._in_dtype(inputs)
        axis = self.axis % x.ndim
        cut = (*x.shape[:axis], self.groups, x.shape[axis] // self.groups, *x.shape[axis + 1 :])
        y, _, _ = standardize(reshape(x, cut), tuple(i for i in range(1, len(cut)) if i != axis), self.epsilon)
        return self.scaled_and_shifted(reshape(y, x.shape), _along((axis,), x.shape))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        axis_in(self.axis, input_shape)
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "groups": self.groups, "axis": self.axis}
