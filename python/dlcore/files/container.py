"""One safetensors file: arrays, and a JSON document with a checksum over both, in its metadata. No pickle, no code."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from dlcore.files.atomic import check_target, write_atomically
from dlcore.floats import Array

#: Of what is written; files of this version and of those before are read.
FORMAT = 1

#: The key of the document in the file's metadata.
KEY = "dlcore"

#: Bytes. No header is longer, as in the safetensors library.
LONGEST_HEADER = 100_000_000

#: safetensors' names of the dtypes that arrays here may have.
DTYPES = {
    "BOOL": "bool", "U8": "uint8", "I8": "int8", "U16": "uint16", "I16": "int16", "U32": "uint32", "I32": "int32",
    "U64": "uint64", "I64": "int64", "F16": "float16", "F32": "float32", "F64": "float64",
}  # fmt: skip

_UNSIGNED = "0" * 64
_CHECKSUM = re.compile(r'\{"sha256":"([0-9a-f]{64})",')

#: How files that people take for ours begin.
_FOREIGN = {b"PK\x03\x04": "a .keras archive or another zip file", b"\x89HDF": "an HDF5 (.h5) file"}


class Contents(NamedTuple):
    """What a file holds."""

    tensors: dict[str, Array]
    document: dict[str, Any]


def write(
    path: str | os.PathLike[str], tensors: Mapping[str, Array], document: Mapping[str, Any], overwrite: bool = True
) -> None:
    """Write arrays and a JSON document to a file: all of it, or nothing.

    Equal contents give equal bytes.

    Parameters
    ----------
    path
        Where to.
    tensors : dict of str to array
        Of the dtypes in ``DTYPES``.
    document : dict
        What ``json.dumps`` takes.
    overwrite : bool
        Whether a file that is there may be replaced.

    Raises
    ------
    ValueError, OSError
        See :func:`~dlcore.files.check_target`; also if the disk does not take it.
    """
    from safetensors.numpy import save

    from dlcore import __version__

    target = check_target(path, overwrite)
    arrays = {name: np.ascontiguousarray(array).reshape(array.shape) for name, array in tensors.items()}
    text = json.dumps({"sha256": _UNSIGNED, "format": FORMAT, "dlcore": __version__, **document}, separators=(",", ":"))
    signed = text.replace(_UNSIGNED, _checksum(text, arrays), 1)
    write_atomically(target, [save(arrays, metadata={KEY: signed})])


def read(path: str | os.PathLike[str]) -> Contents:
    """Read a file that :func:`write` made.

    Sizes are compared with the file's before memory is asked for, and the checksum before anything is made of the
    contents.

    Raises
    ------
    ValueError
        If it is no such file, is damaged or cut off, or comes from a later version.
    OSError
        If it cannot be read.
    """
    shown = os.fspath(path)
    tensors, metadata = read_tensors(path)
    if KEY not in metadata:
        raise ValueError(
            f"{shown} is a safetensors file, but was not written by dlcore: its metadata lack {KEY!r}. For weights of "
            "PyTorch's there is dlcore.saving.load_torch_weights"
        )
    return Contents(tensors, _checked_document(shown, metadata[KEY], tensors))


def read_tensors(path: str | os.PathLike[str]) -> tuple[dict[str, Array], dict[str, str]]:
    """The arrays and the metadata of any safetensors file.

    Raises
    ------
    ValueError
        If it is no such file, is damaged or cut off, or holds arrays of other dtypes than ``DTYPES``.
    OSError
        If it cannot be read.
    """
    from safetensors import SafetensorError, safe_open

    shown = os.fspath(path)
    _check_frame(shown)
    try:
        with safe_open(shown, framework="numpy") as file:
            metadata = file.metadata() or {}
            for name in file.keys():  # noqa: SIM118 - it is no dict
                if (found := file.get_slice(name).get_dtype()) not in DTYPES:
                    raise ValueError(f"{shown}: tensor {name!r} has the dtype {found}; known are {', '.join(DTYPES)}")
            return {name: file.get_tensor(name) for name in sorted(file.keys())}, metadata
    except SafetensorError as error:
        raise ValueError(f"{shown} is damaged, or no safetensors file: {error}") from error


def _check_frame(path: str) -> None:
    """A look at the first bytes, so that errors say plainly what is wrong, and at the size that they announce."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise ValueError(f"{path} is not a file")
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        start = file.read(8)
    for magic, kind in _FOREIGN.items():
        if start.startswith(magic):
            raise ValueError(f"{path} is {kind}, which is not read here; files are in the safetensors format")
    if len(start) < 8:
        raise ValueError(f"{path} is damaged: {size} bytes are too few for a safetensors file")
    header = int.from_bytes(start, "little")
    if header > min(size - 8, LONGEST_HEADER):
        raise ValueError(
            f"{path} is damaged, cut off, or no safetensors file: it announces a header of {header} bytes; "
            f"{size - 8} bytes follow, and {LONGEST_HEADER} is the limit"
        )


def _checked_document(path: str, text: str, tensors: Mapping[str, Array]) -> dict[str, Any]:
    """The document, if text and tensors are as they were written."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is damaged: its document is no JSON that can be read ({error})") from error
    version = document.get("format") if isinstance(document, dict) else None
    if not isinstance(version, int) or version < 1:
        raise ValueError(f"{path} is damaged: its document names no format version")
    if version > FORMAT:
        raise ValueError(
            f"{path} has format version {version}, from dlcore {document.get('dlcore')}; this dlcore reads versions "
            f"up to {FORMAT}: update it"
        )
    signature = _CHECKSUM.match(text)
    if signature is None or _checksum(text.replace(signature[1], _UNSIGNED, 1), tensors) != signature[1]:
        raise ValueError(f"{path} is damaged: its contents do not have the checksum they were written with")
    return dict(document)


def _checksum(text: str, tensors: Mapping[str, Array]) -> str:
    """SHA-256 over the document (its own place holding zeros) and all tensors: names, dtypes, shapes, values."""
    import hashlib  # here: it costs milliseconds that an import of dlcore need not

    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass"))
    for name in sorted(tensors):
        array = tensors[name]
        digest.update(json.dumps([name, array.dtype.name, array.shape]).encode())
        digest.update(np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).reshape(-1).data)
    return digest.hexdigest()
