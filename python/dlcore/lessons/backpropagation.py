"""
Backpropagation
===============

The chain rule through a whole net, backward, layer by layer, nothing computed twice.

The net of this lesson has two inputs, two hidden neurons and two outputs, sigmoids throughout, and weights that one can
follow on paper. One step of training changes all eight weights. Here is where each of the numbers comes from.
"""

import numpy as np

import dlcore
from dlcore import datasets, layers, plots

# %%
# The net
# -------
#
# x = (0.05, 0.10) shall give t = (0.01, 0.99). The weights w1 to w4 lead to the hidden neurons, w5 to w8 to the
# outputs, and each layer has one bias, b1 = 0.35 and b2 = 0.60, which stays as it is.

sample = datasets.two_two_two("float64")
first, second = (layers.Dense(2, activation="sigmoid", dtype="float64", name=name) for name in ("hidden", "output"))
net = dlcore.Sequential([layers.Input((2,)), first, second], name="two_two_two")
net.set_weights(sample.weights)
first.bias.trainable = second.bias.trainable = False
net.compile(optimizer=dlcore.optimizers.SGD(sample.learning_rate), loss="mse")
W1, b1, W2, b2 = net.get_weights()
print("w1 w2 w3 w4 =", *W1.T.ravel(), "  b1 =", b1[0])
print("w5 w6 w7 w8 =", *W2.T.ravel(), "  b2 =", b2[0])

# %%
# Forward
# -------
#
# Each neuron takes the weighted sum of its inputs and the bias, net, and gives out = σ(net). The error is::
#
#     E = Σ ½ (t - out)²
#
# which for two outputs is their mean squared error.

x, t = sample.x, sample.y
hidden = first(x).numpy()
out = second(hidden).numpy()
error = 0.5 * np.sum((t - out) ** 2)
print(f"hidden  {hidden[0, 0]:.9f} {hidden[0, 1]:.9f}")
print(f"out     {out[0, 0]:.9f} {out[0, 1]:.9f}")
print(f"E       {error:.9f}")

# %%
# The net before its first step
# -----------------------------
#
# Each node holds what it gives out, each line its weight.

ax = plots.network_diagram(net, x)

# %%
# Backward: the weights of the outputs
# ------------------------------------
#
# w5 leads from the first hidden neuron to the first output, so three factors lie between it and the error::
#
#     ∂E/∂w5 = ∂E/∂out₁ · ∂out₁/∂net₁ · ∂net₁/∂w5 = (out₁ - t₁) · out₁ (1 - out₁) · hidden₁
#
# The first two, multiplied, are the delta of the neuron. All that leads to it shares it.

delta_out = (out - t) * out * (1 - out)
factors = (out - t)[0, 0], (out * (1 - out))[0, 0], hidden[0, 0]
print("∂E/∂w5 = {:.8f} · {:.9f} · {:.9f} = {:.9f}".format(*factors, np.prod(factors)))
print(f"w5⁺    = {W2[0, 0] - sample.learning_rate * np.prod(factors):.8f}")

# %%
# Backward: the weights of the hidden layer
# -----------------------------------------
#
# A hidden neuron acts on the error through both outputs, so what comes back from them is added, over the weights as
# they were before the step::
#
#     ∂E/∂hidden₁ = delta₁ · w5 + delta₂ · w7        ∂E/∂w1 = ∂E/∂hidden₁ · hidden₁ (1 - hidden₁) · x₁

delta_hidden = (delta_out @ W2.T) * hidden * (1 - hidden)
gradient_1, gradient_2 = x.T @ delta_hidden, hidden.T @ delta_out
print(f"∂E/∂w1 = {gradient_1[0, 0]:.9f}")

# %%
# Every number of the step
# ------------------------
#
# All of this for every weight: ``explain_step`` takes a step apart without taking it. Its numbers are those of the
# kernels, and as a page it shows both passes, one neuron after the other.

net.explain_step(x, t)

# %%
# One step of training, and ten thousand
# --------------------------------------
#
# ``fit`` does just this, for any number of layers and rows, in the kernels. One step with η = 0.5 hardly shows in E;
# many steps do.

net.fit(x, t, epochs=1, verbose=0)
after = np.concatenate([net.get_weights()[i].T.ravel() for i in (0, 2)])
by_hand = np.concatenate([(W1 - 0.5 * gradient_1).T.ravel(), (W2 - 0.5 * gradient_2).T.ravel()])
for number, (w, hand) in enumerate(zip(after, by_hand, strict=True), 1):
    print(f"w{number}⁺ = {w:.9f}   by hand {hand:.9f}")
print(f"1 step:       E = {net.evaluate(x, t, verbose=0):.9f}")

net.fit(x, t, epochs=9_999, verbose=0)
print(f"10,000 steps: E = {net.evaluate(x, t, verbose=0):.9f}, out {np.round(net.predict(x, verbose=0)[0], 4)}")

# %%
# To try
# ------
#
# 1. Let the biases learn too: leave out the line that holds them. Do w1 to w8 change after the first step?
# 2. What is ∂E/∂b2 for the first output? It has only two factors.
