"""A normalization in the op-by-op engine: the same kernels in the same order as in a fused engine."""

from __future__ import annotations

import numpy as np

from dlcore.backends.contract import Array, Backend, Statistics
from dlcore.backends.network import NormalizationSpec


class Normalizer:
    """One layer's normalization, between a training step's way forward and its way back.

    Parameters
    ----------
    backend : Backend
        Whose kernels compute.
    spec : NormalizationSpec
        What is normalized.
    gamma, beta : ndarray (units,), optional
        What scales and shifts it.
    moving : (ndarray, ndarray), optional
        The moving mean and variance, of (units,), of a normalization over the batch.
    """

    def __init__(
        self,
        backend: Backend,
        spec: NormalizationSpec,
        gamma: Array | None,
        beta: Array | None,
        moving: Statistics | None,
    ) -> None:
        self._backend, self._spec, self._moving = backend, spec, moving
        self._gamma, self._beta = gamma, beta
        self._found: tuple[Array, Array, Array]

    def forward(self, x: Array, y: Array, training: bool) -> None:
        """Write the normalized x, before any activation, to y."""
        if self._moving is not None and not (training and self._follows):
            factor, offset = self._folded()
            np.multiply(x, factor, out=y)
            y += offset
            return
        count = len(x) if self._spec.kind == "layer" else self._spec.units
        mean, variance = np.empty(count, x.dtype), np.empty(count, x.dtype)
        self._backend.normalization_moments(self._spec.kind, x, mean, variance)
        inverse = self._inverse(variance)
        self._found = mean, variance, inverse
        self._backend.normalization_forward(self._spec.kind, x, mean, inverse, self._gamma, self._beta, y)

    def backward(self, dy: Array, x: Array, dx: Array | None, dgamma: Array | None, dbeta: Array | None) -> None:
        """From dy to the gradients toward x, gamma and beta, as far as they are wanted."""
        if self._moving is not None and not self._follows:
            if dx is not None:
                np.multiply(dy, self._folded()[0], out=dx)
            return
        mean, _, inverse = self._found
        sums = [np.empty(self._spec.units, x.dtype) if out is None else out for out in (dgamma, dbeta)]
        self._backend.normalization_backward(self._spec.kind, dy, x, mean, inverse, self._gamma, dx, *sums)

    def follow(self) -> None:
        """Let the moving statistics follow those of the batch that was seen last: a step has been taken."""
        if self._moving is None or not self._follows:
            return
        momentum = self._spec.momentum
        for moving, found in zip(self._moving, self._found, strict=False):
            np.multiply(moving, momentum, out=moving)
            np.add(moving, found * moving.dtype.type(1 - momentum), out=moving)

    @property
    def _follows(self) -> bool:
        return not self._spec.frozen

    def _inverse(self, variance: Array) -> Array:
        result: Array = 1 / np.sqrt(variance + variance.dtype.type(self._spec.epsilon))
        return result

    def _folded(self) -> tuple[Array, Array]:
        """What x is multiplied by in use, and what is added then."""
        assert self._moving is not None
        mean, variance = self._moving
        factor = self._inverse(variance)
        if self._gamma is not None:
            factor *= self._gamma
        offset = factor * -mean
        return factor, offset if self._beta is None else offset + self._beta
