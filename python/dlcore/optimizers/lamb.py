"""Lamb: Adam whose step is scaled to each variable's size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.backends.stepping import power_of
from dlcore.optimizers.optimizer import Optimizer, as_gradient
from dlcore.optimizers.settings import real
from dlcore.variable import Variable


class Lamb(Optimizer):
    """Lamb: Adam's m and v, u = m / (1 - β₁ᵗ) / (√(v / (1 - β₂ᵗ)) + ε), then w ← w - lr · ‖w‖ / ‖u‖ · u.

    Where either norm is 0, their quotient is taken as 1. Source: You et al., "Large batch optimization for deep
    learning: training BERT in 76 minutes", ICLR 2020.

    Parameters
    ----------
    learning_rate : float, schedule or callable
        Default 0.001.
    beta_1, beta_2 : float
        β₁ and β₂, in [0, 1).
    epsilon : float
        ε.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
    loss_scale_factor, gradient_accumulation_steps, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    beta_1 = real(0, 1)
    beta_2 = real(0, 1)
    epsilon = real(0)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
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
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state for these variables; later calls change nothing."""
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(variables, ["momentum", "velocity"])

    def update_step(self, gradient: Any, variable: Variable, learning_rate: float) -> None:
        """One step of one variable."""
        w, g, place, step = (
            variable.array,
            as_gradient(gradient, variable),
            self._get_variable_index(variable),
            self._step_number(),
        )
        m, v = self._momentums[place].array, self._velocities[place].array
        m += (g - m) * (1 - self.beta_1)
        v += (g * g - v) * (1 - self.beta_2)
        spread = np.sqrt(v / (1 - power_of(self.beta_2, step, w.dtype)))
        spread += self.epsilon
        update = m / (1 - power_of(self.beta_1, step, w.dtype)) / spread
        size, length = _norm(w), _norm(update)
        update *= learning_rate * (size / length if size > 0 and length > 0 else 1.0)
        w -= update


def _norm(x: Any) -> float:
    """The Euclidean norm of all elements, summed in float64."""
    return math.sqrt(float(np.sum(np.square(x, dtype=np.float64))))
