"""Small data sets for examples, made from a seed: nothing is downloaded, and the values are the same on every machine.

Points in the plane with the number of their class are for classifiers (:func:`spirals`, :func:`moons`,
:func:`circles`, :func:`xor`, :func:`blobs`), points on a curve for regressions (:func:`line`, :func:`sine`).
:func:`temperatures` is a series over a year; :func:`two_two_two` the network that one works through by hand.

>>> x, y = spirals(300, n_classes=3, seed=0)
>>> x.shape, x.dtype, y.shape, y.dtype
((300, 2), dtype('float32'), (300,), dtype('int64'))
"""

from __future__ import annotations

from dlcore.datasets.by_hand import TwoTwoTwo, two_two_two
from dlcore.datasets.classes import blobs, circles, moons, spirals, xor
from dlcore.datasets.curves import line, sine
from dlcore.datasets.weather import Temperatures, temperatures

__all__ = [
    "Temperatures",
    "TwoTwoTwo",
    "blobs",
    "circles",
    "line",
    "moons",
    "sine",
    "spirals",
    "temperatures",
    "two_two_two",
    "xor",
]
