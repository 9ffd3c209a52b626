"""First values whose variance follows from the shape of the weight, so that signals keep their size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from dlcore.floats import Array
from dlcore.initializers.distributions import RandomInitializer

#: Standard deviation of a standard normal variable cut off at ±2.
TRUNCATED_STDDEV = 0.87962566103423978

MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")

Axes = Sequence[int] | None


def compute_fans(shape: Sequence[int], input_axes: Axes = None, output_axes: Axes = None) -> tuple[int, int]:
    """Inputs and outputs of a weight: the last two axes, times the size of the axes before them.

    Where both ``input_axes`` and ``output_axes`` are given, the product of their lengths.
    """
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[axis] for axis in input_axes), math.prod(shape[axis] for axis in output_axes)
    if len(shape) < 2:
        return (int(shape[0]), int(shape[0])) if shape else (1, 1)
    field = math.prod(shape[:-2])
    return int(shape[-2] * field), int(shape[-1] * field)


class VarianceScaling(RandomInitializer):
    """Mean 0 and variance ``scale`` / n, n the number of inputs of the weight, of its outputs, or their mean.

    Parameters
    ----------
    scale : float
        Positive.
    mode : "fan_in", "fan_out" or "fan_avg"
        What n is.
    distribution : "truncated_normal" (or "normal"), "untruncated_normal" or "uniform"
        The truncated one ends at two standard deviations of the normal distribution it is cut from.
    seed : int or SeedGenerator, optional
        See :class:`RandomInitializer`.
    input_axes, output_axes : sequence of int, optional
        Which axes of the weight count inputs and outputs; see :func:`compute_fans`.

    Raises
    ------
    ValueError
        If an argument is none of these.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
        input_axes: Axes = None,
        output_axes: Axes = None,
    ) -> None:
        if not scale > 0:
            raise ValueError(f"Argument `scale` must be positive float. Received: scale={scale}")
        if mode not in MODES:
            raise ValueError(f"Invalid `mode` argument: {mode}. Please use one of {', '.join(MODES)}")
        distribution = distribution.lower()
        distribution = "truncated_normal" if distribution == "normal" else distribution
        if distribution not in DISTRIBUTIONS:
            allowed = ", ".join(DISTRIBUTIONS)
            raise ValueError(f"Invalid `distribution` argument: {distribution}. Please use one of {allowed}")
        super().__init__(seed)
        self.scale, self.mode, self.distribution = scale, mode, distribution
        self.input_axes, self.output_axes = input_axes, output_axes

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        """Random numbers."""
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return self._uniform(shape, -limit, limit, dtype)
        if self.distribution == "truncated_normal":
            return self._normal(shape, 0.0, math.sqrt(variance) / TRUNCATED_STDDEV, dtype, truncated=True)
        return self._normal(shape, 0.0, math.sqrt(variance), dtype)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = ("scale", "mode", "distribution", "input_axes", "output_axes")
        return {**super().get_config(), **{name: getattr(self, name) for name in own}}


class _Scaled(VarianceScaling):
    """A scaling by name, whose scale, mode and distribution are settled."""

    _settled: ClassVar[tuple[float, str, str]]

    def __init__(self, seed: Any = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(*self._settled, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        config = super().get_config()
        return {name: config[name] for name in ("seed", "input_axes", "output_axes")}


class GlorotUniform(_Scaled):
    """Uniform in ±√(6 / (inputs + outputs)). Source: Glorot and Bengio, AISTATS 2010."""

    _settled = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Scaled):
    """Truncated normal of variance 2 / (inputs + outputs). Source: Glorot and Bengio, AISTATS 2010."""

    _settled = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_Scaled):
    """Uniform in ±√(6 / inputs). Source: He et al., ICCV 2015."""

    _settled = (2.0, "fan_in", "uniform")


class HeNormal(_Scaled):
    """Truncated normal of variance 2 / inputs. Source: He et al., ICCV 2015."""

    _settled = (2.0, "fan_in", "truncated_normal")


class LecunUniform(_Scaled):
    """Uniform in ±√(3 / inputs). Source: LeCun et al., "Efficient BackProp", 1998."""

    _settled = (1.0, "fan_in", "uniform")


class LecunNormal(_Scaled):
    """Truncated normal of variance 1 / inputs, which selu wants. Source: Klambauer et al., NeurIPS 2017."""

    _settled = (1.0, "fan_in", "truncated_normal")
