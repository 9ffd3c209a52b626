"""Layers that disturb training, and let everything through otherwise."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import random
from dlcore.autodiff import Tensor
from dlcore.autodiff.kept import kept
from dlcore.backends.network import DenseSpec, LayerSpec
from dlcore.layers.dense import awaits_dense
from dlcore.layers.layer import Layer
from dlcore.layers.shapes import Shape

#: Of the activation "selu". Source: Klambauer et al., NeurIPS 2017.
SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


class _Noise(Layer):
    """Base class: noise of a strength, and a seed.

    The layer's random numbers are a function of the seed and of how many calls in training came before.
    """

    #: What the strength is called.
    _strength: str

    def __init__(self, strength: float, seed: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(strength, bool) or not isinstance(strength, (int, float, np.number)) or not 0 <= strength <= 1:
            raise ValueError(
                f"Invalid value received for argument `{self._strength}`. Expected a float value between 0 and 1. "
                f"Received: {self._strength}={strength!r}"
            )
        setattr(self, self._strength, strength)
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed) if strength > 0 else None
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: Any, training: bool | None = False) -> Tensor:
        """The disturbed input in training, else the input."""
        x = self._in_dtype(inputs)
        return self._disturbed(x) if training and self.seed_generator is not None else x

    @abstractmethod
    def _disturbed(self, x: Tensor) -> Tensor:
        """The input with noise."""

    def _normal(self, x: Tensor, mean: float, stddev: float) -> Tensor:
        return random.normal(x.shape, mean, stddev, x.dtype, self.seed_generator)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), self._strength: getattr(self, self._strength), "seed": self.seed}


class Dropout(_Noise):
    """In training a random part of the input becomes 0 and the rest is divided by 1 - rate.

    Parameters
    ----------
    rate : float
        In [0, 1]: the part that becomes 0, met to the nearest 2⁻¹⁶.
    noise_shape : tuple, optional
        The shape of what is drawn, with 1 for an axis along which all are kept or dropped together, None for the
        input's length.
    seed : int, optional
        Default: one that follows from the package's seed.
    **kwargs
        See :class:`Layer`.
    """

    _strength = "rate"
    rate: float

    def __init__(
        self, rate: float, noise_shape: Sequence[int | None] | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(rate, seed, **kwargs)
        self.noise_shape = _checked(noise_shape)

    def describe(self, chain: list[LayerSpec]) -> None:
        """What the dense layer after it drops in training."""
        if self.seed_generator is None:
            return
        if type(self)._disturbed is not Dropout._disturbed or self.noise_shape is not None:
            super().describe(chain)
        if awaits_dense(chain):
            raise NotImplementedError(f"layer {self.name!r} comes right after another Dropout")
        chain.append(DenseSpec(0, dropout=float(self.rate)))

    def _disturbed(self, x: Tensor) -> Tensor:
        return random.dropout(x, self.rate, self.noise_shape, self.seed_generator)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "noise_shape": self.noise_shape}


class AlphaDropout(Dropout):
    """Dropout that keeps mean and variance of what "selu" puts out: what is dropped becomes its lower limit.

    Source: Klambauer et al., NeurIPS 2017. Parameters as for :class:`Dropout`.
    """

    def _disturbed(self, x: Tensor) -> Tensor:
        lengths = random.noise_lengths(self.noise_shape, x.shape)
        shown = np.broadcast_to(random.keep_mask(lengths, self.rate, self.seed_generator), x.shape)
        if self.rate >= 1:
            return kept(x, np.zeros(x.shape, bool))
        lowest = -SELU_ALPHA * SELU_SCALE
        factor = ((1 - self.rate) * (1 + self.rate * lowest**2)) ** -0.5
        offset = -factor * lowest * self.rate
        result: Tensor = kept(x, shown, factor) + np.where(shown, offset, factor * lowest + offset).astype(x.dtype)
        return result


class GaussianDropout(_Noise):
    """In training the input is multiplied by normal numbers of mean 1 and variance rate / (1 - rate).

    Parameters
    ----------
    rate : float
        In [0, 1): as strong as dropout of that rate.
    seed, **kwargs
        See :class:`Dropout`.
    """

    _strength = "rate"
    rate: float

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, seed, **kwargs)
        if rate == 1:
            raise ValueError(f"Invalid value received for argument `rate`: it must be below 1. Received: rate={rate}")

    def _disturbed(self, x: Tensor) -> Tensor:
        return x * self._normal(x, 1.0, math.sqrt(self.rate / (1 - self.rate)))


class GaussianNoise(_Noise):
    """In training normal numbers of mean 0 are added to the input.

    Parameters
    ----------
    stddev : float
        In [0, 1]: their standard deviation.
    seed, **kwargs
        See :class:`Dropout`.
    """

    _strength = "stddev"
    stddev: float

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(stddev, seed, **kwargs)

    def _disturbed(self, x: Tensor) -> Tensor:
        return x + self._normal(x, 0.0, self.stddev)


def _checked(noise_shape: Any) -> tuple[int | None, ...] | None:
    if noise_shape is None:
        return None
    if isinstance(noise_shape, str) or not isinstance(noise_shape, Sequence):
        raise ValueError(
            "Invalid value received for argument `noise_shape`. Expected a tuple or list of integers (an iterable of "
            f"integers). Received: noise_shape={noise_shape!r}"
        )
    for i, length in enumerate(noise_shape):
        if length is not None and (isinstance(length, bool) or not isinstance(length, int)):
            raise ValueError(
                "Invalid value received for argument `noise_shape`. Expected all elements to be integers or None. "
                f"Received element at index {i}: {length!r}"
            )
        if length is not None and length <= 0:
            raise ValueError(
                "Invalid value received for argument `noise_shape`. Expected all dimensions to be positive integers or "
                f"None. Received negative or zero value at index {i}: {length}"
            )
    return tuple(noise_shape)
