"""Models and weights from Keras: ``.keras`` archives, ``.weights.h5`` files, and the older ``.h5`` files of both."""

from __future__ import annotations

import io
import json
import os
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dlcore.handover.hdf5 import Folder, read_hdf5
from dlcore.handover.weights import Found, Owner, both_sides, owners, put
from dlcore.naming import snake_case
from dlcore.registry import CustomObjectScope, deserialize_keras_object
from dlcore.variable import weights_limited_to

#: How the files begin.
ZIP, HDF5 = b"PK\x03\x04", b"\x89HDF"

#: Bytes of JSON that describe a model at most.
LONGEST_CONFIG = 64 << 20

#: How much larger than in the archive a member may be: weights hardly compress, and Keras does not try.
MOST_INFLATED = 20

#: Numbers that a model's weights may hold beyond those in its file, such as counters that Keras does not save.
SPARE = 1_000_000


def is_keras_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins like one of Keras's.

    Raises
    ------
    OSError
        If there is none, or it cannot be read.
    """
    with open(path, "rb") as file:
        return file.read(4) in (ZIP, HDF5)


def load_keras_model(
    path: str | os.PathLike[str], custom_objects: Mapping[str, Any] | None = None, compile: bool = True
) -> Any:
    """The Sequential in a ``.keras`` file, or in a whole-model ``.h5`` file.

    Parameters
    ----------
    path : path
        The file. Nothing in it is ever run: layers, losses, … are looked up by name.
    custom_objects : dict of str to class or function, optional
        Objects of your own, by name.
    compile : bool
        Whether to compile the model as it was. The optimizer begins anew: its state is not taken over.

    Raises
    ------
    ImportError
        Without h5py: ``pip install 'dlcore[keras-import]'``.
    ValueError
        If the file is damaged, holds no Sequential model, or one with parts that are not known here.
    OSError
        If it cannot be read.

    Warns
    -----
    UserWarning
        If the model cannot be compiled as it was; it is returned as not compiled.
    """
    shown = os.fspath(path)
    described, compiled, weights = _opened(shown)
    try:
        with CustomObjectScope(custom_objects), weights_limited_to(weights.sizes() + SPARE):
            model = deserialize_keras_object(described)
        if type(model).__name__ != "Sequential":
            raise TypeError(f"it describes a {type(model).__name__}; only Sequential models are taken over")
    except Exception as error:
        if isinstance(error, MemoryError):
            raise
        raise ValueError(f"{shown} holds a model that cannot be rebuilt: {error}") from error
    if model.built:
        put(shown, _matched(shown, model, weights))
    elif _by_classes(weights):
        raise ValueError(f"{shown} holds weights, but does not say what shape the model's input has")
    if compile and compiled:
        _compile(shown, model, compiled, custom_objects)
    return model


def load_keras_weights(model: Any, path: str | os.PathLike[str]) -> None:
    """Put the weights of a ``.weights.h5``, ``.keras`` or older ``.h5`` file into a model of the same layers.

    Raises
    ------
    ImportError
        Without h5py: ``pip install 'dlcore[keras-import]'``.
    ValueError
        If the file is damaged or does not fit, with the shapes of both sides; no weight has changed then.
    OSError
        If it cannot be read.
    """
    shown = os.fspath(path)
    put(shown, _matched(shown, model, _archived(shown)[1] if _is_zip(shown) else read_hdf5(shown, shown)))


def _is_zip(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(4) == ZIP


def _opened(shown: str) -> tuple[Any, Mapping[str, Any] | None, Folder]:
    """The model's description, what it was compiled with, and its weights."""
    if _is_zip(shown):
        described, weights = _archived(shown)
        compiled = described.pop("compile_config", None) if isinstance(described, dict) else None
        return described, compiled, weights
    weights = read_hdf5(shown, shown)
    if "model_config" not in weights.attributes:
        raise ValueError(f"{shown} holds no whole model but weights; make the model, then call its load_weights")
    compiled = weights.attributes.get("training_config")
    return (
        _parsed(shown, weights.attributes["model_config"]),
        None if compiled is None else _parsed(shown, compiled),
        weights,
    )


def _archived(shown: str) -> tuple[Any, Folder]:
    """The description and the weights in a ``.keras`` archive."""
    try:
        with zipfile.ZipFile(shown) as archive:
            config = _member(shown, archive, "config.json", LONGEST_CONFIG)
            weights = _member(shown, archive, "model.weights.h5", None)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise ValueError(f"{shown} is damaged, or no .keras archive that can be read: {error}") from error
    return _parsed(shown, config), read_hdf5(shown, io.BytesIO(weights))


def _member(shown: str, archive: zipfile.ZipFile, name: str, longest: int | None) -> bytes:
    """One file of an archive, by its exact name; its size is compared with the archive's before it is read."""
    found = [info for info in archive.infolist() if info.filename == name]
    if len(found) != 1:
        raise ValueError(f"{shown} is no .keras archive: it holds {name} {len(found)} times")
    allowed = found[0].compress_size * MOST_INFLATED if longest is None else longest
    if found[0].file_size > allowed:
        raise ValueError(f"{shown}: {name} would take {found[0].file_size} bytes; at most {allowed} are read")
    with archive.open(found[0]) as member:
        return member.read(allowed + 1)


def _parsed(shown: str, text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{shown} is damaged: its description is no JSON that can be read ({error})") from error


def _compile(shown: str, model: Any, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None) -> None:
    try:
        with CustomObjectScope(custom_objects):
            model.compile_from_config(
                {
                    "optimizer": config.get("optimizer") or config["optimizer_config"],
                    "loss": config.get("loss"),
                    "metrics": config.get("metrics") or [],
                    "weighted_metrics": config.get("weighted_metrics") or [],
                }
            )
    except (KeyError, TypeError, ValueError, AttributeError, NotImplementedError) as error:
        warnings.warn(f"{shown} is loaded without what it was compiled with: {error}", stacklevel=4)


# --- Whose weights are whose ---


def _matched(shown: str, model: Any, weights: Folder) -> list[tuple[Owner, Sequence[Found]]]:
    """What the file holds for each layer."""
    mine = owners(model)
    if "layer_names" not in weights.attributes and "model_weights" not in weights.folders:
        found = _by_classes(weights)
        keys, given = _keys(model, mine), list(found.items())
    else:
        given = _by_layer_names(shown, weights)
        mine = [
            Owner(layer.name, layer, [*layer.trainable_weights, *layer.non_trainable_weights])
            for layer in model.layers
            if layer.weights
        ]
        keys, found = [owner.name for owner in mine], dict(given)
        if set(keys) != set(found) and len(keys) == len(given):
            return list(zip(mine, (entries for _, entries in given), strict=True))
    if set(keys) != set(found):
        raise ValueError(f"{shown} does not hold the weights of the model's layers:\n{both_sides(mine, given)}")
    return [(owner, found[key]) for owner, key in zip(mine, keys, strict=True)]


def _keys(model: Any, mine: Sequence[Owner]) -> list[str]:
    """Keras's names of the layers in a file: by their classes, and a number from the second of a class on."""
    wanted = {id(owner.layer) for owner in mine}
    found: list[str] = []

    def visit(inner: Any, above: str) -> None:
        seen: Counter[str] = Counter()
        for layer in inner.layers:
            name = snake_case(type(layer).__name__)
            key = f"{above}{name}_{seen[name]}" if seen[name] else above + name
            seen[name] += 1
            if id(layer) in wanted:
                found.append(key)
            if getattr(layer, "layers", None):
                visit(layer, f"{key}/")

    visit(model, "")
    return found


def _by_classes(weights: Folder, above: str = "") -> dict[str, list[Found]]:
    """The arrays of each layer by Keras's name of it; a layer's own lie in its folder ``vars``, in order."""
    inner = weights.folders.get("layers") or weights.folders.get("_layer_checkpoint_dependencies")
    found: dict[str, list[Found]] = {}
    for name, folder in (inner.folders if inner else {}).items():
        own = folder.folders.get("vars")
        if own and own.arrays:
            order = sorted(own.arrays, key=lambda key: (len(key), key))
            found[above + name] = [Found(f"{above}{name}/vars/{key}", own.arrays[key]) for key in order]
        found.update(_by_classes(folder, f"{above}{name}/"))
    return found


def _by_layer_names(shown: str, weights: Folder) -> list[tuple[str, list[Found]]]:
    """The arrays of each layer by its name, from the older format: attributes list layers and arrays in order.

    A model within the model counts as one layer there, its trainable weights first.
    """
    root = weights.folders.get("model_weights", weights)
    try:
        given = []
        for name in root.attributes["layer_names"]:
            folder = _folder(root, name)
            names = folder.attributes.get("weight_names", [])
            if names:
                given.append((name, [Found(entry, _array(folder, entry)) for entry in names]))
        return given
    except KeyError as error:
        raise ValueError(f"{shown} is damaged: it names {error}, which it does not hold") from error


def _folder(root: Folder, path: str) -> Folder:
    for part in path.split("/"):
        root = root.folders[part]
    return root


def _array(root: Folder, path: str) -> Any:
    above, _, name = path.rpartition("/")
    return (_folder(root, above) if above else root).arrays[name]
