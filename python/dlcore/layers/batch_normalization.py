"""BatchNormalization: by the statistics of the batch in training, by those of all batches before in use."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore import initializers
from dlcore.autodiff import Tensor, reduce_sum, sqrt, square
from dlcore.autodiff.kept import kept
from dlcore.backends.network import LayerSpec
from dlcore.floats import Array
from dlcore.layers.input_spec import InputSpec
from dlcore.layers.scale_and_shift import ScaleAndShift, in_shape
from dlcore.layers.shapes import Shape, axis_in
from dlcore.layers.standardize import standardize
from dlcore.variable import Variable

#: Added to the number of rows that a mask leaves.
FEW = 1e-7


class BatchNormalization(ScaleAndShift):
    """γ · (x - mean) / √(variance + epsilon) + β, with a mean and variance for each place on an axis.

    In training they are the batch's, and the moving ones follow: moving · momentum + batch's · (1 - momentum).
    Otherwise, and always with ``trainable = False``, they are the moving ones. Source: Ioffe and Szegedy, ICML 2015.

    Parameters
    ----------
    axis : int
        The axis of the features.
    momentum : float
        See above.
    epsilon : float
        Added to the variance.
    center, scale : bool
        Whether there is a β, a γ.
    beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer : str or callable
        First values.
    beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint : str or callable, optional
        Of β and γ.
    renorm, renorm_clipping, renorm_momentum, synchronized
        Keras's arguments; neither renormalization nor several devices are supported.
    **kwargs
        See :class:`Layer`.
    """

    moving_mean: Variable
    moving_variance: Variable

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: Any = None,
        renorm_momentum: float = 0.99,  # noqa: ARG002 - has no meaning without renorm
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        if renorm or renorm_clipping is not None or synchronized:
            raise ValueError("Arguments renorm=True, renorm_clipping and synchronized=True are not supported")
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer,
            beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        self.axis, self.momentum = int(axis), float(momentum)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)

    def build(self, input_shape: Shape) -> None:
        """Make γ, β and the moving statistics."""
        axis = axis_in(self.axis, input_shape)
        length = input_shape[axis]
        if length is None:
            raise ValueError(f"layer {self.name!r} needs inputs with a known length on axis {axis}; got {input_shape}")
        self.add_scale_and_shift((length,))
        for name, initializer in (
            ("moving_mean", self.moving_mean_initializer),
            ("moving_variance", self.moving_variance_initializer),
        ):
            weight = self.add_weight(shape=(length,), initializer=initializer, trainable=False, name=name)
            setattr(self, name, weight)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={axis: length})

    def unbuild(self) -> None:
        """Drop the weights."""
        super().unbuild()
        self.input_spec = None

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Tensor:
        """The output, of the input's shape.

        Parameters
        ----------
        inputs : array of any shape
        training : bool
            Whether to take the batch's own statistics, and to follow them.
        mask : array of bool, one axis less than the inputs, optional
            In training, what counts for the statistics.

        Raises
        ------
        ValueError
            If the mask has another number of axes.
        """
        x = self._in_dtype(inputs)
        shown = None if mask is None else np.asarray(mask)
        if shown is not None and shown.ndim != x.ndim - 1:
            raise ValueError(
                f"The mask provided should be one dimension less than the inputs. Received: mask.shape={shown.shape}, "
                f"inputs.shape={x.shape}"
            )
        axis = self.axis % x.ndim
        axes = tuple(i for i in range(x.ndim) if i != axis)
        along = tuple(n if i == axis else 1 for i, n in enumerate(x.shape))
        if not (training and self.trainable):
            return self._by_moving_statistics(x, along)
        if shown is None and axis == x.ndim - 1:
            y, mean, variance = self.by_kernels(x, "batch")
        else:
            if shown is None:
                y, mean, variance = standardize(x, axes, self.epsilon)
            else:
                y, mean, variance = _masked(x, shown.astype(bool)[..., None], axes, self.epsilon)
            y = self.scaled_and_shifted(y, along)
        self._follow(self.moving_mean, mean)
        self._follow(self.moving_variance, variance)
        return y

    def describe(self, chain: list[LayerSpec]) -> None:
        """A normalization of the columns of each batch."""
        chain.append(self.described("batch", chain, (self.axis,), self.momentum))

    def factor_and_offset(self, dtype: np.dtype[Any]) -> tuple[Tensor, Tensor]:
        """What the input is multiplied by in use, and what is added then: one each for each place on the axis."""
        deviation = np.sqrt(self.moving_variance.array + dtype.type(self.epsilon))
        inverse, mean = 1 / deviation, self.moving_mean.array
        factor = Tensor(inverse) if self.gamma is None else self.gamma * inverse
        offset = factor * -mean
        return factor, offset if self.beta is None else offset + self.beta

    def _by_moving_statistics(self, x: Tensor, along: tuple[int, ...]) -> Tensor:
        """As Keras orders it: x · factor + offset."""
        factor, offset = self.factor_and_offset(x.dtype)
        return x * in_shape(factor, along) + in_shape(offset, along)

    def _follow(self, moving: Variable, batch: Array) -> None:
        array = moving.array
        array *= self.momentum
        array += batch.reshape(array.shape) * array.dtype.type(1 - self.momentum)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "axis": self.axis,
            "momentum": self.momentum,
            "moving_mean_initializer": initializers.serialize(self.moving_mean_initializer),
            "moving_variance_initializer": initializers.serialize(self.moving_variance_initializer),
            "synchronized": False,
        }


def _masked(x: Tensor, shown: Array, axes: tuple[int, ...], epsilon: float) -> tuple[Tensor, Array, Array]:
    """As :func:`standardize`, with the statistics of what the mask shows."""
    count = np.sum(np.broadcast_to(shown, x.shape), axis=axes, keepdims=True) + x.dtype.type(FEW)
    count = count.astype(x.dtype)
    mean = reduce_sum(kept(x, shown), axis=axes, keepdims=True) / count
    shifted = x - mean
    variance = reduce_sum(square(kept(shifted, shown)), axis=axes, keepdims=True) / count
    return shifted / sqrt(variance + epsilon), mean.array, variance.array
