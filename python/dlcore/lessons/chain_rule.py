"""
The chain rule
==============

How a derivative goes through a chain of simple operations: each adds one factor.

A net is a long formula, but each operation in it is simple, and so is its derivative. The chain rule puts them
together: what depends on something that depends on w changes by the product of both changes. A computer needs no more
than that.
"""

import dlcore
from dlcore import ops, plots

# %%
# A formula as a graph
# --------------------
#
# Take one neuron with a sigmoid, f(x; w, b) = 1 / (1 + exp(-(w x + b))), and write it as a chain of elementary
# operations::
#
#     h1 = w · x     h2 = h1 + b     h3 = -h2     h4 = exp(h3)     h5 = h4 + 1     f = 1 / h5
#
# Forward, each is computed from the one before. At x = 1, w = 0, b = 0:

x, w, b = 1.0, dlcore.Variable(0.0), dlcore.Variable(0.0)
with dlcore.GradientTape(persistent=True) as tape:
    h1 = w * x
    h2 = h1 + b
    h3 = -h2
    h4 = ops.exp(h3)
    h5 = h4 + 1
    f = 1 / h5
for name, value in (("h1", h1), ("h2", h2), ("h3", h3), ("h4", h4), ("h5", h5), ("f", f)):
    print(f"{name:2} = {float(value) + 0:.2f}")  # + 0 makes a 0 of -0

# %%
# Backward, factor by factor
# --------------------------
#
# The derivatives of the elementary operations are those of any table::
#
#     ∂f/∂h5 = -1/h5²     ∂h5/∂h4 = 1     ∂h4/∂h3 = exp(h3)     ∂h3/∂h2 = -1     ∂h2/∂h1 = 1     ∂h1/∂w = x
#
# Begin at f and multiply on: the derivative toward each node is that toward the node after it, times one factor.

factors = {
    "h5": -1 / float(h5) ** 2,
    "h4": 1.0,
    "h3": float(ops.exp(h3)),
    "h2": -1.0,
    "h1": 1.0,
    "w": x,
}
product = 1.0
for name, factor in factors.items():
    product *= factor
    print(f"∂f/∂{name:2} = {product:+.2f}   (the factor is {factor:+.2f})")

# %%
# The tape does the same
# ----------------------
#
# :class:`~dlcore.GradientTape` writes down every operation as it happens, and walks back over them. It gives the same
# numbers; b, too, has its derivative.

for name, node in (("h5", h5), ("h4", h4), ("h3", h3), ("h2", h2), ("h1", h1), ("w", w), ("b", b)):
    print(f"∂f/∂{name:2} = {float(tape.gradient(f, node)):+.2f}")

# %%
# The graph, drawn
# ----------------
#
# ``dlcore.explain`` shows any expression like that: each operation with its value, and the factor on each edge.

dlcore.explain(lambda: 1 / (1 + ops.exp(-(w * x + b))), names={"w": w, "b": b})

# %%
# The sigmoid in one piece
# ------------------------
#
# Nothing forces the operations to be that small. The derivative of the sigmoid is σ · (1 - σ), at 0 that is ½ · ½: the
# same 0.25 in one factor. It is nowhere larger, so each sigmoid that a derivative passes makes it at least four times
# smaller. That is why deep nets of sigmoids learn slowly.

gradient = dlcore.gradients(lambda: ops.sigmoid(w * x + b), [w])[0]
print(f"df/dw = {float(gradient):.2f}")
for start in (0.0, 2.0, 5.0, 10.0):
    v = dlcore.Variable(start)
    print(f"σ'({start:4}) = {float(dlcore.gradients(lambda v=v: ops.sigmoid(v), [v])[0]):.6f}")

# %%
# Its picture
# -----------
#
# Solid, the activations; dashed, their derivatives. The one of the sigmoid is flat on both sides: a neuron that is far
# from 0 hardly learns. That of tanh reaches 1.

ax = plots.activation_curves(("sigmoid", "tanh"), derivative="both")

# %%
# To try
# ------
#
# 1. Do it on paper for x = 2, w = 1, b = -1. Then let the tape check you.
# 2. Where a node is used twice, its derivatives are added. Write f = w · w as a graph with one multiplication and find
#    2 w that way.
