"""Seeded randomness above the kernels: a value is a function of (seed, stream, index) and of nothing else.

The bits are the raw words of Philox-4x64-10, whose stream NumPy guarantees; how they become uniform and normal
numbers is written here, so that a seed gives the same weights under every NumPy version and on every machine.
"""

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dlcore import portable
from dlcore.registry import Registry

#: Seeds are below this, as NumPy's and Keras's are.
SEED_LIMIT = 2**32

#: Streams of a given seed that are drawn one after the other begin here: those below are the initializers'.
FIRST_DRAWN = 2**32

#: A dropout rate is met to the nearest multiple of 1 / _PARTS.
_PARTS = 2**16

#: The probability that a standard normal variable falls below -2.
BELOW_MINUS_TWO = 0.022750131948179209


#: Numbers worked out at a time, few enough to stay in the cache.
BLOCK = 8192


class Stream(NamedTuple):
    """Names one endless sequence of random words."""

    seed: int
    number: int = 0


class _State:
    seed: int | None = None
    draws: int = 0


_state = _State()


def check_seed(seed: Any) -> int:
    """The seed as an int.

    Raises
    ------
    TypeError, ValueError
        If it is not a whole number in [0, 2³²).
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"seed must be an int; got {type(seed).__name__}: {seed!r}")
    if not 0 <= seed < SEED_LIMIT:
        raise ValueError(f"seed must be in [0, 2**32); got {seed}")
    return int(seed)


def set_seed(seed: int) -> None:
    """Start all of the package's randomness anew from this seed."""
    _state.seed, _state.draws = check_seed(seed), 0


def global_seed() -> int:
    """The seed in force; drawn from the operating system once if none was set."""
    if _state.seed is None:
        _state.seed = int.from_bytes(os.urandom(4), "little")
    return _state.seed


def next_stream() -> Stream:
    """A stream of its own for whoever asks: the n-th request after :func:`set_seed` always gets the n-th stream."""
    _state.draws += 1
    return Stream(global_seed(), _state.draws)


def get_state() -> dict[str, int]:
    """Where the package's randomness stands: the seed, and how many streams were drawn under it."""
    return {"seed": global_seed(), "draws": _state.draws}


def set_state(state: dict[str, int]) -> None:
    """Go on from where :func:`get_state` was called.

    Raises
    ------
    TypeError, ValueError
        If the numbers are none that it gives.
    """
    draws = state["draws"]
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 0:
        raise ValueError(f"draws must be a whole number, 0 or more; got {draws!r}")
    _state.seed, _state.draws = check_seed(state["seed"]), draws


class StreamSource(ABC):
    """What gives one stream after the other: what is seeded with it draws other numbers at every call."""

    @abstractmethod
    def next_stream(self) -> Stream:
        """The next stream."""


#: The classes of sources by name, so that what is seeded with one can be described and made again.
sources = Registry("stream source")


def words(stream: Stream, count: int) -> NDArray[np.uint64]:
    """The first ``count`` 64-bit words of a stream."""
    result: NDArray[np.uint64] = np.random.Philox(key=np.array(stream, dtype=np.uint64)).random_raw(count)
    return result


def drawn(seed: int, draw: int) -> Stream:
    """The stream of a seed's draw of that number, counted from 0."""
    return Stream(seed, FIRST_DRAWN + draw)


def keep_mask(stream: Stream, shape: tuple[int, ...], rate: float) -> NDArray[np.bool_]:
    """What dropout keeps: True with probability 1 - rate, met to the nearest 2⁻¹⁶.

    Element i is decided by 16 bits of the stream: those of word i // 4 from bit 16 · (i % 4) on.
    """
    count = math.prod(shape)
    raw = words(stream, -(-count // 4)).astype("<u8", copy=False)
    kept: NDArray[np.bool_] = (raw.view("<u2")[:count] >= round(rate * _PARTS)).reshape(shape)
    return kept


def kept_scale(rate: float) -> float:
    """What dropout multiplies with what it keeps."""
    return 1 / (1 - rate) if rate < 1 else 0.0


def uniform(stream: Stream, count: int) -> NDArray[np.float64]:
    """``count`` numbers, evenly spread over the open interval (0, 1): (52 high bits of a word + ½) · 2⁻⁵²."""
    result: NDArray[np.float64] = ((words(stream, count) >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    return result


def normal(stream: Stream, count: int, truncated: bool = False) -> NDArray[np.float64]:
    """``count`` standard normal numbers, by inversion; ``truncated``: of the distribution cut off at ±2."""
    below = BELOW_MINUS_TWO if truncated else 0.0
    values = below + uniform(stream, count) * (1 - 2 * below)
    for start in range(0, count, BLOCK):
        block = values[start : start + BLOCK]
        block[:] = portable.normal_quantile(block)
    return values
