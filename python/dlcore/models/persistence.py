"""Models in files: save and load, with all that a training needs to go on as if it had never stopped."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NoReturn, cast

from dlcore import files, losses, metrics, optimizers, random
from dlcore.files import Contents
from dlcore.floats import Array
from dlcore.layers import Layer
from dlcore.models.state import OPTIMIZER, Drawer, Restoring, filled, optimizer_variables
from dlcore.registry import CustomObjectScope, deserialize_keras_object, serialize_keras_object
from dlcore.variable import weights_limited_to

Path = str | os.PathLike[str]

#: Numbers that a model's variables may hold beyond those in its file, such as counters nobody saves.
SPARE = 1_000_000

#: What a file may hold instead of a model, and the module whose ``load`` reads it: named, since it stands above.
READERS = {"estimator": "dlcore.estimators.saving"}


class Persistent:
    """What a model can do with files. The rest of a model is in classes that know this one, so ``self`` is Any here."""

    # --- What a description of the model says beside its layers ---

    def get_build_config(self: Any) -> dict[str, Any] | None:
        """The input's shape, if the weights are made."""
        shape = getattr(self, "input_shape", None) if self.built else None
        return Layer.get_build_config(self) if shape is None else {"input_shape": shape}

    def get_compile_config(self: Any) -> dict[str, Any] | None:
        """Optimizer, loss and metrics, if the model is compiled.

        Something that cannot be described (a lambda) is warned of, and the model described as not compiled.
        """
        if self._compiled is None:
            return None
        loss, chosen, weighted = self._compiled
        try:
            return {
                "optimizer": optimizers.serialize(self.optimizer),
                "loss": loss if isinstance(loss, str) else losses.serialize(loss),
                "metrics": [m if isinstance(m, str) else metrics.serialize(m) for m in chosen],
                "weighted_metrics": [m if isinstance(m, str) else metrics.serialize(m) for m in weighted],
            }
        except (TypeError, ValueError) as error:
            warnings.warn(f"model {self.name!r} is described without what it was compiled with: {error}", stacklevel=2)
            return None

    def compile_from_config(self: Any, config: Mapping[str, Any]) -> None:
        """Compile as the model was that ``get_compile_config`` described."""
        loss = config["loss"]
        self.compile(
            optimizers.deserialize(config["optimizer"]),
            loss=loss if isinstance(loss, str) else losses.deserialize(loss),
            **{
                name: [m if isinstance(m, str) else metrics.deserialize(m) for m in config[name]]
                for name in ("metrics", "weighted_metrics")
            },
        )

    def to_json(self: Any, **kwargs: Any) -> str:
        """The model without its weights, for :func:`model_from_json`; ``kwargs`` are for ``json.dumps``."""
        return json.dumps(serialize_keras_object(self), **kwargs)

    # --- Files ---

    def save(self: Any, filepath: Path, overwrite: bool = True) -> None:
        """Save everything to one file: architecture, weights, optimizer and its state, random state.

        A model loaded from it trains on as if it had never been away, bit for bit.

        Parameters
        ----------
        filepath : path
            Ending in ``.safetensors``, by custom. The file is replaced as a whole, or left as it was.
        overwrite : bool
            Whether a file that is there may be replaced.

        Raises
        ------
        FileExistsError
            If it may not be.
        ValueError, TypeError
            If the name ends in .keras or .h5 (which are not written), or a layer cannot be described.
        OSError
            If the file cannot be written.
        """
        files.check_target(filepath, overwrite)
        tensors, document = self._state()
        files.write(filepath, tensors, {"kind": "model", "model": serialize_keras_object(self), **document}, overwrite)

    def save_weights(self: Any, filepath: Path, overwrite: bool = True) -> None:
        """Save the weights alone, by custom to a file that ends in ``.weights.safetensors``.

        Raises
        ------
        ValueError, OSError
            As for :meth:`save`; also if the model has no weights yet.
        """
        files.check_target(filepath, overwrite)
        if not self.built:
            raise ValueError(f"model {self.name!r} has no weights to save yet: build it, or call it on data first")
        tensors, kept = self._weights_state()
        files.write(filepath, tensors, {"kind": "weights", "layers": kept}, overwrite)

    def load_weights(self: Any, filepath: Path) -> None:
        """Take the weights from a file that :meth:`save_weights` or :meth:`save` wrote.

        Layers are found by name if the names are the same as in the file, else by their order. Files of Keras's
        (``.weights.h5``, ``.keras``, ``.h5``) are read too (extra ``keras-import``); for PyTorch's there is
        :func:`dlcore.saving.load_torch_weights`.

        Raises
        ------
        ValueError
            If the file is damaged, a layer or a shape does not match, or the model is not built: no weight has changed
            then.
        OSError
            If the file cannot be read.
        """
        source = os.fspath(filepath)
        if not self.built:
            raise ValueError(
                f"model {self.name!r} has no weights yet: build it, or call it on data, before load_weights"
            )
        from dlcore import handover

        if handover.is_keras_file(filepath):
            handover.load_keras_weights(self, filepath)
            return
        contents = files.read(filepath)
        restoring = Restoring(source)
        restoring.layers(self, _drawers(source, contents))
        restoring.carry_out()

    def save_state(self: Any, filepath: Path, **position: int) -> None:
        """Save what a running training needs to go on: weights, optimizer, random state, and where it stands."""
        tensors, document = self._state()
        files.write(filepath, tensors, {"kind": "state", **document, "position": position})

    def load_state(self: Any, filepath: Path) -> dict[str, int]:
        """Go back to what :meth:`save_state` saved, and return where the training stood.

        Raises
        ------
        ValueError, OSError
            As for :meth:`load_weights`.
        """
        contents = files.read(filepath)
        self._restore(os.fspath(filepath), contents, training=True)
        position = contents.document.get("position")
        return {key: int(value) for key, value in position.items()} if isinstance(position, dict) else {}

    # --- Handing over ---

    def export_c(self: Any, path: Path, name: str | None = None) -> None:
        """Write a C header that computes what ``predict`` does; see :func:`dlcore.handover.export_c`."""
        from dlcore import handover

        handover.export_c(self, path, name)

    def export_onnx(self: Any, path: Path) -> None:
        """Write an ONNX file; see :func:`dlcore.handover.export_onnx`."""
        from dlcore import handover

        handover.export_onnx(self, path)

    # --- State ---

    def _weights_state(self: Any) -> tuple[dict[str, Array], list[Any]]:
        """The arrays of the layers, and which are whose."""
        kept = [drawer for _, drawer in filled(self)]
        tensors = {f"{place}/{key}": array for place, arrays in kept for key, array in arrays.items()}
        return tensors, [[place, list(arrays)] for place, arrays in kept]

    def _state(self: Any) -> tuple[dict[str, Array], dict[str, Any]]:
        """All arrays, and the plain numbers that go with them."""
        tensors, kept = self._weights_state()
        document: dict[str, Any] = {"layers": kept}
        if self.compiled:
            state = optimizer_variables(self.optimizer, self)
            tensors.update((OPTIMIZER + name, variable.array) for name, variable in state.items())
            document["training"] = {
                "optimizer": list(state),
                "optimizer_built": self.optimizer.built,
                "epochs": self.epochs_trained,
                "random": random.get_state(),
            }
        return tensors, document

    def _restore(self: Any, source: str, contents: Contents, training: bool) -> None:
        """Take over the state in a file: all of it or nothing."""
        restoring = Restoring(source)
        restoring.layers(self, _drawers(source, contents))
        document = contents.document.get("training")
        if not training or not self.compiled or document is None:
            restoring.carry_out()
            return
        before = random.get_state()
        try:
            epochs = int(document["epochs"])
            given = {str(name): contents.tensors[OPTIMIZER + name] for name in document["optimizer"]}
            if document["optimizer_built"]:
                self.optimizer.build_once(self.trainable_weights)
            restoring.optimizer(self.optimizer, self, given)
            random.set_state(document["random"])
            restoring.carry_out()
        except BaseException as error:
            random.set_state(before)
            if isinstance(error, (KeyError, TypeError, AttributeError)):
                _refuse(source, error)
            raise
        self.epochs_trained = epochs


def _drawers(source: str, contents: Contents) -> list[Drawer]:
    """What a file keeps of each layer."""
    try:
        return [
            Drawer(str(place), {str(key): contents.tensors[f"{place}/{key}"] for key in keys})
            for place, keys in contents.document["layers"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        _refuse(source, error)


def _refuse(source: str, error: Exception) -> NoReturn:
    raise ValueError(f"{source} does not hold the state of a model as dlcore writes it: {error!r}") from error


def save_model(model: Any, filepath: Path, overwrite: bool = True) -> None:
    """Save a model; see :meth:`Persistent.save`."""
    model.save(filepath, overwrite)


def load_model(
    filepath: Path,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,  # noqa: ARG001 - there is no other mode
) -> Any:
    """The model in a file that ``model.save`` wrote, or what else such a file can hold.

    That is an estimator of :mod:`dlcore.estimators`, by its own ``save``, or a Sequential in one of Keras's ``.keras``
    or ``.h5`` files, which need the extra ``keras-import``: see :func:`dlcore.handover.load_keras_model`.

    Parameters
    ----------
    filepath : path
        The file. Nothing in it is ever run, whatever it holds.
    custom_objects : dict of str to class or function, optional
        Layers, losses, … of your own, by name.
    compile : bool
        Whether to compile the model and take over the state of its training. That includes the package's random state,
        so that the order of the rows goes on as it would have.
    safe_mode : bool
        Keras's argument; loading is safe either way.

    Raises
    ------
    ValueError
        If the file is damaged, is none of ours, holds no whole model, or one with classes nobody made known.
    OSError
        If it cannot be read.
    """
    source = os.fspath(filepath)
    from dlcore import handover

    if handover.is_keras_file(filepath):
        return handover.load_keras_model(filepath, custom_objects, compile)
    contents = files.read(filepath)
    reader = READERS.get(str(contents.document.get("kind")))
    if reader is not None:
        return import_module(reader).load(source, contents, custom_objects, compile)
    described = contents.document.get("model")
    if not isinstance(described, dict):
        kind = contents.document.get("kind")
        raise ValueError(f"{source} holds no whole model but {kind}; make the model, then call its load_weights")
    if not compile:
        described.pop("compile_config", None)
    before = random.get_state()
    try:
        size = sum(tensor.size for tensor in contents.tensors.values())
        with CustomObjectScope(custom_objects), weights_limited_to(size + SPARE):
            model = deserialize_keras_object(described)
        if not isinstance(model, Persistent):
            raise TypeError(f"it describes a {type(model).__name__}")
        random.set_state(before)  # which making the layers has moved
        model._restore(source, contents, training=compile)
    except BaseException as error:
        random.set_state(before)
        if not isinstance(error, Exception) or isinstance(error, MemoryError):
            raise
        raise ValueError(f"{source} holds a model that cannot be rebuilt: {error}") from error
    return model


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The model that ``model.to_json`` described, with fresh weights.

    Raises
    ------
    ValueError, TypeError
        If the text is no such description, or names a class nobody made known.
    """
    model = deserialize_keras_object(json.loads(json_string), custom_objects)
    if not isinstance(model, Persistent):
        raise TypeError(f"json_string must describe a model; it describes a {type(model).__name__}")
    return cast(Any, model)
