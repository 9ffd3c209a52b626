"""Optimizers and learning-rate schedules with Keras's names, arguments and numbers."""

from __future__ import annotations

from dlcore.optimizers import schedules
from dlcore.optimizers.adadelta import Adadelta
from dlcore.optimizers.adafactor import Adafactor
from dlcore.optimizers.adagrad import Adagrad
from dlcore.optimizers.adam import Adam, AdamW
from dlcore.optimizers.adamax import Adamax
from dlcore.optimizers.ftrl import Ftrl
from dlcore.optimizers.kernel import KernelOptimizer
from dlcore.optimizers.lamb import Lamb
from dlcore.optimizers.lion import Lion
from dlcore.optimizers.loss_scale import LossScaleOptimizer
from dlcore.optimizers.multi import MultiOptimizer, OptimizerMap
from dlcore.optimizers.muon import Muon
from dlcore.optimizers.nadam import Nadam
from dlcore.optimizers.optimizer import Optimizer
from dlcore.optimizers.rmsprop import RMSprop
from dlcore.optimizers.schedule_free_adamw import ScheduleFreeAdamW
from dlcore.optimizers.serialization import deserialize, get, registry, serialize
from dlcore.optimizers.sgd import SGD

__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "KernelOptimizer",
    "Lamb",
    "Lion",
    "LossScaleOptimizer",
    "MultiOptimizer",
    "Muon",
    "Nadam",
    "Optimizer",
    "OptimizerMap",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

for _class in (
    SGD,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    AdamW,
    Adamax,
    Ftrl,
    Lamb,
    Lion,
    LossScaleOptimizer,
    MultiOptimizer,
    Muon,
    Nadam,
    OptimizerMap,
    RMSprop,
    ScheduleFreeAdamW,
):
    registry.add(_class)
