"""What is drawn of activations is what the kernels compute."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from dlcore import activations, plots
from dlcore.backends.contract import ACTIVATIONS

NAMES = sorted(set(activations._registry.names()) - {"threshold"})  # which has no default threshold


@pytest.mark.parametrize("name", [name for name in NAMES if name in ACTIVATIONS and not ACTIVATIONS[name].rowwise])
def test_values_and_derivatives_are_the_kernels(name, lines):
    x, values = lines(plots.activation_curves(name))[name]
    np.testing.assert_array_equal(values, np.asarray(activations.get(name)(x)))
    _, slopes = lines(plots.activation_curves(name, derivative=True))[name]
    smooth = np.abs(np.gradient(values, x) - slopes)
    assert np.median(smooth) < 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_every_name_can_be_drawn(name, ax):
    assert plots.activation_curves(name, derivative="both", ax=ax) is ax
    assert len(ax.get_lines()) == 4  # two zero lines, the values, the derivative


def test_softmax_is_drawn_against_zero(lines):
    found = lines(plots.activation_curves(["softmax", "sigmoid"]))
    np.testing.assert_allclose(found["softmax"][1], found["sigmoid"][1], rtol=1e-12)


def test_functions_and_arguments(lines):
    steep = functools.partial(activations.leaky_relu, negative_slope=0.5)
    edge = functools.partial(activations.threshold, threshold=1, default_value=0)
    found = lines(plots.activation_curves([steep, "relu", "relu", edge], low=-2, high=2))
    assert {"leaky_relu", "relu", "relu (2)"} <= set(found)
    assert found["leaky_relu"][1].min() == -1
    assert found["threshold"][1].max() == 2


def test_axes_are_named(ax):
    plots.activation_curves(derivative=True, ax=ax)
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("Derivatives of activations", "x", "f′(x)")


def test_unknown_names_list_the_known():
    with pytest.raises(ValueError, match="Did you mean 'relu'"):
        plots.activation_curves("relo")
