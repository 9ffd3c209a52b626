"""Dynamic loss scaling around another optimizer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.initializers import Constant
from dlcore.optimizers.optimizer import Optimizer
from dlcore.optimizers.serialization import deserialize, serialize
from dlcore.optimizers.settings import count, real, settings_of
from dlcore.variable import Variable


class LossScaleOptimizer(Optimizer):
    """Another optimizer, with a loss scaled as much as its gradients bear.

    The loss is multiplied by a scale and gradients are divided by it, so that small ones do not vanish in a narrow
    type. After ``dynamic_growth_steps`` steps in a row with finite gradients the scale doubles; a step with one that
    is not finite is skipped, and the scale halves.

    Parameters
    ----------
    inner_optimizer : Optimizer
        What takes the steps. Its own ``loss_scale_factor`` is set to None.
    initial_scale : float
        The first scale, above 0. One too high is corrected faster than one too low.
    dynamic_growth_steps : int
        1 or more.
    name : str, optional
        Default: ``loss_scale_optimizer``, numbered.
    **kwargs
        Refused unless they are the defaults of :class:`~dlcore.optimizers.Optimizer`, as older configs hold them: set
        clipping, averaging and the like on the inner optimizer.
    """

    initial_scale = real(0, open_low=True)
    dynamic_growth_steps = count(1)

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        _check_surplus(kwargs)
        if not isinstance(inner_optimizer, Optimizer):
            raise TypeError(f"inner_optimizer must be an Optimizer; got {inner_optimizer!r}")
        super().__init__(0.0, name=name)
        self.inner_optimizer = inner_optimizer
        self.initial_scale = initial_scale
        self.dynamic_growth_steps = dynamic_growth_steps
        inner_optimizer.loss_scale_factor = None

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the scale and the count of finite steps, and build the inner optimizer; later calls change nothing."""
        if self.built:
            return
        self.step_counter = self.add_variable((), dtype="int64", name="step_counter")
        self.dynamic_scale = self.add_variable((), Constant(self.initial_scale), "float32", "dynamic_scale")
        self.inner_optimizer.build_once(variables)
        super().build(variables)

    @property
    def variables(self) -> list[Variable]:
        """Its own, then those of the inner optimizer."""
        return [*super().variables, *self.inner_optimizer.variables]

    @property
    def learning_rate(self) -> Any:
        """That of the inner optimizer."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, learning_rate: Any) -> None:
        self.inner_optimizer.learning_rate = learning_rate

    @property
    def iterations(self) -> Any:
        """Those of the inner optimizer: steps that were skipped do not count."""
        return self.inner_optimizer.iterations

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None) -> None:
        """Take one step if every gradient is finite, and change the scale accordingly; see :meth:`Optimizer.apply`."""
        grads = list(grads)
        if not self.built:
            self.build_once(self._checked(grads, trainable_variables))
        if all(np.isfinite(np.asarray(g)).all() for g in grads if g is not None):
            scale = float(self.dynamic_scale)
            unscaled = [None if g is None else np.asarray(g) / scale for g in grads]
            self.inner_optimizer.apply(unscaled, trainable_variables)
            self.step_counter.array += 1
            if int(self.step_counter) == self.dynamic_growth_steps:
                self._set_scale(2 * scale)
        else:
            self._set_scale(0.5 * float(self.dynamic_scale))

    def _set_scale(self, scale: float) -> None:
        self.step_counter.array[...] = 0
        self.dynamic_scale.array[...] = scale

    def scale_loss(self, loss: Any) -> Any:
        """The loss times the scale."""
        return loss * (float(self.dynamic_scale) if self.built else self.initial_scale)

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """What the inner optimizer does at the end of training."""
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "name": self.name,
            "inner_optimizer": serialize(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Optimizer:
        """The optimizer that ``get_config`` described."""
        arguments = dict(config)
        if isinstance(arguments.get("inner_optimizer"), Mapping):
            arguments["inner_optimizer"] = deserialize(arguments["inner_optimizer"], custom_objects)
        return cls(**arguments)


def _check_surplus(given: dict[str, Any]) -> None:
    """Refuse arguments that belong to the inner optimizer, or to nothing."""
    if not given.pop("dynamic", True):
        raise ValueError("dynamic=False is a fixed scale: set `loss_scale_factor` on the inner optimizer instead")
    defaults = {**dict.fromkeys(settings_of(Optimizer)), "use_ema": False, "ema_momentum": 0.99}
    for name in [name for name in given if name in defaults]:
        if given.pop(name) != defaults[name]:
            raise ValueError(f"`{name}` does nothing here: set it on the `inner_optimizer`")
    if given:
        raise ValueError(f"LossScaleOptimizer does not take the arguments: {', '.join(f'`{name}`' for name in given)}")
