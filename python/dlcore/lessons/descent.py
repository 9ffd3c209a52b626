"""
Gradient descent
================

How a net learns: a small step downhill, again and again.

A loss is a landscape over the weights, and training looks for a low place in it. The gradient points uphill and says
how steep it is. So one goes a little way in the opposite direction, looks at the gradient there, and goes on.
"""

import math

import numpy as np

import dlcore
from dlcore import datasets, layers, plots

# %%
# One step
# --------
#
# With the learning rate η and the gradient g::
#
#     w ← w - η · g
#
# Take E = w² / 2, whose gradient is w itself. From w = 1 a step with η = 0.1 ends at 1 - 0.1 · 1 = 0.9.

w = dlcore.Variable(1.0)
optimizer = dlcore.optimizers.SGD(learning_rate=0.1)
for step in range(1, 6):
    optimizer.minimize(lambda: w**2 / 2, [w])
    print(f"step {step}: w = {float(w):.6f}")

# %%
# Too small, right, too large
# ---------------------------
#
# Each step multiplies w by 1 - η. Near 0 nothing happens; at 1 the valley is reached in one step; above 2 every step
# lands higher on the other side than it began: the training diverges.

for rate in (0.01, 0.5, 1.0, 1.9, 2.1):
    w = dlcore.Variable(1.0)
    optimizer = dlcore.optimizers.SGD(learning_rate=rate)
    for _ in range(20):
        optimizer.minimize(lambda w=w: w**2 / 2, [w])
    print(f"η = {rate:4}: after 20 steps w = {float(w):.6g}")

# %%
# All rows, one row, a few rows
# -----------------------------
#
# The loss is a mean over the rows, and so is its gradient. Batch descent takes all N rows for a step: exact, but one
# step an epoch. Stochastic descent takes one: many steps, each of them noisy. Mini-batch descent takes B of them, and
# is what everyone does. An epoch has ⌈N / B⌉ steps.

x, y = datasets.line(200, slope=2.0, intercept=1.0, noise=0.3)
for kind, batch_size in (("batch", 200), ("mini-batch", 32), ("stochastic", 1)):
    dlcore.utils.set_random_seed(0)
    net = dlcore.Sequential([layers.Input((1,)), layers.Dense(1)])
    net.compile(optimizer=dlcore.optimizers.SGD(0.05), loss="mse")
    loss = net.fit(x, y, batch_size=batch_size, epochs=5, verbose=0).history["loss"][-1]
    slope, intercept = (float(value.ravel()[0]) for value in net.get_weights())
    steps = int(net.optimizer.iterations)
    print(f"{kind:10} {steps:4} steps: y = {slope:.3f} x + {intercept:.3f}, loss {loss:.4f}")

# %%
# Their paths
# -----------
#
# Seen from above, with the loss as a contour: batch descent goes straight down, stochastic descent staggers around, and
# mini-batches are in between. All of them are trainings with ``fit``.

dlcore.utils.set_random_seed(0)
ax = plots.batch_paths(x, y)

# %%
# How many steps is that?
# -----------------------
#
# 50,000 rows in batches of 256 make 195 full batches and a smaller one: 196 iterations an epoch, 1960 in ten.

rows, batch_size, epochs = 50_000, 256, 10
print("by arithmetic", math.ceil(rows / batch_size), epochs * math.ceil(rows / batch_size))

net = dlcore.Sequential([layers.Input((1,)), layers.Dense(1)])
net.compile(optimizer="sgd", loss="mse")
net.fit(np.ones((rows, 1), "float32"), np.zeros((rows, 1), "float32"), batch_size=batch_size, epochs=epochs, verbose=0)
print("by training  ", int(net.optimizer.iterations))

# %%
# To try
# ------
#
# 1. Between which learning rates does the w of the second section come nearer to 0 at all? Which is the best, and why
#    does it not stay the best for E = 10 w²?
# 2. Train the line with η = 0.5 in the three ways. Which one breaks first?
