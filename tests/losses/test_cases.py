"""Every loss against plain NumPy: values, weights, reductions, gradients toward both arguments, configs, pickles."""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pytest

from dlcore import losses
from dlcore.autodiff import GradientTape, Tensor
from dlcore.variable import Variable
from losses.cases import CASES, IDS

every_case = pytest.mark.parametrize(("loss", "y_true", "y_pred", "values"), CASES, ids=IDS)


def another(loss, **arguments):
    """The loss with other arguments."""
    return type(loss)(**{**loss.get_config(), **arguments})


@pytest.mark.usefixtures("backend")
@every_case
def test_values_weights_reductions(loss, y_true, y_pred, values):
    weights = np.array([0.5, 3.0])
    for reduction, plain, weighted in [
        ("none", values, values * weights),
        (None, values, values * weights),
        ("sum", values.sum(), (values * weights).sum()),
        ("sum_over_batch_size", values.mean(), (values * weights).mean()),
        ("mean", values.mean(), (values * weights).mean()),
        ("mean_with_sample_weight", values.mean(), (values * weights).sum() / weights.sum()),
    ]:
        for dtype, tolerance in [("float16", 2e-3), ("float32", 1e-5), ("float64", 1e-6)]:
            again = another(loss, reduction=reduction, dtype=dtype)
            found = again(y_true, y_pred)
            assert isinstance(found, Tensor)
            assert again.dtype == found.dtype == dtype
            np.testing.assert_allclose(found, plain, rtol=tolerance)
            np.testing.assert_allclose(again(y_true, y_pred, sample_weight=weights), weighted, rtol=tolerance)
            if reduction not in ("none", None):
                np.testing.assert_allclose(again(y_true, y_pred, weights[:, None]), weighted, rtol=tolerance)


def differences(function, x):
    gradient = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        sides = []
        for step in (1e-6, -1e-6):
            moved = x.copy()
            moved[place] += step
            sides.append(float(function(moved)))
        gradient[place] = (sides[0] - sides[1]) / 2e-6
    return gradient


@every_case
def test_gradients(loss, y_true, y_pred, values):
    loss, weights = another(loss, dtype="float64"), [0.5, 3.0]
    for which in range(2):
        arrays = [np.array(x, np.float64) if x.dtype.kind == "f" else x for x in (y_true, y_pred)]
        if arrays[which].dtype.kind != "f" or (
            which == 0 and np.isin(arrays[0], (0, 1)).all() and "hinge" in loss.name
        ):
            continue  # labels; and targets that are read as signs only while all of them are 0 or 1
        places = list(arrays)
        places[which] = Variable(arrays[which])
        with GradientTape() as tape:
            value = loss(*places, weights)
        gradient = tape.gradient(value, places[which])

        def moved(x, which=which, arrays=arrays):
            return loss(*(x if i == which else other for i, other in enumerate(arrays)), weights)

        np.testing.assert_allclose(gradient, differences(moved, arrays[which]), rtol=1e-5, atol=1e-7)


def test_targets_of_0_and_1_have_the_gradient_of_the_signs():
    t, p = Variable([[0.0, 1.0]]), [[0.5, 0.25]]
    with GradientTape() as tape:
        value = losses.Hinge()(t, p)
    np.testing.assert_allclose(tape.gradient(value, t), [[-0.5, -0.25]])


@every_case
def test_configs_and_pickles(loss, y_true, y_pred, values):
    config = loss.get_config()
    json.dumps(config)
    for name, value in config.items():
        assert getattr(loss, name) == value or list(getattr(loss, name)) == list(value)
    text = json.loads(json.dumps(losses.serialize(loss)))
    for again in (
        type(loss).from_config(config),
        losses.deserialize(text),
        losses.get(text),
        pickle.loads(pickle.dumps(loss)),
        copy.deepcopy(loss),
    ):
        assert type(again) is type(loss)
        assert json.dumps(again.get_config()) == json.dumps(config)
        assert again(y_true, y_pred) == loss(y_true, y_pred)
        assert set(dir(again)) == set(dir(loss))


@every_case
def test_lists_integers_and_the_wrong_kinds(loss, y_true, y_pred, values):
    assert loss(y_true.tolist(), y_pred.tolist()) == loss(y_true, y_pred)
    for other in ("float16", "float32", ">f8", "int64"):
        assert loss(y_true, np.ceil(4 * y_pred).astype(other)) == loss(y_true, np.ceil(4 * y_pred))
    assert loss.fn(y_true, np.asfortranarray(y_pred), **loss._fn_kwargs).dtype == "float64"
    for wrong in (None, [["1"]], [[1j]], "a"):
        with pytest.raises(TypeError, match=r"^y_true must hold real numbers"):
            loss(wrong, y_pred)
        with pytest.raises(TypeError, match=r"^y_pred must hold real numbers"):
            loss(y_true, wrong)
        with pytest.raises(TypeError, match=r"^sample_weight must hold real numbers"):
            loss(y_true, y_pred, wrong or "")


@every_case
def test_far_out_there_are_no_nans(loss, y_true, y_pred, values):
    """Zeros, ones and logits of 1e4 have finite losses and gradients."""
    config = loss.get_config()
    span = 1e4 if config.get("from_logits") else 1.0
    if isinstance(loss, losses.GaussianNLL):
        span = 20.0
    for number in (0.0, span):
        p = Variable(np.where(y_pred > 0.25, number, 0), dtype="float32")
        if "ategorical" in type(loss).__name__ and not config.get("from_logits"):
            p.assign(p.array + 1e-3)  # shares have a sum
        with GradientTape() as tape:
            value = loss(y_true, p)
        assert np.isfinite(value)
        assert np.isfinite(tape.gradient(value, p)).all()


@every_case
def test_nothing_to_predict(loss, y_true, y_pred, values):
    if getattr(loss, "axis", -1) in (0, None):
        return
    assert loss(y_true[:0], y_pred[:0]) == 0.0
