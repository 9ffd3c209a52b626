"""Gradients by central differences, the measure of every rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore import autodiff
from dlcore.autodiff import GradientTape, Tensor
from dlcore.variable import Variable

STEP = 1e-5


def differences(function: Callable[..., Any], inputs: list[np.ndarray], which: int) -> np.ndarray:
    """The gradient of the sum of the function's elements by central differences."""
    gradient = np.zeros_like(inputs[which])
    for place in np.ndindex(gradient.shape):
        values = []
        for sign in (1, -1):
            moved = [x.copy() for x in inputs]
            moved[which][place] += sign * STEP
            values.append(np.sum(np.asarray(function(*(Tensor(x) for x in moved)))))
        gradient[place] = (values[0] - values[1]) / (2 * STEP)
    return gradient


def check(function: Callable[..., Any], *inputs: Any, order: int = 2) -> None:
    """Gradients with respect to every input equal differences; so do the gradients of a weighted sum of them."""
    arrays = [np.array(x, np.float64) for x in inputs]
    variables = [Variable(x) for x in arrays]
    with GradientTape() as tape:
        result = function(*variables)
    for i, gradient in enumerate(tape.gradient(result, variables)):
        assert gradient.shape == arrays[i].shape
        np.testing.assert_allclose(gradient, differences(function, arrays, i), rtol=1e-6, atol=1e-8)
    if order == 1:
        return

    def slope(*values: Any) -> Any:
        with GradientTape() as inner:
            inner.watch(values)
            result = function(*values)
        gradients = inner.gradient(result, list(values), unconnected_gradients="zero")
        total = gradients[0].array.sum() * 0
        for k, g in enumerate(gradients):
            total = autodiff.sum(g * np.cos(np.arange(g.size) + k).reshape(g.shape)) + total
        return total

    with GradientTape() as outer:
        total = slope(*variables)
    second = outer.gradient(total, variables, unconnected_gradients="zero")
    for i, gradient in enumerate(second):
        np.testing.assert_allclose(gradient, differences(slope, arrays, i), rtol=1e-5, atol=1e-7)
