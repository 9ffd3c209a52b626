"""Model: a layer that can be compiled and trained; subclasses say what it computes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dlcore.layers import Layer
from dlcore.layers.layer import Shape
from dlcore.layers.shapes import is_shape
from dlcore.models.explaining import Explainable
from dlcore.models.outline import Outline
from dlcore.models.persistence import Persistent
from dlcore.models.summary import summary_html, summary_text


class Model(Explainable, Persistent, Layer):
    """Base class of the models: subclass it, make layers in ``__init__`` and define ``call``.

    >>> class Residual(Model):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.inner, self.outer = Dense(16, "relu"), Dense(16)
    ...
    ...     def call(self, inputs):
    ...         return inputs + self.outer(self.inner(inputs))

    It trains by differentiable operations, batch by batch; a :class:`~dlcore.Sequential` of Dense layers trains in an
    engine, and faster.

    Parameters
    ----------
    name, trainable, dtype : optional
        See :class:`~dlcore.layers.Layer`.
    """

    def __init__(
        self, *graph: Any, trainable: bool = True, dtype: Any = None, name: str | None = None, **arguments: Any
    ) -> None:
        if graph or {"inputs", "outputs"} & arguments.keys():
            raise TypeError(
                f"{type(self).__name__} takes no inputs and outputs: models of a graph of layers are not supported. "
                "Stack layers in a Sequential, or define call(inputs) in a subclass of Model"
            )
        if arguments:
            raise ValueError(f"Unrecognized keyword arguments passed to {type(self).__name__}: {arguments}")
        Layer.__init__(self, trainable=trainable, dtype=dtype, name=name)
        Explainable.__init__(self)

    # --- Layers ---

    @property
    def layers(self) -> list[Layer]:
        """The layers that the attributes hold; a Sequential's without its input."""
        return [
            layer for layer in self._flatten_layers(include_self=False, recursive=False) if isinstance(layer, Layer)
        ]

    @layers.setter
    def layers(self, _: Any) -> None:
        raise AttributeError("`Model.layers` attribute is reserved: it lists the layers that other attributes hold")

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of a name, or at an index."""
        if (name is None) == (index is None):
            raise ValueError("give either name or index")
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ValueError(f"index must be one of {len(self.layers)} layers; got {index}")
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise ValueError(f"no layer is called {name!r}; there are {[layer.name for layer in self.layers]}")

    def _shapes(self) -> list[Shape | None]:
        """The shape of each layer's output, None where it is not known."""
        return [_output_shape(layer) for layer in self.layers]

    # --- Showing ---

    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
    ) -> None:
        """Print a table of the layers and how the model trains.

        Parameters
        ----------
        line_length : int, optional
            Characters a line. Default: as many as it takes.
        positions : sequence of float, optional
            Where the columns end: shares of the line, or characters.
        print_fn : callable, optional
            Gets the text, in one call. Default: ``print``.
        expand_nested : bool
            Whether to show the layers of models within.
        show_trainable : bool
            Whether to show which layers training changes.
        layer_range : two str, optional
            The names, or patterns of them, of the first and the last layer to show.

        Raises
        ------
        ValueError
            If layer_range matches nothing, or positions are too few.
        """
        how = self.how_it_trains() if self.layers else "once it has layers"
        text = summary_text(self, how, line_length, positions, expand_nested, show_trainable, layer_range)
        (print_fn or print)(text)

    def _repr_html_(self) -> str:
        return summary_html(self, self.how_it_trains() if self.layers else "once it has layers")

    def _outline(self) -> Outline:
        raise NotImplementedError(f"{type(self).__name__} defines call itself")


def _output_shape(layer: Layer) -> Shape | None:
    """The shape of a layer's output for what it was built for, if that is one shape."""
    given = (layer.get_build_config() or {}).get("input_shape")
    if not is_shape(given):
        return None
    found = layer.compute_output_shape(given)
    return tuple(found) if is_shape(found) else None
