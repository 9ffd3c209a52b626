"""Pictures of what dlcore computes, drawn with matplotlib: ``pip install 'dlcore[plots]'``.

Every function draws on ``ax`` (or on a new figure), returns the Axes and leaves showing, saving and styling to its
caller: ``plt.show()``, ``ax.figure.savefig("losses.svg")``. What needs several panels returns the Figure. The numbers
come from the kernels, the tape, the optimizers and ``fit`` themselves.
"""

from __future__ import annotations

from dlcore.plots.activations import activation_curves
from dlcore.plots.animation import optimizer_gif
from dlcore.plots.averages import weighted_averages
from dlcore.plots.batches import batch_paths, batch_trajectory
from dlcore.plots.boundary import decision_boundary
from dlcore.plots.confusion import confusion_matrix
from dlcore.plots.graph import computational_graph
from dlcore.plots.history import history_curves, history_panels
from dlcore.plots.losses import cross_entropy_curves, loss_curves
from dlcore.plots.network import network_diagram
from dlcore.plots.paths import optimizer_panels, optimizer_paths, trajectory
from dlcore.plots.schedules import schedule_curves
from dlcore.plots.surfaces import SURFACES, Surface, surface_contour

__all__ = [
    "SURFACES",
    "Surface",
    "activation_curves",
    "batch_paths",
    "batch_trajectory",
    "computational_graph",
    "confusion_matrix",
    "cross_entropy_curves",
    "decision_boundary",
    "history_curves",
    "history_panels",
    "loss_curves",
    "network_diagram",
    "optimizer_gif",
    "optimizer_panels",
    "optimizer_paths",
    "schedule_curves",
    "surface_contour",
    "trajectory",
    "weighted_averages",
]
