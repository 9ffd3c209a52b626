"""Activations as layers of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from dlcore import activations, constraints, initializers, regularizers
from dlcore.autodiff import Tensor
from dlcore.autodiff.kept import kept
from dlcore.backends.network import LayerSpec
from dlcore.layers.dense import activation_kernel, awaits_dense
from dlcore.layers.input_spec import InputSpec
from dlcore.layers.layer import Layer
from dlcore.layers.shapes import Shape
from dlcore.variable import Variable

#: What stands for minus infinity where a mask hides a number.
HIDDEN = -1e9


class Activation(Layer):
    """An activation as a layer of its own.

    Parameters
    ----------
    activation : str or callable
        A name of :mod:`dlcore.activations`, or a function.
    **kwargs
        See :class:`Layer`.
    """

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation: Callable[..., Any] = activations.get(activation)
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: Any) -> Tensor:
        """The activation of the input."""
        result: Tensor = self.activation(inputs)
        return result

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        return tuple(input_shape)

    def describe(self, chain: list[LayerSpec]) -> None:
        """Becomes the activation of the dense layer before it."""
        kind, alpha = activation_kernel(self)
        if not chain or chain[-1].activation != "linear" or awaits_dense(chain):
            raise NotImplementedError(
                f"layer {self.name!r} does not come right after a Dense or a normalization without an activation"
            )
        chain[-1] = chain[-1]._replace(activation=kind, alpha=alpha)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "activation": activations.serialize(self.activation)}


class _Fixed(Activation):
    """Base class of the layers of one activation, whose arguments are the layer's attributes."""

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        assert isinstance(self.activation, partial)
        return {**Layer.get_config(self), **self.activation.keywords}

    def __getattr__(self, name: str) -> Any:
        keywords = getattr(self.__dict__.get("activation"), "keywords", {})
        if name not in keywords:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return keywords[name]


def _factor(what: str, name: str, value: Any) -> float:
    if value is None or value < 0:
        raise ValueError(f"{what} cannot be None or a negative value. Received: {name}={value}")
    return float(value)


class ReLU(_Fixed):
    """Rectified linear unit; see :func:`dlcore.activations.relu`.

    Parameters
    ----------
    max_value : float, optional
        Where to cut off above.
    negative_slope : float
        Slope below the threshold.
    threshold : float
        Where it begins.

    Raises
    ------
    ValueError
        If one of them is negative.
    """

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs: Any
    ) -> None:
        if max_value is not None and max_value < 0:
            raise ValueError(f"max_value of a ReLU layer cannot be a negative value. Received: max_value={max_value}")
        slope = _factor("negative_slope of a ReLU layer", "negative_slope", negative_slope)
        edge = _factor("threshold of a ReLU layer", "threshold", threshold)
        super().__init__(partial(activations.relu, max_value=max_value, negative_slope=slope, threshold=edge), **kwargs)


class LeakyReLU(_Fixed):
    """The input where positive, ``negative_slope`` times it elsewhere."""

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        slope = kwargs.pop("alpha", negative_slope)
        slope = _factor("The negative_slope value of a Leaky ReLU layer", "negative_slope", slope)
        super().__init__(partial(activations.leaky_relu, negative_slope=slope), **kwargs)


class ELU(_Fixed):
    """The input where positive, ``alpha`` · (e^x - 1) elsewhere."""

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(partial(activations.elu, alpha=float(alpha)), **kwargs)


class Softmax(_Fixed):
    """Probabilities along an axis, or over several axes together.

    Parameters
    ----------
    axis : int or list of int
        Default: the last.
    """

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(partial(activations.softmax, axis=axis), **kwargs)

    def call(self, inputs: Any, mask: Any = None) -> Tensor:
        """The probabilities; 0 where ``mask``, which is stretched to the input's shape, is not true.

        Raises
        ------
        ValueError
            If the mask cannot be stretched.
        """
        x = self._in_dtype(inputs)
        if mask is None:
            return super().call(x)
        shown = np.asarray(mask)
        shown = shown if shown.dtype == bool else shown > 0.5
        lengths = zip(shown.shape[::-1], x.shape[::-1], strict=False)
        if shown.ndim > x.ndim or any(m not in (1, n) for m, n in lengths):
            raise ValueError(
                "The `mask` must be broadcastable to `inputs` and must not have more dimensions. Received: "
                f"inputs.shape={x.shape}, mask.shape={shown.shape}"
            )
        hidden = np.where(shown, 0, HIDDEN).astype(x.dtype)
        return kept(super().call(kept(x, shown) + hidden), shown)


class PReLU(Layer):
    """The input where positive, a learned slope times it elsewhere: one slope for each place in a row.

    Parameters
    ----------
    alpha_initializer, alpha_regularizer, alpha_constraint : str or callable, optional
        Of the slopes.
    shared_axes : list of int, optional
        Axes along which all places share one slope.
    **kwargs
        See :class:`Layer`.
    """

    alpha: Variable

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes and list(shared_axes)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Make the slopes."""
        shared = self.shared_axes or ()
        self.alpha = self.add_weight(
            shape=[1 if i in shared else n for i, n in enumerate(input_shape) if i > 0],  # type: ignore[misc]
            initializer=self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
            name="alpha",
        )
        kept_axes = {i: n for i, n in enumerate(input_shape) if i > 0 and i not in shared}
        self.input_spec = InputSpec(ndim=len(input_shape), axes=kept_axes)

    def call(self, inputs: Any) -> Tensor:
        """The output, of the input's shape."""
        x = self._in_dtype(inputs)
        return activations.relu(x) - self.alpha * activations.relu(-x)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "alpha_initializer": initializers.serialize(self.alpha_initializer),
            "alpha_regularizer": regularizers.serialize(self.alpha_regularizer),
            "alpha_constraint": constraints.serialize(self.alpha_constraint),
            "shared_axes": self.shared_axes,
        }
