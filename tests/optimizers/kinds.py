"""The optimizers there are, for tests that run on each."""

from __future__ import annotations

from dlcore.optimizers import (
    SGD,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Ftrl,
    Lamb,
    Lion,
    Muon,
    Nadam,
    RMSprop,
    ScheduleFreeAdamW,
)

KERNELS = [SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Ftrl, Lion, Nadam, RMSprop]
ALL = [*KERNELS, Adafactor, Lamb, Muon, ScheduleFreeAdamW]
