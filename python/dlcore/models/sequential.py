"""Sequential: layers one after the other."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from typing import Any

from dlcore import layers as layers_module
from dlcore.autodiff import Tensor
from dlcore.checks import several
from dlcore.layers import InputLayer, Layer
from dlcore.layers.layer import Shape, batch_shape
from dlcore.models.model import Model
from dlcore.models.outline import Outline, outline


class Sequential(Model):
    """A stack of layers, trained with compile and fit.

    >>> model = Sequential([Input((784,)), Dense(128, activation="relu"), Dense(10, activation="softmax")])
    >>> model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    >>> history = model.fit(x, y, batch_size=32, epochs=10)

    Weights are made as soon as the shape of a row is known: from an :class:`~dlcore.layers.Input`, from
    ``input_shape`` of the first layer, or from the first data.

    Parameters
    ----------
    layers : sequence of Layer, optional
        More can be added with :meth:`add`.
    name : str, optional
        Default: ``sequential``, ``sequential_1``, …
    """

    def __init__(self, layers: Iterable[Layer] | None = None, trainable: bool = True, name: str | None = None) -> None:
        super().__init__(trainable=trainable, name=name)
        self.autocast = False  # each layer brings its input to its own dtype
        self._layers: list[Layer] = []
        for layer in several("layers", layers or (), "a list of layers"):
            self.add(layer)

    # --- Layers ---

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the input. Changed by :meth:`add` and :meth:`pop` only."""
        return [layer for layer in self._layers if not isinstance(layer, InputLayer)]

    @layers.setter
    def layers(self, _: Any) -> None:
        raise AttributeError("layers cannot be set. Use `add()` and `pop()` to change the layers of a model")

    def add(self, layer: Layer) -> None:
        """Put one more layer on top.

        Raises
        ------
        ValueError
            If it is no Layer, its name is taken, or an Input comes after other layers.
        """
        if not isinstance(layer, Layer):
            raise ValueError(
                f"Only instances of Layer can be added to a Sequential; got {type(layer).__name__}: {layer!r}"
            )
        if isinstance(layer, InputLayer) and self._layers:
            raise ValueError("the model's input has already been configured: Input must be the first entry")
        if any(layer is known for known in self._layers):
            raise ValueError(f"layer {layer.name!r} is in the model already; layers should have unique names")
        if any(layer.name == known.name for known in self._layers):
            raise ValueError(f"layers should have unique names; there is a layer {layer.name!r} already")
        self._layers.append(layer)
        try:
            self._build_where_known()
        except BaseException:
            self._layers.pop()
            raise
        self._forget_plan()

    def pop(self) -> Layer:
        """Take the top layer off and return it."""
        if not self.layers:
            raise ValueError("there is no layer to take off")
        layer = self._layers.pop()
        self._build_where_known()
        self._forget_plan()
        return layer

    # --- Shapes ---

    @property
    def input_shape(self) -> Shape:
        """The shape of the input, its first length None.

        Raises
        ------
        AttributeError
            If it is not known yet.
        """
        return self._known(self._first_shape(), "input")

    @property
    def output_shape(self) -> Shape:
        """The shape of the output, its first length None; AttributeError if it is not known yet."""
        return self._known(self._shapes()[-1] if self.layers else None, "output")

    def _known(self, shape: Shape | None, what: str) -> Shape:
        if shape is None:
            raise AttributeError(f"the {what} shape of model {self.name!r} is not known until it is built")
        return shape

    def _first_shape(self) -> Shape | None:
        """What the first layer was told; a Sequential knows it from its own first layer."""
        if not self._layers:
            return None
        first = self._layers[0]
        known = first.batch_input_shape
        return first._first_shape() if known is None and isinstance(first, Sequential) else known

    def _shapes(self) -> list[Shape | None]:
        """The shape of each layer's output, None where it is not known."""
        shape, shapes = self._first_shape(), []
        for layer in self.layers:
            shape = None if shape is None else layer.compute_output_shape(shape)
            shapes.append(shape)
        return shapes

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> Shape:
        """The shape of the output for inputs of that shape."""
        shape = tuple(input_shape)
        for layer in self.layers:
            shape = layer.compute_output_shape(shape)
        return shape

    # --- Building and calling ---

    def build(self, input_shape: Sequence[int | None] | None = None) -> None:
        """Make the weights for inputs of a shape; its first length, the rows, is open.

        Raises
        ------
        ValueError, TypeError
            If it is no shape, not the one known already, or one that a layer does not take. Nothing is built then.
        """
        if input_shape is None or not self._layers:
            self._build_where_known()
            return
        first, known = self._layers[0], self._first_shape()
        given = batch_shape(several("input_shape", input_shape, "a tuple, such as (None, columns)")[1:])
        if known is not None and known[1:] != given[1:]:
            raise ValueError(f"the model has already been configured for inputs of shape {known}; got {given}")
        first.batch_input_shape = given
        try:
            self._build_where_known()
        except BaseException:
            first.batch_input_shape = known
            raise

    def _build_where_known(self) -> None:
        """Build all layers, or none if one cannot be built."""
        shape = self._first_shape()
        fresh = [layer for layer in self._layers if not layer.built]
        try:
            for layer in self._layers:
                if shape is None:
                    break
                _check_arguments(layer)
                layer.build_once(shape)
                shape = layer.compute_output_shape(shape)
        except BaseException:
            for layer in fresh:
                layer.unbuild()
            raise
        finally:
            self.built = bool(self.layers) and all(layer.built for layer in self._layers)

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Tensor:
        """The output for a batch, by differentiable operations that a GradientTape follows."""
        if not self.layers:
            raise ValueError(f"Sequential model {self.name!r} cannot be called: it has no layers yet")
        for layer in self._layers:
            outputs = layer(inputs, training=training, mask=mask)
            mask = layer.compute_mask(inputs, mask)
            inputs = outputs
        result: Tensor = inputs
        return result

    def _outline(self) -> Outline:
        if not self.layers:
            raise ValueError("the model has no layers yet: add one")
        if type(self).call is not Sequential.call:
            return super()._outline()
        return outline(self._layers)

    # --- Configuration ---

    def get_config(self) -> dict[str, Any]:
        """The name and the configs of the layers."""
        return {"name": self.name, "layers": [layers_module.serialize(layer) for layer in self._layers]}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Sequential:
        """A model of the same layers with fresh weights."""
        return cls([layers_module.deserialize(layer) for layer in config["layers"]], name=config.get("name"))

    def __repr__(self) -> str:
        return f"<Sequential name={self.name}, built={self.built}, layers={[layer.name for layer in self.layers]}>"


def _check_arguments(layer: Layer) -> None:
    """A Sequential hands each layer one thing; whatever else ``call`` names must have a default."""
    parameters = list(inspect.signature(layer.call).parameters.values())
    needed = [p.name for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
    if len(needed) > 1:
        raise ValueError(
            "Layers added to a Sequential can only have a single positional argument, the input; "
            f"{type(layer).__name__}.call needs {', '.join(needed)}"
        )
