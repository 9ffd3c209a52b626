"""Muon: momentum made orthogonal, for matrices; AdamW for everything else."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.backends import get_backend
from dlcore.backends.network import Hyper
from dlcore.checks import several
from dlcore.floats import Array, as_float, numbers
from dlcore.optimizers.optimizer import Optimizer, as_gradient
from dlcore.optimizers.settings import Setting, count, flag, real, real_or_none
from dlcore.variable import Variable


class Muon(Optimizer):
    """Muon: m ← momentum · m + g, then w ← w - lr · rms_rate · √max(w.shape) · UVᵀ.

    With u = m, or with Nesterov's momentum u = g + momentum · m, U and V are those of the singular value decomposition
    of u; a few steps of a Newton-Schulz iteration come near enough. Variables that are no matrices, those of
    embeddings and those of the layers named in ``exclude_layers`` (the last layer should be) take AdamW's step.
    Sources: Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024); Liu et al., "Muon is
    scalable for LLM training" (2025) for rms_rate.

    Parameters
    ----------
    learning_rate : float, schedule or callable
        Default 0.001.
    adam_beta_1, adam_beta_2, epsilon : float
        Of AdamW's step.
    adam_weight_decay : float, optional
        The weight decay of variables that take AdamW's step; ``weight_decay`` is that of the others.
    exclude_layers : list of str, optional
        Regular expressions; a variable in whose path one is found takes AdamW's step.
    exclude_embeddings : bool
        Whether variables with "embedding" in their path take AdamW's step.
    muon_a, muon_b, muon_c : float
        Coefficients of the iteration X ← a · X + (b · A + c · A²) · X, A = X · Xᵀ.
    adam_lr_ratio : float
        AdamW's rate is so many times the rate.
    momentum : float
        In [0, 1].
    ns_steps : int
        Steps of the iteration.
    nesterov : bool
        Whether to use Nesterov's momentum.
    rms_rate : float, optional
        Makes the size of a step like that of Adam's. None: the step is lr · UVᵀ.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
    loss_scale_factor, gradient_accumulation_steps, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    adam_beta_1 = real(0, 1)
    adam_beta_2 = real(0, 1)
    adam_weight_decay = real_or_none(0)
    epsilon = real(0)
    exclude_layers = Setting(lambda name, value: [re.compile(e).pattern for e in several(name, value or (), "a list")])
    exclude_embeddings = flag()
    muon_a = real()
    muon_b = real()
    muon_c = real()
    adam_lr_ratio = real(0)
    momentum = real(0, 1, open_high=False)
    ns_steps = count(0)
    nesterov = flag()
    rms_rate = real_or_none(0, open_low=True)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
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
        self.adam_beta_1 = adam_beta_1
        self.adam_beta_2 = adam_beta_2
        self.adam_weight_decay = adam_weight_decay
        self.epsilon = epsilon
        self.exclude_layers = exclude_layers
        self.exclude_embeddings = exclude_embeddings
        self.muon_a = muon_a
        self.muon_b = muon_b
        self.muon_c = muon_c
        self.adam_lr_ratio = adam_lr_ratio
        self.momentum = momentum
        self.ns_steps = ns_steps
        self.nesterov = nesterov
        self.rms_rate = rms_rate

    def _should_use_adamw(self, variable: Variable) -> bool:
        path = variable.path
        return (
            variable.ndim != 2
            or (self.exclude_embeddings and "embedding" in path.lower())
            or any(re.search(pattern, path) for pattern in self.exclude_layers)
        )

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state for these variables; later calls change nothing."""
        if self.built:
            return
        super().build(variables)
        self.momentums: list[Variable] = []
        self.adam_velocities: list[Variable | None] = []
        for variable in variables:
            adam = self._should_use_adamw(variable)
            self.momentums.append(self.add_variable_from_reference(variable, "momentum"))
            self.adam_velocities.append(self.add_variable_from_reference(variable, "velocity") if adam else None)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: float) -> None:
        """One step of one variable."""
        place, g, w = self._get_variable_index(variable), as_gradient(gradient, variable), variable.array
        m, velocity = self.momentums[place].array, self.adam_velocities[place]
        if velocity is not None:
            rate = learning_rate * self.adam_lr_ratio
            hyper = Hyper(rate, 0, self.adam_beta_1, self.adam_beta_2, 0, self.epsilon, step=self._step_number())
            get_backend().update("adam", w, g, [m, velocity.array], hyper)
            return
        m *= self.momentum
        m += g
        update = self.zeropower_via_newtonschulz5(g + self.momentum * m if self.nesterov else m, self.ns_steps)
        w -= self.lr_adjust(learning_rate * update)

    def lr_adjust(self, x: Any) -> Array:
        """A matrix of steps times √(its longer side) · rms_rate."""
        array = numbers("x", x)
        return array if self.rms_rate is None else array * (math.sqrt(max(array.shape)) * self.rms_rate)

    def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Array:
        """About UVᵀ of the singular value decomposition of a matrix x, by so many steps of the iteration.

        Raises
        ------
        ValueError
            If x has not two axes.
        """
        array = as_float(numbers("x", x))
        if array.ndim != 2:
            raise ValueError(f"x must be a matrix; got shape {array.shape}")
        wide = array if array.shape[0] <= array.shape[1] else np.ascontiguousarray(array.T)
        found = wide / (math.sqrt(float(np.sum(np.square(wide, dtype=np.float64)))) + 1e-7)
        for _ in range(steps):
            square = _product(found, np.ascontiguousarray(found.T))
            found = self.muon_a * found + _product(self.muon_b * square + self.muon_c * _product(square, square), found)
        return found if wide is array else np.ascontiguousarray(found.T)

    def _apply_weight_decay(self, variables: Sequence[Variable]) -> None:
        for variable in variables:
            decay = self.adam_weight_decay if self._should_use_adamw(variable) else self.weight_decay
            if decay:
                self._decay(variable, decay)


def _product(x: Array, w: Array) -> Array:
    """The product of two matrices, the same bits on every machine."""
    y = np.empty((x.shape[0], w.shape[1]), x.dtype)
    get_backend().dense_forward(x, w, None, "linear", 0.0, None, y)
    return y
