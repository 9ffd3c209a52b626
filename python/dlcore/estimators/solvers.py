"""How an estimator's arguments say to train: optimizer, learning rate, batches, epochs."""

from __future__ import annotations

import math
import warnings
from typing import Any, NamedTuple

from dlcore import optimizers
from dlcore.optimizers import SGD, Adam, AdamW, Optimizer
from dlcore.optimizers.schedules import CosineDecay, LearningRateSchedule

#: With learning_rate="auto": steps to train for, but a few epochs at least.
STEPS = 450
LEAST_EPOCHS = 6

#: Share of the steps in which the rate rises to learning_rate_init.
WARM_UP = 0.1

#: Decoupled weight decay of that recipe.
DECAY = 0.1

#: The rate that learning_rate="adaptive" does not go below.
LOWEST_RATE = 1e-6


class Plan(NamedTuple):
    """A training to come: rows of a batch, the most epochs, and whether these are as many as it takes."""

    batch: int
    epochs: int
    complete: bool


def follows_recipe(estimator: Any) -> bool:
    """Whether the learning rate is to rise and fall over a training whose length is known beforehand."""
    return isinstance(estimator.learning_rate, str) and estimator.learning_rate == "auto" and estimator.solver != "sgd"


def plan(estimator: Any, rows: int, distinct: int) -> Plan:
    """Batches and epochs for so many rows, of which so many are distinct."""
    given = estimator.batch_size
    if given == "auto":
        batch = min(max(16, round(math.sqrt(distinct))), 256) if follows_recipe(estimator) else 200
    else:
        batch = given
        if batch > rows:
            warnings.warn(
                "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped", stacklevel=5
            )
    batch = min(batch, distinct)
    if not follows_recipe(estimator):
        return Plan(batch, estimator.max_iter, False)
    wanted = max(LEAST_EPOCHS, round(STEPS * batch / distinct))
    return Plan(batch, min(wanted, estimator.max_iter), wanted <= estimator.max_iter)


def optimizer_of(estimator: Any, steps: int | None) -> Optimizer:
    """The optimizer, fresh, for a training of so many steps; None: nobody knows how many."""
    solver = estimator.solver
    if isinstance(solver, Optimizer):
        return type(solver).from_config(solver.get_config())
    rate = _rate(estimator, steps)
    decay = estimator.weight_decay
    if decay == "auto":
        decay = DECAY if solver == "adam" and follows_recipe(estimator) and steps is not None else 0.0
    if solver == "sgd":
        return SGD(rate, estimator.momentum, estimator.nesterovs_momentum, weight_decay=decay or None)
    if solver == "adam":
        betas = {"beta_1": estimator.beta_1, "beta_2": estimator.beta_2, "epsilon": estimator.epsilon}
        return AdamW(rate, decay, **betas) if decay else Adam(rate, **betas)
    made: Optimizer = optimizers.get(solver)
    config = {**made.get_config(), "learning_rate": rate}
    if decay:
        config["weight_decay"] = decay
    return type(made).from_config(config)


def _rate(estimator: Any, steps: int | None) -> float | LearningRateSchedule:
    if isinstance(estimator.learning_rate, LearningRateSchedule):
        return estimator.learning_rate
    highest = float(estimator.learning_rate_init)
    if steps is None or not follows_recipe(estimator):
        return highest
    rise = int(WARM_UP * steps)
    if not rise:
        return CosineDecay(highest, steps)
    return CosineDecay(highest / 10, steps - rise, warmup_target=highest, warmup_steps=rise)
