"""Muon: orthogonal steps for matrices, AdamW's for the rest."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.optimizers import Adam, Muon
from dlcore.variable import Variable


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 4), (1, 6)])
def test_the_iteration_comes_near_the_orthogonal_factor(shape):
    x = np.random.default_rng(0).standard_normal(shape)
    found = Muon().zeropower_via_newtonschulz5(x, 5)
    u, _, v = np.linalg.svd(x, full_matrices=False)
    np.testing.assert_allclose(found @ (u @ v).T, (u @ v) @ (u @ v).T, atol=0.35)
    assert np.all(np.abs(np.linalg.svd(found, compute_uv=False) - 1) < 0.35)
    y = x / (np.linalg.norm(x) + 1e-7)
    for _ in range(2):
        y = 3.4445 * y + (-4.775 * y @ y.T + 2.0315 * y @ y.T @ y @ y.T) @ y
    np.testing.assert_allclose(Muon().zeropower_via_newtonschulz5(x, 2), y, rtol=1e-10, atol=1e-12)


def test_numbers_of_keras():
    found = Muon().zeropower_via_newtonschulz5(np.array([[0.2499, 0.9105], [0.2655, 0.8824]]), 5)
    np.testing.assert_allclose(found, [[-0.4422, 0.6457], [0.7285, 0.2968]], atol=1e-3)
    v = Variable([[1.0, 2.0], [3.0, 4.0]])
    Muon(0.5, weight_decay=0).apply([[[1.0, 6.0], [7.0, 2.0]]], [v])
    np.testing.assert_allclose(v, [[0.988775, 1.887053], [2.873428, 3.97035]], atol=1e-2)


@pytest.mark.parametrize("nesterov", [True, False])
@pytest.mark.parametrize("rms_rate", [0.2, None])
def test_steps_of_matrices(nesterov, rms_rate):
    optimizer = Muon(0.1, nesterov=nesterov, rms_rate=rms_rate, momentum=0.5, weight_decay=0.02)
    w, m = np.random.default_rng(0).standard_normal((4, 2)), np.zeros((4, 2))
    variable = Variable(w)
    for t in range(3):
        g = np.cos(np.arange(8.0) + t).reshape(4, 2)
        optimizer.apply([g], [variable])
        m = 0.5 * m + g
        way = Muon().zeropower_via_newtonschulz5(g + 0.5 * m if nesterov else m, 5)
        w = w * (1 - 0.1 * 0.02) - 0.1 * way * (2 * rms_rate if rms_rate else 1)
        np.testing.assert_allclose(variable, w, rtol=1e-10)


def test_everything_else_takes_adamw_s_step():
    rng = np.random.default_rng(0)
    paths = {"dense/bias": (4,), "embedding/table": (3, 4), "last/kernel": (3, 4), "conv/kernel": (2, 3, 4)}
    muon = Muon(0.1, exclude_layers=["^last"], adam_lr_ratio=0.5, adam_weight_decay=0.2)
    adam = Adam(0.05, weight_decay=0.4)  # Muon decays by the whole rate
    mine = [Variable(rng.standard_normal(shape)) for shape in paths.values()]
    theirs = [Variable(v.numpy()) for v in mine]
    for v, path in zip(mine, paths, strict=True):
        v.owner, _, v.name = path.rpartition("/")
    for _ in range(3):
        gradients = [rng.standard_normal(v.shape) for v in mine]
        muon.apply(gradients, mine)
        adam.apply(gradients, theirs)
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    assert (muon.kind, muon.fusable) == (None, False)


def test_embeddings_may_take_muon_s_step():
    v = Variable(np.ones((2, 3)), name="table")
    v.owner = "embedding"
    optimizer = Muon(exclude_embeddings=False)
    optimizer.build([v])
    assert [found.name for found in optimizer.variables[2:]] == ["embedding_table_momentum"]


def test_refusals():
    with pytest.raises(ValueError, match="x must be a matrix"):
        Muon().zeropower_via_newtonschulz5(np.ones(3), 5)
    with pytest.raises(TypeError, match="exclude_layers must be a list"):
        Muon(exclude_layers="last")
    with pytest.raises(ValueError, match="ns_steps"):
        Muon(ns_steps=-1)
