"""What a layer is: weights, and a function of them and the input."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import initializers
from dlcore.autodiff import Tensor, cast
from dlcore.autodiff.tracer import as_tensors
from dlcore.backends.contract import DenseSpec
from dlcore.checks import several
from dlcore.floats import Array, float_dtype, numbers
from dlcore.naming import auto_name
from dlcore.variable import Variable

#: A shape whose first length, the rows of the batch, is open.
Shape = tuple[int | None, ...]


class Layer:
    """Base class of the layers.

    Subclasses define ``call(inputs)``, and ``build(input_shape)`` if they have weights (made with
    :meth:`add_weight`).

    Parameters
    ----------
    trainable : bool
        Whether training changes the weights.
    dtype : optional
        Of weights and computation; default ``floatx()``.
    name : str, optional
        Default: the class's name in snake case, numbered.
    input_shape : tuple of int, optional
        The shape of one row, for the first layer of a model.
    """

    def __init__(
        self,
        *,
        trainable: bool = True,
        dtype: Any = None,
        name: str | None = None,
        input_shape: Sequence[int] | None = None,
    ) -> None:
        self.trainable = trainable
        self.dtype = float_dtype(dtype).name
        self.name = name or auto_name(type(self).__name__)
        self.batch_input_shape: Shape | None = None if input_shape is None else batch_shape(input_shape)
        self.built = False
        self._weights: list[Variable] = []
        self._unbuilt = 0

    # --- What subclasses define ---

    def build(self, input_shape: Shape) -> None:
        """Make the weights for inputs of this shape (its first length None)."""

    def accept(self, input_shape: Shape) -> None:
        """Look at a shape that comes after the layer was built.

        Raises
        ------
        ValueError
            If the layer, built as it is, does not take inputs of this shape.
        """

    def call(self, inputs: Any) -> Tensor:
        """The output, by differentiable operations."""
        raise NotImplementedError(f"{type(self).__name__} must define call(inputs)")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the output for inputs of that shape."""
        return input_shape

    def describe(self, chain: list[DenseSpec]) -> None:
        """Say what the layer is to an engine: append to the chain, or change its end.

        Raises
        ------
        NotImplementedError
            If an engine cannot run the layer.
        """
        raise NotImplementedError(
            f"fit, evaluate and predict run Dense and Activation layers; layer {self.name!r} is a "
            f"{type(self).__name__}. Call the model on data and train with GradientTape instead"
        )

    # --- What they get ---

    def __call__(self, inputs: Any) -> Tensor:
        """Build at the first call, then compute, in the layer's dtype."""
        (x,) = as_tensors(inputs, name="inputs")
        self.build_once((None, *x.shape[1:]))
        return self.call(x if x.dtype == self.dtype else cast(x, self.dtype))

    def build_once(self, input_shape: Shape) -> None:
        """Build, or if that was done before, see whether the shape is one the layer takes."""
        if self.built:
            self.accept(input_shape)
            return
        self._unbuilt = len(self._weights)
        try:
            self.build(input_shape)
        except BaseException:
            self.unbuild()
            raise
        self.built = True

    def unbuild(self) -> None:
        """Drop the weights that ``build`` made."""
        del self._weights[self._unbuilt :]
        self.built = False

    def add_weight(
        self,
        shape: Sequence[int] = (),
        initializer: Any = "glorot_uniform",
        dtype: Any = None,
        trainable: bool = True,
        name: str | None = None,
    ) -> Variable:
        """Make a weight that belongs to the layer."""
        weight = Variable(initializers.get(initializer), shape, dtype or self.dtype, trainable, name)
        self._weights.append(weight)
        return weight

    @property
    def weights(self) -> list[Variable]:
        """All weights, in the order they were added."""
        return list(self._weights)

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes."""
        return [weight for weight in self._weights if weight.trainable] if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training leaves alone."""
        return [weight for weight in self._weights if not (weight.trainable and self.trainable)]

    variables = weights
    trainable_variables = trainable_weights

    def get_weights(self) -> list[Array]:
        """Copies of the weights."""
        return [weight.array.copy() for weight in self._weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Assign all weights; see :func:`assign_all`."""
        assign_all(self.weights, weights, f"layer {self.name!r}")

    def count_params(self) -> int:
        """How many numbers the weights hold."""
        return sum(math.prod(weight.shape) for weight in self._weights)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"name": self.name, "trainable": self.trainable, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layer:
        """The layer that ``get_config`` described, without its weights."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def assign_all(variables: Sequence[Variable], values: Sequence[Any], owner: str) -> None:
    """Assign arrays to variables, all or none.

    Raises
    ------
    ValueError
        If there are more or fewer arrays than variables, or a shape does not match.
    """
    arrays = [numbers(f"weights[{i}]", value) for i, value in enumerate(several("weights", values, "a list of arrays"))]
    if len(arrays) != len(variables):
        raise ValueError(f"{owner} has {len(variables)} weights; weights holds {len(arrays)} arrays")
    for i, (variable, array) in enumerate(zip(variables, arrays, strict=True)):
        if array.shape != variable.shape:
            raise ValueError(
                f"weights[{i}] must have the shape {variable.shape} of {variable.name!r} in {owner}; got {array.shape}"
            )
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def batch_shape(row: Sequence[int]) -> Shape:
    """The shape (None, …) of a batch whose rows have this shape.

    Raises
    ------
    ValueError
        If a length is not a whole number above 0.
    """
    lengths = (int(row),) if isinstance(row, (int, np.integer)) else tuple(row)
    if not all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n > 0 for n in lengths):
        raise ValueError(f"a shape is a tuple of whole numbers above 0; got {row!r}")
    return (None, *(int(n) for n in lengths))
