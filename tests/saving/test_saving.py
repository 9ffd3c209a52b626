from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import dlcore
from dlcore import Sequential, layers, models, saving, utils


def test_both_modules_have_keras_names():
    for name in (
        "CustomObjectScope", "custom_object_scope", "deserialize_keras_object", "get_custom_objects",
        "get_registered_name", "get_registered_object", "register_keras_serializable", "serialize_keras_object",
    ):  # fmt: skip
        assert getattr(saving, name) is getattr(utils, name)


def test_models_are_saved_and_loaded_from_here_as_well():
    assert saving.load_model is models.load_model is dlcore.load_model
    assert saving.save_model is models.save_model


def test_built_in_parts_are_found_whatever_was_imported_before():
    program = (
        "from dlcore.utils import deserialize_keras_object as made;"
        "print(type(made({'module': 'keras.losses', 'class_name': 'Huber', 'config': {}})).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "Huber\n"


def test_weights_alone(tmp_path):
    model, twin = (Sequential([layers.Input((3,)), layers.Dense(2)]) for _ in range(2))
    saving.save_weights(model, tmp_path / "w.safetensors")
    saving.load_weights(twin, tmp_path / "w.safetensors")
    assert np.array_equal(model.get_weights()[0], twin.get_weights()[0])
    with pytest.raises(FileExistsError):
        saving.save_weights(model, tmp_path / "w.safetensors", overwrite=False)
