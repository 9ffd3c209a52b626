"""First values of weights: a function of seed, shape and dtype, the same on every machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.floats import Array, numbers
from dlcore.initializers.constant import Constant, Identity, Ones, Zeros
from dlcore.initializers.distributions import RandomInitializer, RandomNormal, RandomUniform, TruncatedNormal
from dlcore.initializers.initializer import Initializer, dtype_of
from dlcore.initializers.orthogonal import Orthogonal
from dlcore.initializers.scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
    compute_fans,
)
from dlcore.naming import snake_case
from dlcore.registry import Registry

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "IdentityInitializer",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OrthogonalInitializer",
    "RandomInitializer",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "compute_fans",
    "constant",
    "deserialize",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "serialize",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]

# Keras's other names for the classes.
constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
identity = Identity
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
orthogonal = Orthogonal
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros
IdentityInitializer = Identity
OrthogonalInitializer = Orthogonal

_ALIASES: dict[type[Initializer], tuple[str, ...]] = {
    Zeros: ("zero",),
    Ones: ("one",),
    Constant: (),
    Identity: ("IdentityInitializer",),
    RandomUniform: ("uniform",),
    RandomNormal: ("normal",),
    TruncatedNormal: (),
    VarianceScaling: (),
    GlorotUniform: (),
    GlorotNormal: (),
    HeUniform: (),
    HeNormal: (),
    LecunUniform: (),
    LecunNormal: (),
    Orthogonal: ("OrthogonalInitializer",),
}
_registry = Registry("initializer")
for _class, _names in _ALIASES.items():
    _registry.add(_class, snake_case(_class.__name__), *_names)


def get(identifier: Any) -> Callable[..., Any] | None:
    """An initializer.

    Parameters
    ----------
    identifier : str, dict, callable, array or None
        A name ("glorot_uniform" or "GlorotUniform"), a config, a class or a callable (shape, dtype), or the values
        themselves, of the very shape that will be asked for.

    Raises
    ------
    ValueError
        For an unknown name.
    """
    if not callable(identifier) and hasattr(identifier, "__array__"):
        return _Given(numbers("identifier", identifier))
    found: Callable[..., Any] | None = _registry.get(identifier)
    return found


class _Given:
    """The values themselves as an initializer."""

    def __init__(self, values: Array) -> None:
        self._values = values

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        if tuple(shape) != self._values.shape:
            raise ValueError(
                f"Expected `shape` to be {self._values.shape} for direct tensor as initializer. Received shape={shape}"
            )
        return np.array(self._values, dtype_of(dtype))


def serialize(initializer: Any) -> Any:
    """The class name and config of an initializer."""
    return _registry.serialize(initializer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The initializer that :func:`serialize` described."""
    return _registry.deserialize(config, custom_objects)
