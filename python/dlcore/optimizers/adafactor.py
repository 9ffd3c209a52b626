"""Adafactor: Adam's mean square kept as the means of its rows and columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import portable
from dlcore.floats import Array
from dlcore.optimizers.optimizer import Optimizer, as_gradient
from dlcore.optimizers.settings import flag, real
from dlcore.variable import Variable


class Adafactor(Optimizer):
    """Adafactor: w ← w - α · u / max(1, rms(u) / clip_threshold), u = g / √v, α = max(ε₂, rms(w)) · min(lr, 1 / √t).

    v is a running mean of g² + ε₁ that keeps β = 1 - tᵈ of itself at step t, d being beta_2_decay. Of a variable with
    two axes or more only the means r of its rows and c of its columns are kept, and v = r · c / mean(r).
    Source: Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost", ICML 2018.

    Parameters
    ----------
    learning_rate : float, schedule or callable
        Default 0.001.
    beta_2_decay : float
        d, 0 or less.
    epsilon_1, epsilon_2 : float
        ε₁ keeps the denominator from 0, ε₂ the step.
    clip_threshold : float
        How large the root of the mean square of u may be; above 0.
    relative_step : bool
        Changes nothing that the formula above does not do; kept because Keras has it.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
    loss_scale_factor, gradient_accumulation_steps, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    beta_2_decay = real(high=0, open_high=False)
    epsilon_1 = real(0)
    epsilon_2 = real(0)
    clip_threshold = real(0, open_low=True)
    relative_step = flag()

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(
            learning_rate,
            weight_decay,
            clipnorm,
            clipvalue,
            global_clipnorm,
            use_ema,
            ema_momentum,
            ema_overwrite_frequency,
            loss_scale_factor,
            gradient_accumulation_steps,
            name,
        )
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = epsilon_1
        self.epsilon_2 = epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = relative_step

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state for these variables; later calls change nothing."""
        if self.built:
            return
        super().build(variables)
        self._means = [self._means_of(variable) for variable in variables]

    def _means_of(self, variable: Variable) -> list[Variable]:
        """The running means of rows and columns, or of every element."""
        shape = variable.shape
        if len(shape) < 2:
            return [self.add_variable_from_reference(variable, "velocity")]
        parts = {"row_mean": shape[:-1], "column_mean": (*shape[:-2], shape[-1])}
        title = variable.path.replace("/", "_")
        return [self.add_variable(part, dtype=variable.dtype, name=f"{title}_{name}") for name, part in parts.items()]

    def update_step(self, gradient: Any, variable: Variable, learning_rate: float) -> None:
        """One step of one variable."""
        w, g, step = variable.array, as_gradient(gradient, variable), self._step_number()
        means = [mean.array for mean in self._means[self._get_variable_index(variable)]]
        change = float(portable.power(float(step), np.array([self.beta_2_decay]))[0])
        squares = g * g
        squares += self.epsilon_1
        if len(means) == 1:
            _follow(means[0], squares, change)
            update = g / np.sqrt(means[0])
        else:
            rows, columns = means
            _follow(rows, squares.mean(axis=-1), change)
            _follow(columns, squares.mean(axis=-2), change)
            velocity = (rows / rows.mean(axis=-1, keepdims=True))[..., None] * columns[..., None, :]
            update = g / np.sqrt(velocity)
        size = max(self.epsilon_2, _rms(w)) * min(learning_rate, 1 / math.sqrt(step))
        update *= size / max(1.0, _rms(update) / self.clip_threshold)
        w -= update


def _follow(mean: Array, value: Array, share: float) -> None:
    """Move a mean towards a value by a share of the way."""
    mean *= 1 - share
    mean += share * value


def _rms(x: Array) -> float:
    """The root of the mean square, summed in float64."""
    return math.sqrt(float(np.mean(np.square(x, dtype=np.float64))))
