"""Where the losses register by name: ``dlcore.losses`` fills it, and reads it in ``get``."""

from __future__ import annotations

from dlcore.registry import Registry

LOSSES = Registry("loss")
