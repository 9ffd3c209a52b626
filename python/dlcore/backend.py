"""Keras's older address of what :mod:`dlcore.config` and :mod:`dlcore.utils` hold."""

from __future__ import annotations

from dlcore.config import backend, epsilon, floatx, set_floatx
from dlcore.utils import clear_session

__all__ = ["backend", "clear_session", "epsilon", "floatx", "set_floatx"]
