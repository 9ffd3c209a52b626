"""
From momentum to Adam
=====================

Better steps from the same gradients: remember where you were going, and how steep it was.

Plain descent knows only the gradient of the moment. In a narrow valley it goes from side to side and hardly forward.
All better optimizers keep something about the past. Two ideas are enough: an average of the gradients, and an average
of their squares.
"""

import numpy as np

import dlcore
from dlcore import datasets, ops, optimizers, plots


def walk(optimizer, steps=2):
    """Positions on E = w² / 2, from w = 1."""
    w = dlcore.Variable(1.0)
    positions = [float(w)]
    for _ in range(steps):
        optimizer.minimize(lambda: w**2 / 2, [w])
        positions.append(float(w))
    return np.array(positions)


# %%
# Momentum
# --------
#
# Keep a velocity v. A part β of it stays, and each gradient adds to it::
#
#     v ← β · v - η · g          w ← w + v
#
# With η = 0.1 and β = 0.9 the first step from w = 1 is 0.1 as without momentum; the second is 0.9 · 0.1 + 0.1 · 0.9,
# which is 0.18. Nesterov looks ahead: it steps by β · v - η · g with the new v, and so goes 0.19 at once.

print("momentum  steps", np.round(-np.diff(walk(optimizers.SGD(0.1, momentum=0.9))), 4))
print("Nesterov  steps", np.round(-np.diff(walk(optimizers.SGD(0.1, momentum=0.9, nesterov=True))), 4))

# %%
# The exponentially weighted average
# ----------------------------------
#
# It smooths a series with one number of memory, and is inside every optimizer below::
#
#     s ← β · s + (1 - β) · y
#
# It averages over about 1 / (1 - β) values: 10 days with β = 0.9. It begins at 0, and so the first days come
# out too near to 0; divided by 1 - βᵗ, it is right from the first day on.

dates, celsius = datasets.temperatures()
smooth = ops.exponentially_weighted_average(celsius, beta=0.9)
corrected = ops.exponentially_weighted_average(celsius, beta=0.9, bias_correction=True)
for day in range(3):
    print(f"{dates[day]}  {celsius[day]:6.2f} °C  average {smooth[day]:6.2f}  corrected {corrected[day]:6.2f}")
print(f"from day to day: {np.abs(np.diff(celsius)).mean():.2f} °C, smoothed {np.abs(np.diff(smooth)).mean():.2f} °C")

# %%
# A year of temperatures
# ----------------------
#
# The larger β, the smoother the curve, and the later it notices that spring has come.

ax = plots.weighted_averages(celsius, (0.5, 0.9, 0.98), dates=dates, bias_correction=True)

# %%
# Adagrad and RMSprop
# -------------------
#
# A weight with steep gradients should take shorter steps than one with flat ones. Adagrad divides by the root of the
# sum of all squares so far; RMSprop by the root of their weighted average, which forgets, so that steps do not die
# out::
#
#     Adagrad   G ← G + g²                       w ← w - η · g / √(G + ε)
#     RMSprop   G ← ρ · G + (1 - ρ) · g²         w ← w - η · g / √(G + ε)

adagrad = walk(optimizers.Adagrad(0.1, initial_accumulator_value=0.1, epsilon=1e-07), steps=1)
print(f"Adagrad  {adagrad[1]:.7f}")
print("RMSprop  " + " ".join(f"{w:.7f}" for w in walk(optimizers.RMSprop(0.1))[1:]))

# %%
# Adam
# ----
#
# Both ideas at once: an average m of the gradients, an average v of their squares, each corrected for its start at 0::
#
#     m ← β₁ · m + (1 - β₁) · g        v ← β₂ · v + (1 - β₂) · g²
#     w ← w - η · m̂ / (√v̂ + ε)         m̂ = m / (1 - β₁ᵗ),  v̂ = v / (1 - β₂ᵗ)
#
# In the first step m̂ = g and √v̂ = ``|g|``, so it is about η long whatever the gradient. That makes η easy to choose:
# it is in the unit of the weights.

print("Adam     " + " ".join(f"{w:.7f}" for w in walk(optimizers.Adam(0.1))[1:]))
optimizers.Adam(0.1).explain_step(1.0, 1.0)  # the first of these steps: a weight of 1, a gradient of 1

# %%
# All of them in a ravine
# -----------------------
#
# A valley that is much steeper across than along. Plain descent goes from wall to wall; momentum swings through;
# RMSprop and Adam take both directions alike.

ax = plots.optimizer_paths(surface="ravine", steps=60)

# %%
# To try
# ------
#
# 1. Multiply the loss by 1000. Which of the optimizers take the same steps as before, and why?
# 2. Let Adagrad and RMSprop walk 100 steps with η = 0.1. What happens to the lengths of their steps?
