"""Random tensors with Keras's names: functions of (seed, draw, index), the same bits on every machine and backend.

An int as the seed gives the same numbers at every call, a :class:`SeedGenerator` others each time; without a seed the
numbers follow from the package's seed (:func:`dlcore.utils.set_random_seed`) and from how often it was drawn upon.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import portable, streams
from dlcore.autodiff import Tensor, apply, cast
from dlcore.autodiff.kept import kept
from dlcore.autodiff.tracer import as_tensors
from dlcore.checks import number, whole
from dlcore.floats import Array, floatx
from dlcore.naming import auto_name
from dlcore.streams import Stream, StreamSource, get_state, global_seed, next_stream, set_seed, set_state
from dlcore.variable import Variable

__all__ = [
    "SeedGenerator",
    "categorical",
    "dropout",
    "get_state",
    "global_seed",
    "next_stream",
    "normal",
    "randint",
    "set_seed",
    "set_state",
    "shuffle",
    "truncated_normal",
    "uniform",
]


class SeedGenerator(StreamSource):
    """A seed that counts how often it was used.

    Parameters
    ----------
    seed : int, optional
        In [0, 2³²). Default: one that follows from the package's seed.
    name : str, optional
        Default: ``seed_generator``, ``seed_generator_1``, …

    Attributes
    ----------
    state : Variable (2,), uint32
        The seed, and the number of draws so far. Layers list it among their variables, so that it is saved with them
        and a training that goes on draws what it would have drawn.
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any) -> None:
        kwargs.pop("backend", None)
        if kwargs:
            raise ValueError(f"Unrecognized keyword arguments: {kwargs}")
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, (int, np.integer))):
            raise ValueError(f"Argument `seed` must be an integer. Received: seed={seed!r}")
        self.name = name or auto_name(type(self).__name__)
        self.seed = None if seed is None else streams.check_seed(seed)
        start = int(streams.words(next_stream(), 1)[0]) % streams.SEED_LIMIT if self.seed is None else self.seed
        self.state = Variable(
            np.array([start, 0], np.uint32), dtype="uint32", trainable=False, name="seed_generator_state"
        )

    def next(self, ordered: bool = True) -> Tensor:  # noqa: ARG002 - Keras's argument; here all draws are in order
        """The seed and the number of this draw, which is counted."""
        state = Tensor(self.state.array.copy())
        self.state.array[1] += np.uint32(1)
        return state

    def next_stream(self) -> Stream:
        """The stream of this draw, which is counted."""
        return streams.drawn(*self.next().tolist())

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"seed": self.seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """The generator that ``get_config`` described, at its start."""
        return cls(**config)


streams.sources.add(SeedGenerator)


def _stream(seed: Any) -> Stream:
    """The stream that a function is to draw from.

    Raises
    ------
    ValueError
        If the seed is neither an int, nor a SeedGenerator, nor None.
    """
    if seed is None:
        return next_stream()
    if isinstance(seed, StreamSource):
        return seed.next_stream()
    if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool):
        return streams.drawn(streams.check_seed(seed), 0)
    raise ValueError(
        f"Argument `seed` must be either an integer or an instance of `SeedGenerator`. Received: seed={seed!r} "
        f"(of type {type(seed).__name__})"
    )


def _shape(shape: Any) -> tuple[int, ...]:
    lengths = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    return tuple(whole("shape", length, 0, 2**62) for length in lengths)


def _dtype(dtype: Any, default: str, kinds: str, function: str) -> np.dtype[Any]:
    found: np.dtype[Any] = np.dtype(default if dtype is None else dtype)
    if found.kind not in kinds:
        wanted = "a floating point" if kinds == "f" else "an integer"
        raise ValueError(f"`random.{function}` requires {wanted} `dtype`. Received: dtype={dtype}")
    return found


def normal(shape: Sequence[int], mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normally distributed numbers.

    Parameters
    ----------
    shape : tuple of int
    mean, stddev : float
    dtype : optional
        A floating type; default ``floatx()``.
    seed : int or SeedGenerator, optional
        See :mod:`dlcore.random`.

    Raises
    ------
    ValueError
        If the dtype is not a floating one, or the seed not one of these.
    """
    kind, lengths = _dtype(dtype, floatx(), "f", "normal"), _shape(shape)
    values = mean + stddev * streams.normal(_stream(seed), math.prod(lengths))
    return Tensor(values.reshape(lengths).astype(kind))


def truncated_normal(
    shape: Sequence[int], mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None
) -> Tensor:
    """Normally distributed numbers, none further from the mean than two ``stddev``; see :func:`normal`."""
    kind, lengths = _dtype(dtype, floatx(), "f", "truncated_normal"), _shape(shape)
    values = mean + stddev * streams.normal(_stream(seed), math.prod(lengths), truncated=True)
    return Tensor(values.reshape(lengths).astype(kind))


def uniform(
    shape: Sequence[int], minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: Any = None
) -> Tensor:
    """Numbers evenly spread over [minval, maxval); see :func:`normal`."""
    kind, lengths = _dtype(dtype, floatx(), "f", "uniform"), _shape(shape)
    low, high = float(minval), float(maxval)
    values = (low + (high - low) * streams.uniform(_stream(seed), math.prod(lengths))).astype(kind)
    if low < high:  # in a short type a number may be rounded up to maxval
        np.minimum(values, np.nextafter(kind.type(high), kind.type(low)), out=values)
    return Tensor(values.reshape(lengths))


def randint(shape: Sequence[int], minval: int, maxval: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Whole numbers in [minval, maxval), each as likely (to 2⁻⁵² · (maxval - minval)).

    Raises
    ------
    ValueError
        If the dtype is not an integer one, or there is no number to draw.
    """
    kind, lengths = _dtype(dtype, "int32", "iu", "randint"), _shape(shape)
    low, high = int(minval), int(maxval)
    if not 0 < high - low <= 2**52:
        raise ValueError(f"maxval must be above minval, by 2**52 at most; got minval={minval}, maxval={maxval}")
    values = np.floor(streams.uniform(_stream(seed), math.prod(lengths)) * (high - low)).astype(np.int64)
    return Tensor((np.minimum(values, high - low - 1) + low).reshape(lengths).astype(kind))


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Numbers of classes, drawn with the probabilities softmax(logits).

    Parameters
    ----------
    logits : array (rows, classes)
    num_samples : int
        Draws for each row.

    Returns
    -------
    Tensor (rows, num_samples)

    Raises
    ------
    ValueError
        If logits is no matrix.
    """
    kind = _dtype(dtype, "int32", "iu", "categorical")
    scores = np.asarray(as_tensors(logits, name="logits")[0].array, np.float64)
    if scores.ndim != 2:
        raise ValueError(f"logits must have two axes (rows, classes); got shape {scores.shape}")
    lengths = (len(scores), whole("num_samples", num_samples, 0, 2**31), scores.shape[1])
    # The largest of logit - ln(-ln u) is class k with probability softmax(logits)[k].
    noise = portable.log(-portable.log(streams.uniform(_stream(seed), math.prod(lengths))))
    return Tensor(np.argmax(scores[:, None, :] - noise.reshape(lengths), axis=-1).astype(kind))


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Tensor:
    """The slices of x along an axis in random order, differentiable."""
    (tensor,) = as_tensors(x, name="x")
    if not -tensor.ndim <= axis < tensor.ndim:
        raise ValueError(f"axis must be an axis of x, which has {tensor.ndim}; got {axis}")
    order = np.argsort(streams.words(_stream(seed), tensor.shape[axis]), kind="stable")
    return apply("getitem", tensor, key=(*[slice(None)] * (axis % tensor.ndim), order))


def keep_mask(shape: Sequence[int], rate: float, seed: Any = None) -> Array:
    """What dropout keeps: True with probability 1 - rate, which is met to the nearest 2⁻¹⁶."""
    return streams.keep_mask(_stream(seed), tuple(shape), rate)


def noise_lengths(noise_shape: Sequence[int | None] | None, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of the noise for an input: its own, or ``noise_shape`` with the input's lengths for None."""
    if noise_shape is None:
        return shape
    if len(noise_shape) != len(shape):
        raise ValueError(f"noise_shape must have an entry for each axis of the input {shape}; got {noise_shape}")
    return tuple(own if given is None else given for given, own in zip(noise_shape, shape, strict=True))


def dropout(inputs: Any, rate: float, noise_shape: Sequence[int | None] | None = None, seed: Any = None) -> Tensor:
    """The inputs with a random part of them 0 and the rest divided by 1 - rate.

    Parameters
    ----------
    inputs : array of any shape
    rate : float
        In [0, 1]: the part that becomes 0, met to the nearest 2⁻¹⁶.
    noise_shape : tuple, optional
        The shape of what is drawn, with 1 for an axis along which all are kept or dropped together.
    seed : int or SeedGenerator, optional
        See :mod:`dlcore.random`.
    """
    number("rate", rate, 0, 1, open_high=False)
    (x,) = as_tensors(inputs, name="inputs")
    x = x if x.dtype.kind == "f" else cast(x, floatx())
    if rate <= 0:
        return x
    mask = keep_mask(noise_lengths(noise_shape, x.shape), rate, seed)
    return kept(x, mask, streams.kept_scale(rate))
