"""The examples in the docstrings of the pictures and their data run."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import numpy as np
import pytest

import dlcore

MODULES = [
    f"{room.__name__}.{module.name}"
    for room in (dlcore.datasets, dlcore.plots)
    for module in pkgutil.iter_modules(room.__path__)
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # one of them writes a file
    dlcore.utils.set_random_seed(0)
    x, y = dlcore.datasets.moons(60)
    layers = dlcore.layers
    model = dlcore.Sequential([layers.Input((2,)), layers.Dense(4, "tanh"), layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    names = {"dlcore": dlcore, "np": np, "model": model, "x": x, "y": y}
    assert doctest.testmod(import_module(name), extraglobs=names).failed == 0
