"""Models handed over to other programs, and weights taken over from other frameworks."""

from __future__ import annotations

from dlcore.handover.c_header import export_c
from dlcore.handover.onnx_file import export_onnx

__all__ = ["export_c", "export_onnx"]
