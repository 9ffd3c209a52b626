"""Input, Dense and Activation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dlcore import activations, initializers
from dlcore.autodiff import Tensor, dense
from dlcore.autodiff.tracer import as_tensors
from dlcore.backends.contract import DenseSpec
from dlcore.layers.layer import Layer, Shape
from dlcore.variable import Variable


class InputLayer(Layer):
    """Says what shape a row of the input has.

    Parameters
    ----------
    shape : tuple of int
        Of one row, without the batch.
    dtype, name : optional
        See :class:`Layer`.
    """

    def __init__(self, shape: Sequence[int], dtype: Any = None, name: str | None = None) -> None:
        super().__init__(dtype=dtype, name=name, input_shape=shape)
        self.built = True

    def call(self, inputs: Any) -> Tensor:
        """The input as it is."""
        return as_tensors(inputs)[0]

    def describe(self, chain: list[DenseSpec]) -> None:
        """Nothing to compute."""

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        assert self.batch_input_shape is not None
        return {"shape": self.batch_input_shape[1:], "dtype": self.dtype, "name": self.name}


def Input(shape: Sequence[int], dtype: Any = None, name: str | None = None) -> InputLayer:  # noqa: N802 - Keras's name
    """The first entry of a Sequential: the shape of one row, for example ``(784,)``."""
    return InputLayer(shape, dtype, name or None)


class Dense(Layer):
    """activation(x · kernel + bias).

    Parameters
    ----------
    units : int
        Columns of the output.
    activation : str or callable, optional
        Default: none.
    use_bias : bool
        Whether there is a bias.
    kernel_initializer, bias_initializer : str or callable
        First values of the weights (inputs, units) and the bias (units,).
    trainable, dtype, name, input_shape : optional
        See :class:`Layer`.

    Raises
    ------
    ValueError
        If units is not a whole number above 0, or a name is unknown.
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
        *,
        trainable: bool = True,
        dtype: Any = None,
        name: str | None = None,
        input_shape: Sequence[int] | None = None,
        input_dim: int | None = None,
    ) -> None:
        if isinstance(units, bool) or not (isinstance(units, int) or hasattr(units, "__index__")) or units <= 0:
            raise ValueError(f"units must be a whole number above 0; got {units!r}")
        shape = (input_dim,) if input_dim is not None else input_shape
        super().__init__(trainable=trainable, dtype=dtype, name=name, input_shape=shape)
        self.units = int(units)
        self.activation: Callable[..., Any] = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)

    def build(self, input_shape: Shape) -> None:
        """Make kernel and bias."""
        inputs = input_shape[-1] if len(input_shape) == 2 else None
        if inputs is None:
            raise ValueError(f"layer {self.name!r} takes inputs of shape (rows, columns); got {_written(input_shape)}")
        self.kernel = self.add_weight((inputs, self.units), self.kernel_initializer, name="kernel")
        if self.use_bias:
            self.bias = self.add_weight((self.units,), self.bias_initializer, name="bias")

    def accept(self, input_shape: Shape) -> None:
        """The kernel wants as many columns as it has rows."""
        if len(input_shape) != 2 or input_shape[1] != self.kernel.shape[0]:
            raise ValueError(
                f"layer {self.name!r} takes inputs of shape (rows, {self.kernel.shape[0]}); got {_written(input_shape)}"
            )

    def call(self, inputs: Any) -> Tensor:
        """The output (rows, units) for inputs (rows, columns)."""
        result: Tensor = self.activation(dense(inputs, self.kernel, self.bias))
        return result

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape with ``units`` as its last length."""
        return (*input_shape[:-1], self.units)

    def describe(self, chain: list[DenseSpec]) -> None:
        """One more dense layer."""
        kind, alpha = _kernel(self.activation, self.name)
        chain.append(DenseSpec(self.units, kind, alpha, self.use_bias))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
        }


class Activation(Layer):
    """An activation as a layer of its own.

    Parameters
    ----------
    activation : str or callable
        A name of :mod:`dlcore.activations`, or a function.
    dtype, name, input_shape : optional
        See :class:`Layer`.
    """

    def __init__(
        self,
        activation: Any,
        *,
        dtype: Any = None,
        name: str | None = None,
        input_shape: Sequence[int] | None = None,
    ) -> None:
        super().__init__(dtype=dtype, name=name, input_shape=input_shape)
        self.activation: Callable[..., Any] = activations.get(activation)

    def call(self, inputs: Any) -> Tensor:
        """The activation of the input."""
        result: Tensor = self.activation(inputs)
        return result

    def describe(self, chain: list[DenseSpec]) -> None:
        """Becomes the activation of the dense layer before it."""
        kind, alpha = _kernel(self.activation, self.name)
        if not chain or chain[-1].activation != "linear":
            raise NotImplementedError(
                f"fit, evaluate and predict take an Activation right after a Dense without one; {self.name!r} is not"
            )
        chain[-1] = chain[-1]._replace(activation=kind, alpha=alpha)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"name": self.name, "dtype": self.dtype, "activation": activations.serialize(self.activation)}


def _kernel(activation: Callable[..., Any], layer: str) -> tuple[str, float]:
    found = activations.kernel_of(activation)
    if found is None:
        raise NotImplementedError(
            f"fit, evaluate and predict know the activations of dlcore.activations; layer {layer!r} has "
            f"{activation!r}. Call the model on data and train with GradientTape instead"
        )
    return found


def _written(shape: Shape) -> str:
    return "(" + ", ".join("rows" if n is None else str(n) for n in shape) + ("," if len(shape) == 1 else "") + ")"
