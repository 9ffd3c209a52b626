"""HDF5 files of Keras's as plain arrays: nothing is followed that leads out of the file, nothing taken on trust."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dlcore.floats import Array
from dlcore.handover.weights import floats

#: Folders within one another, and entries of all folders together, that a file of weights may have.
DEEPEST, MOST_ENTRIES = 64, 100_000

#: What Keras writes beside arrays, as far as it is read here. Long ones are cut into name0, name1, …
ATTRIBUTES = ("model_config", "training_config", "layer_names", "weight_names")


class Folder(NamedTuple):
    """A group of an HDF5 file."""

    folders: dict[str, Folder]
    arrays: dict[str, Array]
    attributes: dict[str, Any]

    def sizes(self) -> int:
        """Numbers in the arrays, those of folders within too."""
        own = sum(array.size for array in self.arrays.values())
        return own + sum(folder.sizes() for folder in self.folders.values())


def read_hdf5(shown: str, source: Any) -> Folder:
    """All of a file.

    Parameters
    ----------
    shown : str
        What errors call it.
    source : path or binary file

    Raises
    ------
    ImportError
        Without the package h5py: ``pip install 'dlcore[keras-import]'``.
    ValueError
        If it is damaged, or holds links, data of other files, or arrays that are larger than the file.
    """
    try:
        import h5py
    except ImportError as error:
        raise ImportError(f"reading {shown} needs the package h5py: pip install 'dlcore[keras-import]'") from error
    try:
        with h5py.File(source, "r") as file:
            return _Reader(h5py, shown).folder(file, 0)
    except (OSError, KeyError, RuntimeError, TypeError, UnicodeError) as error:
        if isinstance(error, (FileNotFoundError, PermissionError, IsADirectoryError, RecursionError)):
            raise
        raise ValueError(f"{shown} is damaged, or no HDF5 file that can be read: {error}") from error


class _Reader:
    def __init__(self, h5py: Any, shown: str) -> None:
        self._h5py, self._shown = h5py, shown
        self._entries = 0

    def folder(self, group: Any, depth: int) -> Folder:
        if depth > DEEPEST:
            raise ValueError(f"{self._shown} has folders more than {DEEPEST} deep")
        result = Folder({}, {}, self._attributes(group))
        for name in group:
            self._entries += 1
            if self._entries > MOST_ENTRIES:
                raise ValueError(f"{self._shown} has more than {MOST_ENTRIES} entries")
            if not isinstance(group.get(name, getlink=True), self._h5py.HardLink):
                raise ValueError(f"{self._shown}: {name!r} in {group.name} is a link, which is not followed")
            entry = group[name]
            if isinstance(entry, self._h5py.Group):
                result.folders[name] = self.folder(entry, depth + 1)
            elif isinstance(entry, self._h5py.Dataset):
                result.arrays[name] = self._array(entry)
        return result

    def _array(self, dataset: Any) -> Array:
        where = f"{self._shown}: {dataset.name}"
        if dataset.external or dataset.is_virtual:
            raise ValueError(f"{where} lies in another file, which is not read")
        if dataset.dtype.kind not in "fiub":
            raise ValueError(f"{where} holds {dataset.dtype}, no numbers")
        if dataset.size is None or dataset.id.get_storage_size() < dataset.nbytes:
            raise ValueError(f"{where} announces more numbers than the file holds (compressed files are not read)")
        return floats(np.asarray(dataset[()]))

    def _attributes(self, group: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in ATTRIBUTES:
            value = group.attrs.get(name)
            parts: list[Any] = []
            while value is None and f"{name}{len(parts)}" in group.attrs:
                parts.append(np.atleast_1d(group.attrs[f"{name}{len(parts)}"]))
            value = np.concatenate(parts) if parts else value
            if value is not None:
                found[name] = [_text(entry) for entry in value] if np.ndim(value) else _text(value)
        return found


def _text(value: Any) -> str:
    """Text, however old versions wrote it."""
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)
