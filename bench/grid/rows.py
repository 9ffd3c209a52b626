"""The nets of the grid."""

from __future__ import annotations

from dlcore.cli.bench import CASES, Case

#: Name -> layers and rows of a training step. The last four are bound by arithmetic.
TRAINING = {
    **CASES,
    "odd": Case((100, 300, 50, 7), 48),
    "mnist wide": Case((784, 512, 512, 10), 128),
    "field": Case((32, 64, 64, 64, 64, 16), 4096),
    "wide": Case((256, 1024, 1024, 1024, 10), 256),
    "big": Case((1024, 4096, 4096, 1024), 256),
}

#: Name -> layers of a net that predicts one row, or many.
INFERENCE = {
    "digits": (64, 128, 10),
    "mnist": (784, 128, 10),
    "field": (32, 64, 64, 64, 64, 16),
    "mnist wide": (784, 512, 512, 10),
}
