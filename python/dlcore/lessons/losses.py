"""
Losses
======

What a net makes small: one number that says how wrong its predictions are.

Every training needs a number that says how far the predictions are from the targets. It is 0, or small, where they
agree, and it grows with the error. Which loss one takes depends on what the targets are: numbers, yes or no, or one of
several classes.
"""

import numpy as np

from dlcore import losses, ops, plots

# %%
# Numbers: MAE and MSE
# --------------------
#
# For each row take the error, target minus prediction. The mean of its absolute values is the MAE, or L1; the mean of
# its squares is the MSE, or L2::
#
#     MAE = 1/N · Σ |t - y|          MSE = 1/N · Σ (t - y)²
#
# The MSE punishes a large error much more than two of half the size; the MAE does not, so a single wrong target pulls
# less at it. Here both predictions are off by 1 for the MAE; for the MSE one of two is.

print("MAE", float(losses.MeanAbsoluteError()([[0.0], [0.0]], [[1.0], [1.0]])))
print("MSE", float(losses.MeanSquaredError()([[0.0], [1.0]], [[1.0], [1.0]])))

# %%
# The best of both: smooth L1
# ---------------------------
#
# Near 0 the slope of the MAE jumps from -1 to 1, so steps never get smaller on their own. Far from 0 the slope of the
# MSE grows without end. The smooth L1 loss, also named after Huber, is a square inside and a line outside::
#
#     ½ d²          where |d| ≤ 1
#     |d| - ½       elsewhere                    with d = t - y
#
# Both predictions below are off by 0.6, so the loss is ½ · 0.36.

print("smooth L1", round(float(losses.Huber()([[0.0], [1.0]], [[0.6], [0.4]])), 6))

# The kernel gives the gradient too: with the error up to 1, and never beyond.
target, errors = np.zeros((1, 1)), (-3.0, -0.5, 0.0, 0.5, 3.0)
for kernel in (ops.mean_absolute_error, ops.mean_squared_error, ops.smooth_l1):
    slopes = [float(kernel(target, np.array([[error]]))[1][0, 0]) for error in errors]
    print(f"{kernel.__name__:20} slopes {slopes}")

# %%
# Yes or no: binary cross-entropy
# -------------------------------
#
# The net says a probability p of "yes", and the target t is 1 or 0. The loss is the surprise at what was the case, the
# negative logarithm of the probability that the net gave to it::
#
#     E = -1/N · Σ [ t · ln p + (1 - t) · ln(1 - p) ]
#
# With p = 0.4 for a "no" and 0.6 for a "yes", the truth had a probability of 0.6 both times: -ln 0.6 = 0.51.

print(f"binary cross-entropy {float(losses.BinaryCrossentropy()([[0.0], [1.0]], [[0.4], [0.6]])):.6f}")

# %%
# One of several: categorical cross-entropy
# -----------------------------------------
#
# The same with a probability for each class. Only that of the true class counts, since the others are multiplied by
# 0::
#
#     E = -1/N · Σ Σ t_c · ln p_c
#
# The first row gives its class 0.95, the second only 0.1: ½ · (0.0513 + 2.3026).

y_true, y_pred = [[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]
print("each row", np.round(losses.categorical_crossentropy(y_true, y_pred).numpy(), 4))
print(f"mean     {float(losses.CategoricalCrossentropy()(y_true, y_pred)):.6f}")

# %%
# Their pictures
# --------------
#
# Solid lines are the losses, dashed ones their slopes: the slope is what a training feels. Below, a cross-entropy: a
# target of 1 punishes p near 0 without end, one of 0 does so near 1.

ax = plots.loss_curves(("mae", "mse", "smooth_l1"), derivative="both")
ax = plots.cross_entropy_curves("binary_crossentropy")

# %%
# To try
# ------
#
# 1. Which loss would you take for house prices with a few castles among them?
# 2. Let the net be quite sure and quite wrong: change 0.1 in the last row to 0.001. How much does its loss grow?
# 3. A net that knows nothing gives each of 10 classes 0.1. What is its loss, and why is that a good first check?
