"""What is special to single losses: quantiles, likelihoods, hinges, overlaps, circles."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import losses, optimizers
from dlcore.autodiff import GradientTape
from dlcore.variable import Variable
from losses.cases import D, P, S, T


def test_quantiles_are_found():
    """The best constant predictions for several quantiles at once are the data's quantiles."""
    data, levels = np.linspace(0, 1, 101), [0.1, 0.5, 0.9]
    found, loss = Variable([0.4, 0.4, 0.4], dtype="float64"), losses.Quantile(levels, dtype="float64")
    optimizer = optimizers.SGD(0.05)
    for _ in range(400):
        with GradientTape() as tape:
            value = loss(data, found * np.ones((101, 1)))
        optimizer.apply_gradients([(tape.gradient(value, found), found)])
    np.testing.assert_allclose(found, levels, atol=0.02)


def test_quantiles_are_checked():
    for wrong in (0, 1.0, [0.5, 1.0]):
        with pytest.raises(ValueError, match=r"quantile must lie in \(0, 1\)"):
            losses.Quantile(wrong)
    with pytest.raises(ValueError, match="at least one"):
        losses.Quantile([])
    with pytest.raises(TypeError, match="quantile"):
        losses.Quantile("half")
    with pytest.raises(ValueError, match="a column for each of the 2 quantiles"):
        losses.Quantile([0.1, 0.9])(S[:, 0], S)


def test_the_likelihood_of_several_columns():
    t, y = S[:, :2], np.concatenate([P[:, :2], S[:, 1:]], axis=1)
    expected = (S[:, 1:] + (t - P[:, :2]) ** 2 * np.exp(-S[:, 1:])).mean(axis=1) / 2
    np.testing.assert_allclose(losses.gaussian_nll(t, y), expected)
    np.testing.assert_allclose(losses.gaussian_nll(t, y, full=True), expected + np.log(2 * np.pi) / 2)


def test_small_variances_are_cut_off():
    y = Variable([[1.0, 1e-12]])
    with GradientTape() as tape:
        value = losses.gaussian_nll([[1.0]], y, log_variance=False)
    assert value.tolist() == pytest.approx([np.log(1e-6) / 2])
    assert tape.gradient(value, y).tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: losses.GaussianNLL()(S[:, 0], S), "even number of columns"),
        (lambda: losses.GaussianNLL(epsilon=0), "epsilon"),
        (lambda: losses.Huber(delta=0.0), "delta"),
        (lambda: losses.SmoothL1(beta=-1.0), "beta"),
        (lambda: losses.CosineSimilarity(axis=2)(T, P), "axis"),
        (lambda: losses.Dice(axis=5)(T, P), "axis"),
        (lambda: losses.Dice()(T, P[:, :2]), "must have the same shape"),
        (lambda: losses.Tversky(alpha=np.nan), "alpha"),
        (lambda: losses.Circle(gamma=0), "gamma"),
        (lambda: losses.Circle()([1, 2], S[0]), "two axes"),
        (lambda: losses.Circle()([1, 2, 3], S), r"y_true must have the shape \(2,\)"),
        (lambda: losses.circle([1, 2], S, ref_embeddings=S), "ref_labels"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises((ValueError, TypeError), match=match):
        call()


def test_hinges_read_their_targets_as_keras():
    """0 and 1 as -1 and 1, unless there are other numbers among them."""
    assert losses.hinge([[0.0, 1.0]], [[0.5, 0.5]]) == losses.hinge([[-1.0, 1.0]], [[0.5, 0.5]])
    assert losses.hinge([[0.0, -1.0]], [[0.5, 0.5]]).tolist() == [1.25]
    assert losses.squared_hinge([[0.0, -1.0]], [[0.5, 0.5]]).tolist() == [(1 + 2.25) / 2]
    np.testing.assert_allclose(losses.hinge(D, S), np.maximum(1 - D * S, 0).mean(axis=1))


def test_the_cosine_of_nothing_has_a_finite_gradient():
    p = Variable([[0.0, 0.0]])
    with GradientTape() as tape:
        value = losses.CosineSimilarity()([[3.0, 4.0]], p)
    assert value == 0.0
    assert np.isfinite(tape.gradient(value, p)).all()


def test_overlaps_over_all_axes_and_some():
    t, p = (np.stack([x, x[::-1]]) for x in (T, P))
    assert losses.dice(t, p).shape == ()
    assert losses.dice(t, p, axis=(0, 2)).shape == (2,)
    assert losses.Dice()(T, P) == pytest.approx(1 - 2 * (T * P).sum() / (T.sum() + P.sum()))
    assert losses.Tversky()(T, P) == pytest.approx(float(losses.Dice()(T, P)))
    assert losses.Dice()(np.zeros((2, 2)), np.zeros((2, 2))) == 1.0


EMBEDDINGS = np.array(
    [
        [0.70014004, -0.42008403, 0.14002801, 0.56011203],
        [0.17609018, 0.70436073, -0.52827054, 0.44022545],
        [-0.34050261, 0.25537696, -0.68100522, 0.59587957],
        [0.32163376, -0.75047877, 0.53605627, -0.21442251],
        [0.51261459, -0.34174306, 0.17087153, 0.76892189],
    ]
)
LABELS = np.array([1, 1, 2, 2, 3])


def plain_circle(labels, x, gamma, margin):
    """Straight from the definition, pair by pair."""
    values = []
    for i in range(len(x)):
        distance = np.maximum(1 - x @ x[i], 0)
        near = [
            gamma * max(margin + d, 0) * (d - margin)
            for j, d in enumerate(distance)
            if labels[j] == labels[i] and j != i
        ]
        far = [
            gamma * max(1 + margin - d, 0) * (1 - margin - d) for j, d in enumerate(distance) if labels[j] != labels[i]
        ]
        both = np.logaddexp.reduce(near or [-np.inf]) + np.logaddexp.reduce(far or [-np.inf])
        values.append(np.logaddexp(0, both))
    return np.array(values)


@pytest.mark.parametrize(("gamma", "margin"), [(80.0, 0.4), (256.0, 0.25), (2.0, 0.1)])
def test_circle(gamma, margin):
    expected = plain_circle(LABELS, EMBEDDINGS, gamma, margin)
    np.testing.assert_allclose(losses.circle(LABELS, EMBEDDINGS, gamma=gamma, margin=margin), expected, rtol=1e-9)
    found = losses.Circle(gamma, margin)(LABELS, EMBEDDINGS)
    assert found == pytest.approx(expected[:4].mean(), rel=1e-5)  # the fifth has no partner, and does not count
    assert losses.Circle(gamma, margin)(LABELS[:, None], EMBEDDINGS) == found


def test_circle_with_references():
    values = losses.circle(LABELS, EMBEDDINGS, ref_labels=LABELS, ref_embeddings=EMBEDDINGS)
    np.testing.assert_allclose(values, losses.circle(LABELS, EMBEDDINGS))
    alone = losses.circle(LABELS, EMBEDDINGS, ref_labels=[9, 9], ref_embeddings=EMBEDDINGS[:2])
    assert not alone.array.any()


def test_the_gradient_of_circle():
    x = Variable(EMBEDDINGS)
    with GradientTape() as tape:
        value = losses.Circle(gamma=3.0, dtype="float64", reduction="sum")(LABELS, x)
    gradient = tape.gradient(value, x)
    for place in np.ndindex(EMBEDDINGS.shape):
        step = np.zeros_like(EMBEDDINGS)
        step[place] = 1e-6
        up, down = (plain_circle(LABELS, EMBEDDINGS + s * step, 3.0, 0.4).sum() for s in (1, -1))
        assert gradient.array[place] == pytest.approx((up - down) / 2e-6, rel=1e-5, abs=1e-7)


def test_nobody_has_a_partner():
    x = Variable(EMBEDDINGS)
    for labels in (np.arange(5), np.zeros(5)):
        with GradientTape() as tape:
            value = losses.Circle()(labels, x)
        assert value == 0.0
        assert not tape.gradient(value, x).array.any()
