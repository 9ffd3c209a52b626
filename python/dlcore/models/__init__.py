"""Models: layers with compile, fit, evaluate and predict; models in files."""

from __future__ import annotations

from dlcore import layers
from dlcore.models.cloning import clone_model
from dlcore.models.model import Model
from dlcore.models.persistence import load_model, model_from_json, save_model
from dlcore.models.sequential import Sequential
from dlcore.registry import Registry

__all__ = ["Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]

_registry = Registry("model")
_registry.add(Sequential)
layers._registry.add(Sequential)  # a model may be a layer of another
