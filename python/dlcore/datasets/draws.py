"""What the makers draw: numbers in a row from one stream, and a random order of the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore import checks, portable, streams

#: Streams of a given seed begin here: those below are the initializers' and those of :mod:`dlcore.random`.
_FIRST = 2**33

#: Rows that a maker makes at most.
_MOST = 2**31 - 1


class Draws:
    """Random numbers of one seed, each asked for once.

    Parameters
    ----------
    seed : int, StreamSource, or None
        As every maker takes it: None follows from the package's seed, a source gives other numbers at every call.
    """

    def __init__(self, seed: Any) -> None:
        if seed is None:
            self._stream = streams.next_stream()
        elif isinstance(seed, streams.StreamSource):
            self._stream = seed.next_stream()
        else:
            self._stream = streams.Stream(streams.check_seed(seed), _FIRST)
        self._position = 0

    def uniform(self, *shape: int) -> NDArray[np.float64]:
        """Numbers in the open interval (0, 1)."""
        start, self._position = self._position, self._position + int(np.prod(shape))
        return streams.uniform(self._stream, self._position)[start:].reshape(shape)

    def normal(self, *shape: int) -> NDArray[np.float64]:
        """Standard normal numbers."""
        return portable.normal_quantile(self.uniform(*shape))

    def labels(self, count: int, classes: int) -> NDArray[np.int64]:
        """Numbers of classes in random order, each class as often as the others, give or take one."""
        order = np.argsort(self.uniform(count), kind="stable")
        return order.astype(np.int64) % classes


def sample_count(n_samples: Any) -> int:
    """A checked number of rows."""
    return checks.whole("n_samples", n_samples, 1, _MOST)


def spread(noise: Any) -> float:
    """A checked standard deviation of noise."""
    return checks.number("noise", noise, 0)


def sin_pi(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """sin(π · x)."""
    return portable.cos_pi(x - 0.5)
