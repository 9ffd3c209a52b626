"""Model: a layer that can be compiled and trained; subclasses say what it computes."""

from __future__ import annotations

from typing import Any

from dlcore.layers import Layer
from dlcore.models.outline import Outline
from dlcore.models.persistence import Persistent
from dlcore.models.training import Trainer


class Model(Trainer, Persistent, Layer):
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

    def __init__(self, *, trainable: bool = True, dtype: Any = None, name: str | None = None) -> None:
        Layer.__init__(self, trainable=trainable, dtype=dtype, name=name)
        Trainer.__init__(self)

    def _outline(self) -> Outline:
        raise NotImplementedError(f"{type(self).__name__} defines call itself")
