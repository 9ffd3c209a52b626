"""First values drawn from a distribution with given numbers: a function of seed, shape and dtype on every machine."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dlcore import streams
from dlcore.floats import Array
from dlcore.initializers.initializer import Initializer, dtype_of


class RandomInitializer(Initializer):
    """Base class of the random ones.

    Parameters
    ----------
    seed : int or SeedGenerator, optional
        An int in [0, 2³²), with which every call gives the same values, as in Keras; a
        :class:`dlcore.random.SeedGenerator`, with which each call gives others. Without one, each initializer gets a
        stream of its own under the global seed (:func:`dlcore.utils.set_random_seed`).
    """

    def __init__(self, seed: Any = None) -> None:
        if isinstance(seed, Mapping):
            seed = streams.sources.deserialize(seed)
        self.seed = seed
        self._stream: streams.Stream | None = None
        if seed is None:
            self._stream = streams.next_stream()
        elif not isinstance(seed, streams.StreamSource):
            self._stream = streams.Stream(streams.check_seed(seed))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        if isinstance(self.seed, streams.StreamSource):
            return {"seed": streams.sources.serialize(self.seed)}
        return {"seed": self.seed}

    def _next(self) -> streams.Stream:
        stream: streams.Stream = self._stream or self.seed.next_stream()
        return stream

    def _uniform(self, shape: Sequence[int], low: float, high: float, dtype: Any) -> Array:
        values = streams.uniform(self._next(), math.prod(shape))
        return _shaped(low + (high - low) * values, shape, dtype)

    def _normal(self, shape: Sequence[int], mean: float, stddev: float, dtype: Any, truncated: bool = False) -> Array:
        values = streams.normal(self._next(), math.prod(shape), truncated)
        return _shaped(mean + stddev * values, shape, dtype)


def _shaped(values: Array, shape: Sequence[int], dtype: Any) -> Array:
    result: Array = values.reshape(tuple(shape)).astype(dtype_of(dtype, "f"))
    return result


class RandomUniform(RandomInitializer):
    """Evenly spread between minval and maxval."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Any = None) -> None:
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

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """Random numbers."""
        return self._normal(shape, self.mean, self.stddev, dtype)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


class TruncatedNormal(RandomNormal):
    """Normally distributed around mean, but never further away than two ``stddev``."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """Random numbers."""
        return self._normal(shape, self.mean, self.stddev, dtype, truncated=True)
