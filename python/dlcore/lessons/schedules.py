"""
Learning-rate schedules
=======================

Large steps to get near, small steps to arrive.

Far from the valley a large learning rate saves time. Near it the same rate jumps about the lowest place, since the
gradients of mini-batches are noisy. So the rate is made smaller while the training goes on. A schedule is a function
from the number of the step to the rate; any optimizer takes one as its ``learning_rate``.
"""

import dlcore
from dlcore import datasets, layers, plots
from dlcore.optimizers import schedules

# %%
# By steps
# --------
#
# The plainest one: constant pieces. The boundaries are the last steps at which a value holds.

piecewise = schedules.PiecewiseConstantDecay(boundaries=[100_000, 110_000], values=[0.5, 0.1, 0.05])
for step in (0, 100_000, 100_001, 110_000, 110_001):
    print(f"step {step:7,}: {float(piecewise(step)):.2f}")

# %%
# Exponential
# -----------
#
# In every k steps the rate is multiplied by the same number::
#
#     η(t) = η₀ · rate^(t / k)
#
# With η₀ = 0.1, k = 0.1 and rate = 1e-7, at t = 0.1 it has been multiplied exactly once: 1e-8.

exponential = schedules.ExponentialDecay(0.1, decay_steps=0.1, decay_rate=1e-7)
print(f"exponential   {float(exponential(0.1)):.3g}")

# %%
# Inverse in time
# ---------------
#
# It falls fast at first and ever more slowly, and never as far as an exponential::
#
#     η(t) = η₀ / (1 + rate · t / k)
#
# The same arguments give 0.1 / (1 + 1e-7): hardly a difference. Which rates make sense depends on the formula.

inverse = schedules.InverseTimeDecay(0.1, decay_steps=0.1, decay_rate=1e-7)
print(f"inverse time  {float(inverse(0.1)):.9f}")

# %%
# Half a cosine, and one cycle
# ----------------------------
#
# Two that are much used today. The cosine begins and ends gently; one cycle warms up first, then goes down far.

cosine = schedules.CosineDecay(0.1, decay_steps=1000)
one_cycle = schedules.OneCycle(0.1, total_steps=1000)
for step in (0, 100, 250, 500, 750, 1000):
    print(f"step {step:4}: cosine {float(cosine(step)):.5f}   one cycle {float(one_cycle(step)):.5f}")

# %%
# Their pictures
# --------------
#
# The same formulas with numbers as one would take them for 1000 steps, on a logarithmic axis.

ax = plots.schedule_curves(
    {
        "piecewise constant": schedules.PiecewiseConstantDecay([400, 700], [0.1, 0.02, 0.005]),
        "exponential": schedules.ExponentialDecay(0.1, decay_steps=100, decay_rate=0.7),
        "inverse time": schedules.InverseTimeDecay(0.1, decay_steps=100, decay_rate=1.0),
        "cosine": cosine,
        "one cycle": one_cycle,
    },
    steps=990,
    log=True,
)

# %%
# What it is good for
# -------------------
#
# A line through noisy points, one row at a time. With a constant rate the weights keep jumping about; with a rate that
# falls they settle near slope 2 and intercept 1.

x, y = datasets.line(200, slope=2.0, intercept=1.0, noise=0.3)
for name, rate in (
    ("constant", 0.2),
    ("inverse time", schedules.InverseTimeDecay(0.2, decay_steps=100, decay_rate=1.0)),
):
    dlcore.utils.set_random_seed(0)
    net = dlcore.Sequential([layers.Input((1,)), layers.Dense(1)])
    net.compile(optimizer=dlcore.optimizers.SGD(rate), loss="mse")
    net.fit(x, y, batch_size=1, epochs=10, verbose=0)
    slope, intercept = (float(value.ravel()[0]) for value in net.get_weights())
    loss = net.evaluate(x, y, verbose=0)
    print(f"{name:12}  y = {slope:.3f} x + {intercept:.3f}, loss {loss:.4f}")

# %%
# To try
# ------
#
# 1. After how many steps is an exponential decay with rate 0.96 and k = 1000 at a tenth of its first value?
# 2. Give the line a ``CosineDecay`` over its 2000 steps. Is it better still?
