"""Models handed over to other programs, and models and weights taken over from other frameworks."""

from __future__ import annotations

from dlcore.handover.c_header import export_c
from dlcore.handover.keras_files import is_keras_file, load_keras_model, load_keras_weights
from dlcore.handover.onnx_file import export_onnx
from dlcore.handover.torch_files import load_torch_weights

__all__ = [
    "export_c",
    "export_onnx",
    "is_keras_file",
    "load_keras_model",
    "load_keras_weights",
    "load_torch_weights",
]
