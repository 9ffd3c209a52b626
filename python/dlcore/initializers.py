"""First values of weights: a function of seed, shape and dtype, the same on every machine."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore import random
from dlcore.floats import Array, float_dtype, numbers
from dlcore.naming import snake_case
from dlcore.registry import Registry


class Initializer:
    """Base class: subclasses define ``__call__(shape, dtype=None)``."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """An array of that shape and dtype (default: ``floatx()``)."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(shape, dtype)")

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """The initializer that ``get_config`` described."""
        return cls(**config)


class Zeros(Initializer):
    """All 0."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """Zeros."""
        return np.zeros(shape, float_dtype(dtype))


class Ones(Initializer):
    """All 1."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """Ones."""
        return np.ones(shape, float_dtype(dtype))


class Constant(Initializer):
    """All one value, or a given array (broadcast to the shape)."""

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """The value everywhere."""
        value = numbers("value", self.value).astype(float_dtype(dtype))
        try:
            result: Array = np.broadcast_to(value, tuple(shape)).copy()
        except ValueError as error:
            raise ValueError(f"value of shape {value.shape} does not fill the shape {tuple(shape)}") from error
        return result

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"value": np.asarray(self.value).tolist()}


class RandomInitializer(Initializer):
    """Base class of the random ones.

    Parameters
    ----------
    seed : int, optional
        In [0, 2³²). Without one, each initializer gets a stream of its own under the global seed
        (:func:`dlcore.utils.set_random_seed`). As in Keras, an initializer gives the same values at every call.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed
        self._stream = random.next_stream() if seed is None else random.Stream(random.check_seed(seed))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"seed": self.seed}

    def _uniform(self, shape: Sequence[int], low: float, high: float, dtype: Any) -> Array:
        values = random.uniform(self._stream, math.prod(shape))
        return _shaped(low + (high - low) * values, shape, dtype)

    def _normal(self, shape: Sequence[int], mean: float, stddev: float, dtype: Any, truncated: bool = False) -> Array:
        values = random.normal(self._stream, math.prod(shape), truncated)
        return _shaped(mean + stddev * values, shape, dtype)


def _shaped(values: Array, shape: Sequence[int], dtype: Any) -> Array:
    result: Array = values.reshape(tuple(shape)).astype(float_dtype(dtype))
    return result


class RandomUniform(RandomInitializer):
    """Evenly spread between minval and maxval."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.minval, self.maxval = minval, maxval

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """Random numbers."""
        return self._uniform(shape, self.minval, self.maxval, dtype)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}


class RandomNormal(RandomInitializer):
    """Normally distributed around mean."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """Random numbers."""
        return self._normal(shape, self.mean, self.stddev, dtype)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


def compute_fans(shape: Sequence[int]) -> tuple[float, float]:
    """Inputs and outputs of a weight: the last two axes, times the size of the axes before them."""
    if len(shape) < 2:
        return (float(shape[0]), float(shape[0])) if shape else (1.0, 1.0)
    field = math.prod(shape[:-2])
    return float(shape[-2] * field), float(shape[-1] * field)


#: Standard deviation of a standard normal variable cut off at ±2.
TRUNCATED_STDDEV = 0.87962566103423978


class _Scaled(RandomInitializer):
    """Variance ``scale`` / fan, with fan the inputs, or the mean of inputs and outputs."""

    _scale: float
    _average: bool

    def _variance(self, shape: Sequence[int]) -> float:
        fan_in, fan_out = compute_fans(shape)
        return self._scale / max(1.0, (fan_in + fan_out) / 2 if self._average else fan_in)


class _ScaledUniform(_Scaled):
    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """Random numbers in (-limit, limit)."""
        limit = math.sqrt(3 * self._variance(shape))
        return self._uniform(shape, -limit, limit, dtype)


class _ScaledNormal(_Scaled):
    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """Random numbers, normal and cut off at two standard deviations."""
        return self._normal(shape, 0.0, math.sqrt(self._variance(shape)) / TRUNCATED_STDDEV, dtype, truncated=True)


class GlorotUniform(_ScaledUniform):
    """Uniform in ±√(6 / (inputs + outputs)). Source: Glorot and Bengio, AISTATS 2010."""

    _scale, _average = 1.0, True


class GlorotNormal(_ScaledNormal):
    """Truncated normal of variance 2 / (inputs + outputs). Source: Glorot and Bengio, AISTATS 2010."""

    _scale, _average = 1.0, True


class HeUniform(_ScaledUniform):
    """Uniform in ±√(6 / inputs). Source: He et al., ICCV 2015."""

    _scale, _average = 2.0, False


class HeNormal(_ScaledNormal):
    """Truncated normal of variance 2 / inputs. Source: He et al., ICCV 2015."""

    _scale, _average = 2.0, False


_registry = Registry("initializer")
for _class in (Zeros, Ones, Constant, RandomUniform, RandomNormal, GlorotUniform, GlorotNormal, HeUniform, HeNormal):
    _registry.add(_class, snake_case(_class.__name__))
for _class, _alias in ((Zeros, "zero"), (Ones, "one"), (RandomUniform, "uniform"), (RandomNormal, "normal")):
    _registry.add(_class, _alias)


def get(identifier: Any) -> Callable[..., Any] | None:
    """An initializer from a name ("glorot_uniform" or "GlorotUniform"), a config, or a callable (shape, dtype).

    Raises
    ------
    ValueError
        For an unknown name.
    """
    found: Callable[..., Any] | None = _registry.get(identifier)
    return found


def serialize(initializer: Any) -> Any:
    """The class name and config of an initializer."""
    return _registry.serialize(initializer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The initializer that :func:`serialize` described."""
    return _registry.deserialize(config, custom_objects)
