"""The course's example comes out with the course's numbers, digit by digit."""

from __future__ import annotations

import numpy as np
import pytest

from .course import T, X, network


@pytest.fixture(scope="module")
def step():
    return network().explain_step(X, T)


#: Formulas of the published derivation, with the digits that the course prints.
PRINTED = (
    "netₕ₁ = w1·x₁ + w2·x₂ + b1₁ = 0.15 · 0.05 + 0.2 · 0.1 + 0.35 = 0.3775",
    "outₕ₁ = σ(netₕ₁) = σ(0.3775) = 0.593269992",
    "outₕ₂ = σ(netₕ₂) = σ(0.3925) = 0.596884378",
    "net₁ = w5·outₕ₁ + w6·outₕ₂ + b2₁ = 0.4 · 0.593269992 + 0.45 · 0.596884378 + 0.6 = 1.105905967",
    "out₁ = σ(net₁) = σ(1.105905967) = 0.75136507",
    "out₂ = σ(net₂) = σ(1.224921404) = 0.772928465",
    "E₁ = ½·(t₁ − out₁)² = ½·(0.01 − 0.75136507)² = 0.274811083",
    "E₂ = ½·(t₂ − out₂)² = ½·(0.99 − 0.772928465)² = 0.023560026",
    "E = E₁ + E₂ = 0.274811083 + 0.023560026 = 0.298371109",
    "∂E/∂out₁ = out₁ − t₁ = 0.75136507 − 0.01 = 0.74136507",
    "∂out₁/∂net₁ = out₁·(1 − out₁) = 0.75136507·(1 − 0.75136507) = 0.186815602",
    "∂E/∂net₁ = ∂E/∂out₁ · ∂out₁/∂net₁ = 0.74136507 · 0.186815602 = 0.138498562",
    "∂E/∂w5 = ∂E/∂out₁ · ∂out₁/∂net₁ · ∂net₁/∂w5 = 0.74136507 · 0.186815602 · 0.593269992 = 0.082167041",
    "∂E/∂outₕ₁ = ∂E/∂net₁·w5 + ∂E/∂net₂·w7 = 0.138498562 · 0.4 + (−0.038098237 · 0.5) = 0.036350306",
    "∂outₕ₁/∂netₕ₁ = outₕ₁·(1 − outₕ₁) = 0.593269992·(1 − 0.593269992) = 0.241300709",
    "∂E/∂w1 = ∂E/∂outₕ₁ · ∂outₕ₁/∂netₕ₁ · ∂netₕ₁/∂w1 = 0.036350306 · 0.241300709 · 0.05 = 0.000438568",
    "w5⁺ = w5 − lr·∂E/∂w5 = 0.4 − 0.5 · 0.082167041 = 0.35891648",
    "w6⁺ = w6 − lr·∂E/∂w6 = 0.45 − 0.5 · 0.082667628 = 0.408666186",
    "w1⁺ = w1 − lr·∂E/∂w1 = 0.15 − 0.5 · 0.000438568 = 0.149780716",
)


@pytest.mark.parametrize("formula", PRINTED, ids=lambda formula: formula.split(" ")[0])
def test_every_formula_has_the_course_s_numbers(step, formula):
    assert formula in [line.strip() for line in str(step).splitlines()]


@pytest.mark.parametrize(
    ("name", "number"), [("w7", 0.511301270), ("w8", 0.561370121), ("w2", 0.19956143), ("w4", 0.29950229)]
)
def test_the_other_weights_after_the_step(step, name, number):
    (line,) = (line for line in str(step).splitlines() if line.strip().startswith(f"{name}⁺"))
    assert float(line.rpartition("= ")[2]) == pytest.approx(number, abs=5.1e-9)


def test_the_arrays_have_the_numbers_too(step):
    assert step["output/dE_dout"][0, 0] == pytest.approx(0.74136507, abs=5e-9)
    assert step["output/dout_dnet"][0, 0] == pytest.approx(0.186815602, abs=5e-10)
    assert step["output/dnet_dw"][0, 0] == pytest.approx(0.593269992, abs=5e-10)
    assert step["output/kernel/gradient"][0, 0] == pytest.approx(0.082167041, abs=5e-10)
    assert step["loss"] == step.loss.total == pytest.approx(0.298371109, abs=5e-10)
    np.testing.assert_allclose(step["loss/parts"], [[0.274811083, 0.023560026]], atol=5e-10)


def test_biases_that_stay_have_no_gradient_and_say_so(step):
    assert step.parameters["hidden/bias"].frozen
    assert "hidden/bias/gradient" not in step
    assert "hidden/bias stays: it is not trained." in str(step)


def test_in_float32_numbers_have_the_digits_they_have():
    assert "0.7413651 · 0.1868156 · 0.59327 = 0.0821670" in str(network("float32").explain_step(X, T))
