"""Models: layers with compile, fit, evaluate and predict."""

from __future__ import annotations

from dlcore.models.model import Model
from dlcore.models.sequential import Sequential

__all__ = ["Model", "Sequential"]
