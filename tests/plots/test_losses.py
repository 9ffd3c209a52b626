"""What is drawn of losses is what the kernels compute."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import losses, ops, plots

KERNELS = {
    "mae": ops.mean_absolute_error,
    "mse": ops.mean_squared_error,
    "smooth_l1": ops.smooth_l1,
    "huber": ops.huber,
    "log_cosh": ops.log_cosh,
    "quantile": ops.quantile,
}


def kernel(function, target, predicted):
    """The kernel's loss and gradient for each number alone."""
    found = [function(np.full((1, 1), target), np.full((1, 1), value)) for value in predicted]
    return np.array([loss for loss, _ in found]), np.array([grad[0, 0] for _, grad in found])


@pytest.mark.parametrize("name", KERNELS)
def test_values_and_derivatives_are_the_kernels(name, lines):
    errors, values = lines(plots.loss_curves(name))[name]
    _, slopes = lines(plots.loss_curves(name, derivative=True))[name]
    assert len(values) == len(slopes) == len(errors)
    every = slice(None, None, 37)
    expected, expected_slopes = kernel(KERNELS[name], 0.0, errors[every])
    np.testing.assert_array_equal(values[every], expected)
    np.testing.assert_array_equal(slopes[every], expected_slopes)


def test_objects_labels_and_functions(lines):
    found = lines(plots.loss_curves({"half": losses.Huber(0.5), "own": lambda t, p: (p - t) ** 4}, derivative="both"))
    assert {"half", "half, derivative", "own", "own, derivative"} <= set(found)
    x, y = found["own, derivative"]
    np.testing.assert_allclose(y, 4 * x**3, rtol=1e-12)
    assert found["half"][1].max() == pytest.approx(0.5 * 3 - 0.125, rel=1e-12)


def test_a_reduction_does_not_matter(lines):
    found = lines(plots.loss_curves([losses.MeanSquaredError(reduction="sum", name="sum"), "mse"]))
    np.testing.assert_array_equal(found["sum"][1], found["mse"][1])


def test_the_target_matters_to_percentages(lines):
    x, y = lines(plots.loss_curves("mape", low=-1, high=1, y_true=4))["mape"]
    np.testing.assert_allclose(y, 25 * np.abs(x), rtol=1e-12)


def test_a_jump_is_drawn_as_a_gap(ax):
    plots.loss_curves("mae", derivative=True, ax=ax)
    (line,) = (line for line in ax.get_lines() if line.get_label() == "mae")
    x, y = line.get_data(orig=False)
    assert np.isnan(y).sum() == 1
    assert x[np.isnan(y)] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    "name",
    [
        "binary_crossentropy",
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
        losses.KLDivergence(name="kl"),
    ],
)
def test_cross_entropies_of_two_classes_are_one_curve(name, lines):
    label = getattr(name, "name", name)
    found = lines(plots.cross_entropy_curves(name))
    for target, share in ((1, lambda p: p), (0, lambda p: 1 - p)):
        p, loss = found[f"{label}, y = {target}"]
        np.testing.assert_allclose(loss, -np.log(share(p)), rtol=1e-5, atol=2e-6)  # KL keeps ε from 0


def test_focal_weighs_what_is_known_less(lines):
    p, loss = lines(plots.cross_entropy_curves("binary_focal_crossentropy", targets=1))[
        "binary_focal_crossentropy, y = 1"
    ]
    np.testing.assert_allclose(loss, -((1 - p) ** 2) * np.log(p), rtol=1e-6)


def test_derivatives_of_cross_entropies(lines):
    p, slope = lines(plots.cross_entropy_curves("bce", targets=[1], derivative=True))["bce, y = 1"]
    np.testing.assert_allclose(slope, -1 / p, rtol=1e-6)


def test_axes_are_named(ax):
    assert plots.loss_curves(ax=ax, derivative=True) is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("error, y_pred − y_true", "∂loss / ∂y_pred")
    assert ax.get_title()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["mae", "mse", "smooth_l1", "log_cosh"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"which": "mas"}, ValueError, "Unknown loss 'mas'.*Known: .*mae"),
        ({"which": 3}, (TypeError, ValueError), "3"),
        ({"which": []}, ValueError, "which must name at least one"),
        ({"which": losses.Quantile([0.1, 0.9])}, ValueError, "must have a column for each of the 2 quantiles"),
        ({"which": lambda t, p: p.sum()}, ValueError, "must give a number for each of 1200 points"),
        ({"low": 2, "high": 1}, ValueError, "low must be below high"),
        ({"derivative": "second"}, ValueError, "derivative must be False, True or 'both'"),
        ({"ax": "here"}, TypeError, "ax must be matplotlib Axes"),
    ],
)
def test_what_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        plots.loss_curves(**arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"high": 1.5}, r"high must lie in \[0, 1\]"),
        ({"targets": 2}, "targets must hold 0, 1 or both"),
        ({"targets": []}, "targets must hold 0, 1 or both"),
        ({"which": "crossentropy"}, "Unknown loss"),
    ],
)
def test_cross_entropies_refuse(arguments, message):
    with pytest.raises(ValueError, match=message):
        plots.cross_entropy_curves(**arguments)
