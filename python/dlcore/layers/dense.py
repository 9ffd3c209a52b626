"""Dense: the affine map that most of a network consists of."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from dlcore import activations, constraints, initializers, regularizers
from dlcore.autodiff import Tensor, dense, reshape
from dlcore.backends.network import DenseSpec, LayerSpec
from dlcore.layers.input_spec import InputSpec
from dlcore.layers.layer import Layer, Shape
from dlcore.variable import Variable


class Dense(Layer):
    """activation(x · kernel + bias), over the last axis of x.

    Parameters
    ----------
    units : int
        Length of the output's last axis.
    activation : str or callable, optional
        Default: none.
    use_bias : bool
        Whether there is a bias.
    kernel_initializer, bias_initializer : str or callable
        First values of the weights (inputs, units) and the bias (units,).
    kernel_regularizer, bias_regularizer, activity_regularizer : str or callable, optional
        Penalties on weights, bias and output.
    kernel_constraint, bias_constraint : str or callable, optional
        What weights and bias are brought back to after each step.
    lora_rank, lora_alpha, quantization_config
        Keras's arguments; only None is supported.
    **kwargs
        See :class:`Layer`.

    Raises
    ------
    ValueError
        If units is no positive integer, or a name is unknown.
    """

    kernel: Variable
    bias: Variable | None = None

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        if isinstance(units, bool) or not hasattr(units, "__index__") or units <= 0:
            raise ValueError(f"units must be a positive integer; got {units!r}")
        refuse_lora(lora_rank, lora_alpha, quantization_config)
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = int(units)
        self.activation: Callable[..., Any] | None = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Make kernel and bias."""
        inputs = input_shape[-1]
        if inputs is None:
            raise ValueError(f"layer {self.name!r} needs inputs whose last axis has a known length; got {input_shape}")
        self.kernel = self.add_weight(
            shape=(inputs, self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(self.units,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: inputs})

    def unbuild(self) -> None:
        """Drop the weights."""
        super().unbuild()
        self.input_spec = InputSpec(min_ndim=2)

    def call(self, inputs: Any, training: bool | None = None) -> Tensor:  # noqa: ARG002 - Keras's argument
        """The output (…, units) for inputs (…, columns)."""
        x = self._in_dtype(inputs)
        rows = reshape(x, (math.prod(x.shape[:-1]), x.shape[-1])) if x.ndim > 2 else x
        y = dense(rows, self.kernel, self.bias)
        y = y if self.activation is None else self.activation(y)
        return reshape(y, (*x.shape[:-1], self.units)) if x.ndim > 2 else y

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape with ``units`` as its last length."""
        return (*input_shape[:-1], self.units)

    def describe(self, chain: list[LayerSpec]) -> None:
        """One more dense layer."""
        if self._build_input_shape is not None and len(self._build_input_shape) != 2:
            raise NotImplementedError(
                f"the inputs of layer {self.name!r} have {len(self._build_input_shape)} axes, not 2"
            )
        kind, alpha = activation_kernel(self)
        dropout = chain.pop().dropout if awaits_dense(chain) else 0.0
        chain.append(DenseSpec(self.units, kind, alpha, self.use_bias, dropout))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),  # type: ignore[arg-type]  # None gives None
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }


def refuse_lora(lora_rank: Any, lora_alpha: Any, quantization_config: Any) -> None:
    """Say that Keras's means to shrink large layers are not supported, if one is asked for."""
    names = {"lora_rank": lora_rank, "lora_alpha": lora_alpha, "quantization_config": quantization_config}
    for name, value in names.items():
        if value is not None:
            raise ValueError(f"{name} is not supported; it must be None. Received: {name}={value!r}")


def awaits_dense(chain: Sequence[LayerSpec]) -> bool:
    """Whether the end of a chain says what a dense layer still to come drops of its inputs."""
    return bool(chain) and isinstance(chain[-1], DenseSpec) and not chain[-1].units


def activation_kernel(layer: Any) -> tuple[str, float]:
    """The kernel of a layer's ``activation``, and its parameter.

    Raises
    ------
    NotImplementedError
        If there is none.
    """
    found = activations.kernel_of(activations.linear if layer.activation is None else layer.activation)
    if found is None:
        name = getattr(layer.activation, "__name__", repr(layer.activation))
        raise NotImplementedError(f"the activation {name} of layer {layer.name!r} has no kernel")
    return found
