"""Models: layers with compile, fit, evaluate and predict."""

from __future__ import annotations

from dlcore.models.sequential import Sequential

__all__ = ["Sequential"]
