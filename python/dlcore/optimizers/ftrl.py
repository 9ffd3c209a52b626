"""Ftrl: follow the regularized leader, whose L1 penalty makes weights exactly zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.backends.contract import UPDATES
from dlcore.backends.network import Hyper
from dlcore.floats import Array
from dlcore.optimizers.kernel import KernelOptimizer
from dlcore.optimizers.settings import real
from dlcore.variable import Variable


class Ftrl(KernelOptimizer):
    """Ftrl: n' = n + g², z ← z + g + 2s · w - (n'ᵖ - nᵖ) / lr · w, w ← (clip(z, ±λ₁) - z) / ((β + n'ᵖ) / lr + 2λ₂).

    p is -learning_rate_power, s the L2 shrinkage. Source: McMahan et al., "Ad click prediction: a view from the
    trenches", KDD 2013. A rate of 0 makes NaN.

    Parameters
    ----------
    learning_rate : float, schedule or callable
        Default 0.001.
    learning_rate_power : float
        0 or less. For the default -0.5 there is a kernel; other powers are computed in NumPy.
    initial_accumulator_value : float
        What n starts at; 0 or more.
    l1_regularization_strength, l2_regularization_strength : float
        λ₁ and λ₂, 0 or more.
    l2_shrinkage_regularization_strength : float
        s, 0 or more: a penalty on the weights themselves, where λ₂ holds them in place.
    beta : float
        β, 0 or more.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
    loss_scale_factor, gradient_accumulation_steps, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    learning_rate_power = real(high=0, open_high=False)
    initial_accumulator_value = real(0)
    l1_regularization_strength = real(0)
    l2_regularization_strength = real(0)
    l2_shrinkage_regularization_strength = real(0)
    beta = real(0)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
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
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta

    @property
    def kind(self) -> str | None:
        """The update's name, if the power is the kernel's."""
        return "ftrl" if self.learning_rate_power == -0.5 else None

    def hyper(self, learning_rate: float, step: int) -> Hyper:
        """The numbers of one step."""
        return (
            super()
            .hyper(learning_rate, step)
            ._replace(
                l1=self.l1_regularization_strength,
                l2=self.l2_regularization_strength,
                shrinkage=self.l2_shrinkage_regularization_strength,
            )
        )

    def start_of(self, slot: str) -> float:
        """What the accumulator is filled with before the first step."""
        return self.initial_accumulator_value if slot == "accumulator" else 0.0

    def _slot_names(self) -> tuple[str, ...]:
        return UPDATES["ftrl"]

    def _kernel(self, gradient: Array, variable: Variable, hyper: Hyper) -> None:
        if self.kind is not None:
            super()._kernel(gradient, variable, hyper)
            return
        w, rate, power = variable.array, hyper.learning_rate, -self.learning_rate_power
        n, z = (slot.array for slot in self._slots[self._get_variable_index(variable)])
        w -= w * w.dtype.type(hyper.weight_decay * rate)
        with np.errstate(divide="ignore", invalid="ignore"):
            before = n**power
            n += gradient * gradient
            after = n**power
            one = w.dtype.type(1) / w.dtype.type(rate)
            z += gradient + 2 * hyper.shrinkage * w - (after - before) * one * w
            w[...] = (np.clip(z, -hyper.l1, hyper.l1) - z) / ((hyper.beta + after) * one + 2 * hyper.l2)
