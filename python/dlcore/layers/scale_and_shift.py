"""The learned factors and offsets that follow a normalization."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from dlcore import constraints, initializers, regularizers
from dlcore.autodiff import Tensor, reshape
from dlcore.backends.network import LayerSpec, NormalizationSpec
from dlcore.floats import Array
from dlcore.layers.dense import awaits_dense
from dlcore.layers.layer import Layer
from dlcore.layers.normalize import normalize
from dlcore.variable import Variable


class ScaleAndShift(Layer):
    """Base class of the normalizations that end in γ · y + β.

    Parameters
    ----------
    epsilon : float
        Added to the variance.
    center, scale : bool
        Whether there is an offset β, a factor γ.
    beta_initializer, gamma_initializer, beta_regularizer, … : str or callable, optional
        Of these.
    **kwargs
        See :class:`Layer`.
    """

    gamma: Variable | None = None
    beta: Variable | None = None

    def __init__(
        self,
        epsilon: float,
        center: bool,
        scale: bool,
        beta_initializer: Any,
        gamma_initializer: Any,
        beta_regularizer: Any,
        gamma_regularizer: Any,
        beta_constraint: Any,
        gamma_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.epsilon, self.center, self.scale = float(epsilon), bool(center), bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.supports_masking = True

    def add_scale_and_shift(self, shape: tuple[int, ...]) -> None:
        """Make γ and β, where there are any."""
        if self.scale:
            self.gamma = self.add_weight(
                shape=shape,
                initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                name="gamma",
            )
        if self.center:
            self.beta = self.add_weight(
                shape=shape,
                initializer=self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                name="beta",
            )

    def scaled_and_shifted(self, y: Tensor, shape: tuple[int, ...]) -> Tensor:
        """The tensor γ · y + β, with both in the given shape."""
        if self.gamma is not None:
            y = y * in_shape(self.gamma, shape)
        return y if self.beta is None else y + in_shape(self.beta, shape)

    def by_kernels(self, x: Tensor, kind: str) -> tuple[Tensor, Array, Array]:
        """The output where the last axis has the features, and mean and variance of the columns or the rows."""
        rows = reshape(x, (math.prod(x.shape[:-1]), x.shape[-1])) if x.ndim != 2 else x
        y, mean, variance = normalize(rows, kind, self.gamma, self.beta, self.epsilon)
        return reshape(y, x.shape) if x.ndim != 2 else y, mean, variance

    def described(self, kind: str, chain: Sequence[LayerSpec], axes: Sequence[int], momentum: float = 0.0) -> LayerSpec:
        """What the layer is to an engine, which normalizes the columns or the rows of a matrix.

        Raises
        ------
        NotImplementedError
            If the inputs are no matrices, it is not their last axis, or a Dropout comes right before.
        """
        ndim = 2 if self._build_input_shape is None else len(self._build_input_shape)
        if ndim != 2:
            raise NotImplementedError(f"the inputs of layer {self.name!r} have {ndim} axes, not 2")
        if any(axis not in (-1, 1) for axis in axes):
            raise NotImplementedError(f"layer {self.name!r} normalizes another axis than the last")
        if awaits_dense(chain):
            raise NotImplementedError(f"layer {self.name!r} comes right after a Dropout")
        return NormalizationSpec(kind, chain[-1].units if chain else 0, self.epsilon, momentum)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_constraint": constraints.serialize(self.beta_constraint),
            "gamma_constraint": constraints.serialize(self.gamma_constraint),
        }


def in_shape(weight: Variable | Tensor, shape: tuple[int, ...]) -> Variable | Tensor:
    """The weight in another shape; as it is, if NumPy's rules stretch it the same way."""
    return weight if shape[-len(weight.shape) :] == weight.shape else reshape(weight, shape)
